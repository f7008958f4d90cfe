"""Errors of alerts."""

from scrm.core.errors import AppError, NotFound


class AlertNotFound(NotFound):
    code = "alert_not_found"
    zh = "没有这条风险提醒，或不在你的数据范围内。"
    en = "There is no such alert within your data scope."


class AlertStateWrong(AppError):
    status = 409
    code = "alert_state_wrong"
    zh = "风险提醒当前状态不允许此操作（{state}），请刷新后重试。"
    en = "The alert's present state ({state}) does not allow this; reload and try again."


class CloseReasonWrong(AppError):
    status = 422
    code = "close_reason_wrong"
    zh = "这个关闭原因（{reason}）不适用于此类风险提醒，请另选原因。"
    en = "This reason ({reason}) is not one for alerts of this kind; choose another."


class NoteMissing(AppError):
    status = 422
    code = "note_missing"
    zh = "选择“其他”时请填写说明。"
    en = "With the reason “other” a note is needed."
