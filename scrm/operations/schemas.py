"""What operations gives out over HTTP: callbacks, syncs, parked work, the pulse."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.days import Moment
from scrm.core.paging import Page, PageQuery, SearchWords
from scrm.core.vocabulary import one_of
from scrm.operations.notices import KINDS as NOTICES
from scrm.operations.sentences import SENTENCES
from scrm.shared.records.query import Celled, RecordQuery
from scrm.wecom.cards import NoticeState
from scrm.wecom.models import InboxState, SyncState

# Of the registry in `scrm.core.alarms`, which the rooms fill.
ALARM_KINDS = (
    "archive_media",
    "archive_no_key",
    "archive_refused",
    "archive_stands",
    "archive_window",
    "departures_held",
    "no_administrator",
    "rule_scan_stopped",
    "tokens_expiring",
    "tokens_given_end",
    "welcome_off",
    "work_taken_again",
)


class CallbackQuery(RecordQuery):
    """Filters of the inbox; ``q`` matches event names, userid, external_userid and chat_id from their beginning."""

    state: InboxState | None = None
    app: str | None = Field(default=None, max_length=64)
    event: str | None = Field(default=None, max_length=64)
    change_type: str | None = Field(default=None, max_length=64)


class CallbackRow(Celled):
    """One received callback; event fields are empty until it has been handled."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    app: str
    state: InboxState
    event: str | None
    change_type: str | None
    known: bool | None
    userid: str | None
    external_userid: str | None
    chat_id: str | None
    event_at: dt.datetime | None
    received_at: dt.datetime
    handled_at: dt.datetime | None
    attempts: int
    reason: str | None


class CallbackPage(Page[CallbackRow]):
    """A page of callbacks, newest first."""


class CallbackDetail(CallbackRow):
    """A callback with its decrypted XML; ``body`` is none once purged. Welcome codes are masked."""

    body: str | None


class SyncStepRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    state: SyncState
    done: int
    outstanding: int
    skipped: int
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    reason: str | None


class SyncRunRow(BaseModel):
    id: int
    state: SyncState
    started_by: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    reason: str | None
    steps: list[SyncStepRow]


class SyncRunPage(Page[SyncRunRow]):
    """A page of syncs, newest first."""


class TaskKind(StrEnum):
    """Which kind of parked row: one for each that `scrm.core.queue.registry` knows."""

    CALLBACK = "callback"  # could not be understood
    EVENT = "event"  # a listener failed
    ITEM = "item"  # something in an answer of WeCom's could not be read
    SCAN = "scan"  # a rule's scan of past messages failed
    CLOCK = "clock"  # a job of the clock failed; it is tried again by itself at its next time
    CALL = "call"  # WeCom refused what an administrator can mend, or its answer could not be taken
    HANDOVER = "handover"  # the next step of a handover failed
    BROADCAST = "broadcast"  # the next step of a broadcast failed
    BROADCAST_RECIPIENT = "broadcast_recipient"  # whom a slice of a broadcast went to could not be listed
    ARCHIVE = "archive"  # the chat archive cannot be pulled; it is tried on by itself
    MEDIA = "media"  # a file of a chat cannot be fetched; it is tried on by itself
    JOB = "job"  # an action on many records
    EXPORT = "export"  # a list could not be written into its file
    CONTACT_ROW = "contact_row"  # a contact of before 0.2 could not be given a row of its own
    DELETED_TAG = "deleted_tag"  # a deleted tag could not be taken off its customers
    SEARCH_TEXT = "search_text"  # what a customer is found by could not be derived anew
    GROUP_TEXT = "group_text"  # the same of a group
    GROUP_DAY = "group_day"  # the days of a group could not be counted
    ALERT_TEXT = "alert_text"  # of an alert
    MESSAGE_TEXT = "message_text"  # of archived messages
    MESSAGE_KEY = "message_key"  # archived messages of 0.1 that could not get their key


class TaskQuery(PageQuery):
    kind: TaskKind | None = None


