"""Errors of operations."""

from scrm.core.errors import AppError, NotFound


class CallbackNotFound(NotFound):
    code = "callback_not_found"
    zh = "没有这条回调事件。"
    en = "There is no such callback."


class BodyPurged(AppError):
    status = 409
    code = "body_purged"
    zh = "该回调的内容已过保存期，无法重新处理。"
    en = "This callback's body has been purged; it cannot be handled again."


class TaskNotFound(NotFound):
    code = "task_not_found"
    zh = "没有这条待处理任务，可能已被处理。"
    en = "There is no such parked task; it may have been dealt with."
