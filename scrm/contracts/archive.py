"""What the chat archive tells of conversations, and the place where opened messages go.

`scrm.wecom.archive` opens them, and hands them over in the transaction that moves its cursor.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from scrm.core.event import Event
from scrm.core.port import Port

PART = "\x1e"  # between parts of one message, such as title and description of a link


class SenderKind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    ROBOT = "robot"
    NONE = "none"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A message as rules need it; ``id`` and ``at`` say where it stands, ``id`` is 0 while it is being stored."""

    id: int
    msgid: str
    at: dt.datetime
    conversation_id: int
    sender: str
    sender_kind: SenderKind
    receivers: Sequence[str]
    roomid: str
    spoken: str  # all words, as they stand


class Watch(Protocol):
    """Looks at each page of messages in the transaction that stores it."""

    def look(self, session: Session, heard: Sequence[Heard], staff: set[str], /) -> int:
        """The number of alerts; ``staff`` holds the folded userids of members among their people."""
        ...


class Chats(Protocol):
    """What was archived before."""

    def count(self, session: Session, since: dt.datetime, until: dt.datetime, /) -> int:
        """How many messages from a moment on, until before another."""
        ...

    def after(self, session: Session, place: tuple[dt.datetime, int], until: dt.datetime, limit: int, /) -> list[Heard]:
        """Messages behind a place (time and id), oldest first, until before a moment."""
        ...

    def was_said(self, session: Session, words: str, conversation_id: int, msgid: str, at: dt.datetime, /) -> bool:
        """Whether a message of the conversation, not later than this one, holds the words."""
        ...

    def members(self, session: Session, conversation_id: int, /) -> set[str]:
        """Who talks in a conversation, some hundreds at most."""
        ...

    def speakers(
        self, session: Session, roomids: Sequence[str], since: dt.datetime, until: dt.datetime, /
    ) -> dict[str, int] | None:
        """How many wrote in each of these groups in a time, of those in which anybody did; none without an archive."""
        ...


sink: Port[Sink] = Port("archive.sink")
watch: Port[Watch] = Port("archive.watch")
chats: Port[Chats] = Port("archive.chats")