class TaskRow(BaseModel):
    """A row that needs a person: what it was, why it stopped; ``what`` is a technical name."""

    kind: TaskKind
    id: int
    what: str
    subject: str
    state: str
    attempts: int
    reason: str | None
    created_at: dt.datetime


class TaskPage(Page[TaskRow]):
    """A page of parked rows, newest first."""


class AlarmNotices(BaseModel):
    """How many people were told, and what became of it."""

    kind: Annotated[str, one_of(NOTICES)]
    state: NoticeState
    people: int


class AlarmRow(BaseModel):
    """A state that needs a person, with the console's page where it is dealt with."""

    id: int
    kind: Annotated[str, one_of(ALARM_KINDS)]
    subject: str
    zh: str
    en: str
    path: str
    raised_at: dt.datetime
    seen_at: dt.datetime
    notices: list[AlarmNotices]


class AlarmList(BaseModel):
    """The open alarms, oldest first."""

    items: list[AlarmRow]


class TrailWhat(StrEnum):
    """Which part of the trail."""

    READING = "reading"
    ACTION = "action"
    EXPORT = "export"
    SIGN_IN = "sign_in"
    REFUSED = "refused"


class TrailFilter(BaseModel):
    """Filters of the trail; ``q`` matches verb or subject from its beginning, ``about`` is a ``kind:id``.

    ``about=customer:<external_userid>`` and ``about=staff:<userid>`` find what was done to and read of somebody, their
    conversations and alerts included. With ``again`` each repetition of a reading is a row.
    """

    model_config = ConfigDict(extra="forbid")

    q: SearchWords = Field(default="", max_length=100)
    actor: str | None = Field(default=None, max_length=80)
    about: str | None = Field(default=None, max_length=200, pattern=r"^[a-z_]+:[^\x00]+$")
    what: TrailWhat | None = None
    since: Moment | None = None
    until: Moment | None = None
    again: bool = False


class AuditQuery(PageQuery, TrailFilter):
    """A page of the trail."""


_VERBS = "One of the examples; of a refused request that reads nothing, the name of the operation"


class AuditRow(BaseModel):
    """One row: ``kind`` is event or reading, and ids of the two are numbered apart.

    ``repeats`` is the reading that this one repeats; ``repeated`` how often this one was, ``last_at`` when last.
    """

    id: int
    kind: Literal["event", "reading"]
    at: dt.datetime
    actor: str
    actor_name: str
    verb: Annotated[str, Field(description=_VERBS, examples=sorted(SENTENCES))]
    subject: str
    facts: dict[str, Any]
    zh: str
    en: str
    address: str | None
    session: str | None
    shown: int | None
    repeats: int | None
    repeated: int
    last_at: dt.datetime | None
    refused: str | None


class ThingName(BaseModel):
    """Somebody or something that was shown, as ``kind:id``."""

    thing: str
    name: str | None


class Repetition(BaseModel):
    """An open page that asked again; ``added`` is how many it showed that it had not shown before."""

    at: dt.datetime
    shown: int
    added: int


class ReadingDetail(AuditRow):
    """A reading with whom it showed; ``words`` are what was searched for."""

    words: str | None
    about: list[ThingName]
    repetitions: list[Repetition]


class AuditPage(Page[AuditRow]):
    """A page of the audit trail, newest first."""


class Topic(StrEnum):
    """What a page can show and the pulse tells of; rooms say by which tables, in their manifests."""

    ALARMS = "alarms"
    ALERTS = "alerts"
    BROADCASTS = "broadcasts"
    CALLBACKS = "callbacks"
    CUSTOMERS = "customers"
    GROUPS = "groups"
    HANDOVERS = "handovers"
    MESSAGES = "messages"
    RULES = "rules"
    SYNC = "sync"
    TASKS = "tasks"


class PulseQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: str = Field(default="", max_length=500)
    topics: list[Topic] = Field(default=[], max_length=20)


class Pulse(BaseModel):
    """What changed since the pulse with token ``since``: topics whose lists a page should fetch again.

    Of those asked for, or of all; with an unknown ``since`` all of them.
    """

    token: str
    changed: list[Topic]
    alerts_open: int
    tasks_parked: int
