"""The chat archive over HTTP."""

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from scrm.compliance.archive.models import ConversationKind
from scrm.contracts.archive import SenderKind
from scrm.core.days import Moment
from scrm.core.paging import Page, PageQuery
from scrm.shared.records.query import Celled, RecordQuery
from scrm.wecom.archive.models import IncidentKind


class ArchiveFilter(PageQuery):
    """Whose chats: a member's, an external contact's, a group's."""

    userid: str | None = Field(default=None, max_length=64)
    external_userid: str | None = Field(default=None, max_length=128)
    chat_id: str | None = Field(default=None, max_length=128)


class ConversationQuery(RecordQuery, ArchiveFilter):
    """Filters of the list of conversations; ``q`` matches names of members, customers and groups."""

    kind: ConversationKind | None = None


class MessageQuery(ArchiveFilter):
    """Filters of the search; ``since`` and ``until`` are moments.

    ``q`` needs two characters, unless a member, a customer, a group or a conversation is chosen.
    """

    conversation_id: int | None = None
    msgtype: str | None = Field(default=None, max_length=40)
    since: Moment | None = None
    until: Moment | None = None


class WindowQuery(BaseModel):
    """A piece of one conversation: ``around`` a message, ``before`` or ``after`` a cursor, else the newest."""

    model_config = ConfigDict(extra="forbid")

    around: str | None = Field(default=None, max_length=200)
    before: str | None = Field(default=None, max_length=500)
    after: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=40, ge=2, le=100)


class Person(BaseModel):
    """Somebody in a chat; ``id`` is a userid or an external_userid."""

    id: str
    kind: SenderKind
    name: str
    avatar: str


class ConversationRow(Celled):
    """One conversation; of a group ``title`` is its name, of a single chat the other's."""

    id: int
    kind: ConversationKind
    title: str
    avatar: str
    member: Person | None
    peer: Person | None
    remark: str  # what the member calls the other; empty if there is none
    chat_id: str | None
    messages: int
    first_at: dt.datetime
    last_at: dt.datetime
    last_sender: str
    last_type: str
    last_words: str


class ConversationPage(Page[ConversationRow]):
    """A page of conversations, the latest first."""


class MessageHit(BaseModel):
    """An alert that a message raised."""

    alert_id: int
    rule_name: str
    words: list[str]


class MessageVersionRow(BaseModel):
    """Other content that came under the msgid of a message, later than it; the message stays as it came first."""

    at: dt.datetime
    msgtype: str
    body: dict[str, Any]
    archived_at: dt.datetime


class MessageRow(BaseModel):
    """One archived message; in ``body`` nested parts are opened and each file is a ``media`` with its id and state.

    Without ``time_known`` WeCom gave no time, and ``at`` is when it was archived.
    """

    msgid: str
    at: dt.datetime
    conversation_id: int
    sender: Person
    msgtype: str
    body: dict[str, Any]
    recalled_at: dt.datetime | None
    hits: list[MessageHit]
    time_known: bool
    versions: list[MessageVersionRow]


class FoundMessage(MessageRow):
    """A message that a search found, with its conversation."""

    conversation: ConversationRow


class MessagePage(Page[FoundMessage]):
    """A page of messages, newest first."""


class MessageWindow(BaseModel):
    """A piece of a conversation, oldest first; cursors are none where it ends."""

    conversation: ConversationRow
    items: list[MessageRow]
    before: str | None
    after: str | None


class ParkedCount(BaseModel):
    """Messages that could not be opened, by reason and key version."""

    reason: str
    publickey_ver: int
    count: int


class IncidentRow(BaseModel):
    """A doubt about the archive's completeness."""

    kind: IncidentKind
    after_seq: str
    next_seq: str
    msgid: str | None
    found_at: dt.datetime


class UnknownTypeRow(BaseModel):
    """A type of message that this version does not know, with how many came: all their words are searched."""

    msgtype: str
    count: int
    last_at: dt.datetime


class ArchiveStatus(BaseModel):
    """How the pull stands; ``lag_seconds`` is the age of the last answer of WeCom."""

    configured: bool
    stored: int
    repeated: int
    seq: str
    asked_at: dt.datetime | None
    newest_at: dt.datetime | None
    lag_seconds: int | None
    reason: str | None
    parked: list[ParkedCount]
    incidents: list[IncidentRow]
    incident_count: int
    media_waiting: int
    media_lost: int
    hits_today: int
    failing_since: dt.datetime | None
    unknown_types: list[UnknownTypeRow]


class RetryAnswer(BaseModel):
    waiting: int
