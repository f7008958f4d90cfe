"""What notices ask of WeCom, and what they want back with the answer."""

from dataclasses import dataclass

from scrm.wecom.port.messages import AppMessageReceipt
from scrm.wecom.replies import Reply


@dataclass(frozen=True)
class NoticeContext:
    """A card of one kind; ``ids`` are its records, none for a card that all who wait share."""

    kind: str
    ids: tuple[int, ...] | None
    userids: tuple[str, ...]


NOTICE_ANSWERED = Reply[AppMessageReceipt, NoticeContext]("shared.notice_answered", NoticeContext)
