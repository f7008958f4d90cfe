"""What the chat archive tells of conversations, and the place where opened messages go.

`scrm.wecom.archive` opens them, and hands them over in the transaction that moves its cursor.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from scrm.core.event import Event
from scrm.core.port import Port


@dataclass(frozen=True, kw_only=True)
class ConversationsSeen(Event):
    """Members and customers were seen talking in single chats; true from the commit that stored the messages.

    One event stands for a page of messages: ``latest`` holds, per pair of userid and external_userid, the time of the
    newest message among them. Events may come in any order, so the later time counts.
    """

    latest: list[tuple[str, str, dt.datetime]]

    @property
    def subject(self) -> str:
        return "conversations"


class OpenedMessage(NamedTuple):
    """A message in the clear: ``body`` as parsed, ``text`` the same as JSON that PostgreSQL takes, ``digest`` its
    SHA-256 as it came.
    """

    seq: int
    msgid: str
    publickey_ver: int
    body: dict[str, Any]
    text: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file that a message names."""

    sdkfileid: str
    md5sum: str
    size: int | None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a page: counts, msgids that came again with other content, files to fetch, the newest msgtime."""

    stored: int
    repeated: int
    conflicts: list[str]
    files: list[MediaRef]
    newest_at: dt.datetime | None


class Sink(Protocol):
    """Takes pages; each msgid is stored once, however often it comes."""

    def prepare(self, messages: Sequence[OpenedMessage]) -> Any:
        """All that can be done without a transaction, for a part of a page; called by several threads at once."""
        ...

    def store(self, session: Session, prepared: Sequence[Any]) -> Taken:
        """Store a page, what `prepare` gave for its parts, in the caller's transaction."""
        ...


sink: Port[Sink] = Port("archive.sink")
