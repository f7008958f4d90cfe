"""Errors of operations."""

from scrm.core.errors import NotFound


class CallbackNotFound(NotFound):
    code = "callback_not_found"
    zh = "没有这条回调事件。"
    en = "There is no such callback."


class ReadingNotFound(NotFound):
    code = "reading_not_found"
    zh = "没有这条查阅记录，可能已超过保存期。"
    en = "There is no such reading; it may be past its time."


class TaskNotFound(NotFound):
    code = "task_not_found"
    zh = "没有这条待处理任务，可能已被处理。"
    en = "There is no such parked task; it may have been dealt with."
