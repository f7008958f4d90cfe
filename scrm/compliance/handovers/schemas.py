"""Handovers over HTTP."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scrm.compliance.handovers.models import HandoverKind, HandoverState, ItemKind, ItemState, SliceState
from scrm.compliance.handovers.notices import KINDS
from scrm.core.paging import Page, PageQuery, SearchWords
from scrm.core.vocabulary import one_of
from scrm.identity.models import StaffStatus
from scrm.shared.records.query import Celled, RecordQuery
from scrm.wecom.cards import NoticeState
from scrm.wecom.port.transfers import MESSAGE_LENGTH

_SUCCESSORS = 20  # more would make shares that nobody can look through
_IDS = 20_000


class HandoverQuery(RecordQuery):
    """Filters of the list; ``q`` matches the member's name and userid."""

    state: HandoverState | None = None
    kind: HandoverKind | None = None
    late: bool | None = None


class HandoverCounts(BaseModel):
    """Items of one kind by where they stand; ``total`` is the sum of the others."""

    total: int
    unassigned: int
    moving: int  # planned, requested, in doubt or waiting
    done: int
    failed: int  # refused, successor full, failed
    gone: int


class HandoverRow(Celled):
    id: int
    kind: HandoverKind
    state: HandoverState
    userid: str
    staff_name: str
    staff_status: StaffStatus
    department: str
    resigned: bool
    detected_by: str
    departed_at: dt.datetime
    due_at: dt.datetime
    late: bool
    escalation: int
    assigned_to: list[str]
    customers: HandoverCounts
    groups: HandoverCounts
    created_at: dt.datetime
    finished_at: dt.datetime | None


class HandoverPage(Page[HandoverRow]):
    """A page of handovers, newest first."""


class SheetLine(BaseModel):
    """How many items of a kind are in a state, by successor; ``successor`` is empty where none was chosen."""

    kind: ItemKind
    state: ItemState
    successor: str
    successor_name: str
    count: int


class HandoverNoticeRow(BaseModel):
    kind: Annotated[str, one_of(KINDS)]
    step: int  # 0 is the opening, the others are escalations
    userid: str
    staff_name: str
    state: NoticeState
    reason: str | None
    created_at: dt.datetime


class SliceRow(BaseModel):
    """One call to WeCom of this handover, as far as it has come."""

    id: int
    kind: ItemKind
    successor_name: str
    state: SliceState
    size: int
    attempts: int
    requested_at: dt.datetime | None
    answered_at: dt.datetime | None
    not_before: dt.datetime | None
    reason: str | None


class HandoverDetail(HandoverRow):
    """A handover with its sheet, whose counts add up to ``customers.total`` and ``groups.total``."""

    message: str
    created_by: str
    poll_at: dt.datetime | None
    closed_by: str | None
    close_note: str | None
    sheet: list[SheetLine]
    notices: list[HandoverNoticeRow]
    slices: list[SliceRow]
    slices_total: int
    slices_done: int
    tags: list[str]  # of the customers, to choose by


class HandoverItemQuery(PageQuery):
    """Filters of a handover's items; ``q`` matches name and id, and what the member wrote of a customer."""

    kind: ItemKind | None = None
    state: ItemState | None = None
    userid: str | None = Field(default=None, max_length=64)  # of the successor


class TryRow(BaseModel):
    """An earlier successor of an item and how it ended."""

    successor_name: str
    state: ItemState
    errcode: int | None
    at: dt.datetime


class HandoverItemRow(BaseModel):
    id: int
    kind: ItemKind
    wecom_id: str
    name: str
    remark: str  # what the member called the customer; empty if there is none
    tags: list[str]
    state: ItemState
    successor: str | None
    successor_name: str | None
    errcode: int | None
    reason: str | None
    requested_at: dt.datetime | None
    takeover_at: dt.datetime | None
    finished_at: dt.datetime | None
    tries: list[TryRow]


class HandoverItemPage(Page[HandoverItemRow]):
    """A page of customers and groups, the last entered first."""


class Selection(BaseModel):
    """Which items: those with these ids, or all that match; nothing given is everything that can be assigned."""

    model_config = ConfigDict(extra="forbid")

    item_ids: list[int] | None = Field(default=None, max_length=_IDS)
    kind: ItemKind | None = None
    state: ItemState | None = None
    tag: str = Field(default="", max_length=100)
    q: SearchWords = Field(default="", max_length=100)


class AssignRequest(BaseModel):
    """Who takes over; several successors share evenly."""

    model_config = ConfigDict(extra="forbid")

    successors: list[str] = Field(min_length=1, max_length=_SUCCESSORS)
    selection: Selection = Selection()


class SuccessorShare(BaseModel):
    userid: str
    name: str
    customers: int
    groups: int
    customers_now: int
    customers_coming: int
    customer_limit: int | None


class AssignmentPreview(BaseModel):
    """What an assignment would do: ``too_often`` are refused by the 90-day rule, ``tried`` with all these successors.

    ``calls`` is how many requests to WeCom it takes.
    """

    shares: list[SuccessorShare]
    customers: int
    groups: int
    too_often: int
    tried: int
    calls: int


class CreateHandover(BaseModel):
    """A transfer of an employed member's customers: all, or those named."""

    model_config = ConfigDict(extra="forbid")

    userid: str = Field(min_length=1, max_length=64)
    external_userids: list[str] | None = Field(default=None, max_length=_IDS)
    with_groups: bool = False
    message: str = Field(default="", max_length=MESSAGE_LENGTH)


class CloseHandover(BaseModel):
    """Why the handover ends with items that nobody took over."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(min_length=1, max_length=500)


class HandoverSummary(BaseModel):
    """Open and late handovers, and how many customers wait for a successor."""

    open: int
    late: int
    running: int
    customers_unassigned: int


class HandoverPolicyBody(BaseModel):
    """Deadlines in hours; ``customer_limit`` 0 checks nothing before the call."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    due_hours: int = Field(ge=1, le=720)
    escalate_hours: int = Field(ge=1, le=720)
    customer_limit: int = Field(ge=0, le=1_000_000)


class HandoverSource(BaseModel):
    """What an employed member could hand over."""

    customers: int
    groups: int


class HandoverSourceQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    userid: str = Field(min_length=1, max_length=64)
