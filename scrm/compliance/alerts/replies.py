"""What alerts ask of WeCom, and what they want back with the answer."""

from dataclasses import dataclass

from scrm.wecom.port.messages import AppMessageReceipt
from scrm.wecom.replies import Reply


@dataclass(frozen=True)
class NoticeContext:
    alert_id: int
    userids: tuple[str, ...]


@dataclass(frozen=True)
class HitNoticeContext:
    """One message for every hit that waits for it."""

    userids: tuple[str, ...]


NOTICE_ANSWERED = Reply[AppMessageReceipt, NoticeContext]("compliance.notice_answered", NoticeContext)
HIT_NOTICE_ANSWERED = Reply[AppMessageReceipt, HitNoticeContext]("compliance.hit_notice_answered", HitNoticeContext)
