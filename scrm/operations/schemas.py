"""What operations gives out over HTTP: callbacks, syncs, parked work, the pulse."""

import datetime as dt
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.paging import Page, PageQuery
from scrm.wecom.models import InboxState, SyncState


class CallbackQuery(PageQuery):
    """Filters of the inbox; ``q`` matches event names, userid, external_userid and chat_id from their beginning."""

    state: InboxState | None = None
    app: str | None = Field(default=None, max_length=64)
    event: str | None = Field(default=None, max_length=64)
    change_type: str | None = Field(default=None, max_length=64)


class CallbackRow(BaseModel):
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


class AlarmRow(BaseModel):
    """A state that needs a person, with the console's page where it is dealt with."""

    id: int
    kind: str
    subject: str
    zh: str
    en: str
    path: str
    raised_at: dt.datetime
    seen_at: dt.datetime


class AlarmList(BaseModel):
    """The open alarms, oldest first."""

    items: list[AlarmRow]


class AuditQuery(PageQuery):
    """Filters of the audit trail; ``q`` matches verb or subject from its beginning."""

    actor: str | None = Field(default=None, max_length=80)


class AuditRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    at: dt.datetime
    actor: str
    verb: str
    subject: str
    facts: dict[str, Any]


class AuditPage(Page[AuditRow]):
    """A page of the audit trail, newest first."""


class PulseQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: str = Field(default="", max_length=500)


class Pulse(BaseModel):
    """What changed since the pulse with token ``since``: topics whose lists a page should fetch again.

    Topics: ``customers``, ``alerts``, ``callbacks``, ``sync``, ``tasks``. With an unknown ``since`` all of them.
    """

    token: str
    changed: list[str]
    alerts_open: int
    tasks_parked: int
