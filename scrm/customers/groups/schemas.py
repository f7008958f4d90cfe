"""What customer groups give out over HTTP."""

import datetime as dt
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.days import Day
from scrm.core.paging import Page, PageQuery
from scrm.customers.groups.models import EventKind
from scrm.shared.records.query import Celled, RecordQuery

# Days at the ends of the calendar have no neighbour and no zone.
_FIRST_DAY, _LAST_DAY = dt.date(1970, 1, 1), dt.date(2999, 12, 31)


class GroupQuery(RecordQuery):
    """``q`` matches the name."""


class GroupRow(Celled):
    """A customer group in a list; ``vanished`` as in `GroupDetail`."""

    id: int
    chat_id: str
    name: str
    owner_userid: str
    owner_name: str
    status: int
    created_at: dt.datetime | None
    dismissed_at: dt.datetime | None
    vanished: bool
    members: int
    customers: int


class GroupPage(Page[GroupRow]):
    """A page of customer groups."""


class GroupDetail(BaseModel):
    """A customer group; ``logged_since``: from then on its log is whole, none before it has been read for it.

    ``vanished``: a sync found it gone, nobody told that it was dismissed.
    """

    chat_id: str
    name: str
    owner_userid: str
    owner_name: str
    notice: str
    status: int
    created_at: dt.datetime | None
    dismissed_at: dt.datetime | None
    vanished: bool
    members: int
    customers: int
    admins: list[str]
    logged_since: dt.datetime | None


class GroupEventQuery(PageQuery):
    """Filters of a group's log; days are China's. ``q`` is what the id of the person begins with."""

    kind: list[EventKind] = Field(default=[], max_length=len(EventKind))
    at_from: Day | None = Field(default=None, ge=_FIRST_DAY, le=_LAST_DAY)
    at_to: Day | None = Field(default=None, ge=_FIRST_DAY, le=_LAST_DAY)


class KnownBy(StrEnum):
    CALLBACK = "callback"
    SYNC = "sync"  # by reading the group


class GroupEventRow(BaseModel):
    """Something that happened; between ``not_before`` and ``at`` where only a reading found it.

    Whom it is about is a member by ``userid``, or somebody else by ``external_userid``. ``join_scene`` 0 invited, 1
    directly, 2 by a link, 3 by QR code; ``quit_scene`` 0 by oneself, 1 removed. ``before`` and ``after`` are names,
    notices, or what owners are called.
    """

    id: int
    kind: EventKind
    at: dt.datetime
    not_before: dt.datetime | None
    known_by: KnownBy
    userid: str | None
    external_userid: str | None
    name: str
    join_scene: int | None
    invitor_name: str | None
    joined_at: dt.datetime | None
    quit_scene: int | None
    before: str | None
    after: str | None
    member_version: str | None


class GroupEventPage(Page[GroupEventRow]):
    """A page of a group's log, newest first."""


class GroupDaysQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=30, ge=1, le=366)


class GroupDayRow(BaseModel):
    """A day: who was there at its end, who came and went, how many wrote (none without an archive, or not yet)."""

    day: dt.date
    members: int
    joined: int
    left: int
    active: int | None


class GroupDays(BaseModel):
    """The last days of a group, oldest first; of a day before the log began there is none."""

    items: list[GroupDayRow]
