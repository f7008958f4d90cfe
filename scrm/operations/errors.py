"""Errors of operations."""

from scrm.core.errors import AppError, NotFound


class CallbackNotFound(NotFound):
    code = "callback_not_found"
    zh = "没有这条回调事件。"
    en = "There is no such callback."


class ReadingNotFound(NotFound):
    code = "reading_not_found"
    zh = "没有这条查阅记录，可能已超过保存期。"
    en = "There is no such reading; it may be past its time."


class ReplayedTooOften(AppError):
    status = 429
    code = "replayed_too_often"
    zh = "同一对象每分钟最多重新处理 {limit} 次，请在 {retry_after} 秒后再试。"
    en = "One object is handled again {limit} times a minute at most; try again in {retry_after} seconds."


class TaskNotFound(NotFound):
    code = "task_not_found"
    zh = "没有这个异常任务，可能已被处理。"
    en = "There is no such parked task; it may have been dealt with."
