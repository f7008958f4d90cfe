"""Errors of shares."""

from scrm.core.errors import AppError, NotFound, ValidationFailed


class ShareNotFound(NotFound):
    code = "share_not_found"
    zh = "没有与这位成员共享，可能已被取消或到期，请刷新。"
    en = "It is not shared with this member; the share may have been taken back or have ended. Reload."


class MemberUnknown(ValidationFailed):
    code = "member_unknown"
    zh = "没有这位在职成员：{userid}。"
    en = "There is no such member in service: {userid}."


class ShareWithYourself(ValidationFailed):
    code = "share_with_yourself"
    zh = "不能共享给自己，请选择其他成员。"
    en = "You see this customer already; choose somebody else."


class SharePast(ValidationFailed):
    code = "share_past"
    zh = "共享的截止时间已过，请选择今后的时间。"
    en = "The share would have ended already; choose a time to come."


class SharesFull(AppError):
    status = 422
    code = "shares_full"
    zh = "一位客户最多共享给 {most} 位成员，请先取消不再需要的。"
    en = "A customer is shared with {most} members at most; take some back first."
