"""What the customer file takes in and gives out over HTTP."""

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from scrm.contracts.customers import Hold
from scrm.contracts.tags import TagRef, TagSource
from scrm.core import kinds
from scrm.core.days import Day
from scrm.core.paging import Page, PageQuery
from scrm.core.vocabulary import one_of
from scrm.customers.file.kinds import KINDS
from scrm.customers.file.models import CustomerKind, FollowStatus
from scrm.shared.records.query import Celled, RecordQuery
from scrm.shared.timeline.kind import Doer, SourceName
from scrm.shared.timeline.kinds import KINDS as TOLD_KINDS

TIMELINE_KINDS = {**KINDS, **TOLD_KINDS}
if TYPE_CHECKING:

    class TimelineKind(StrEnum):
        """The name of a kind."""
else:
    TimelineKind = StrEnum("TimelineKind", kinds.members(TIMELINE_KINDS), module=__name__)
TIMELINE_RECORDS = ("alert", "broadcast", "conversation", "group", "handover")

# Beyond any customer: days at the ends of the calendar have no neighbour and no zone.
_FIRST_DAY, _LAST_DAY = dt.date(1970, 1, 1), dt.date(2999, 12, 31)


class CustomerQuery(RecordQuery):
    """Filters of the customer list; ``q`` matches name, remark, corp name, external_userid and phone numbers.

    Days are China's; a customer is lost when either side has deleted the other, a transfer is no loss.
    """

    userid: str | None = Field(default=None, max_length=64)
    tag_id: list[str] = Field(default=[], max_length=20)
    status: FollowStatus | None = None
    type: int | None = Field(default=None, ge=1, le=2)
    kind: CustomerKind | None = None
    added_from: Day | None = Field(default=None, ge=_FIRST_DAY, le=_LAST_DAY)
    added_to: Day | None = Field(default=None, ge=_FIRST_DAY, le=_LAST_DAY)
    lost_from: Day | None = Field(default=None, ge=_FIRST_DAY, le=_LAST_DAY)
    lost_to: Day | None = Field(default=None, ge=_FIRST_DAY, le=_LAST_DAY)
    lost: bool | None = None  # by either side, whenever
    awaiting_handover: bool | None = None  # the member who follows, or the owner, has left or is disabled


class NewCustomer(BaseModel):
    """A company, or a person whom WeCom does not know; whose customer it is, else the one who enters it."""

    model_config = ConfigDict(extra="forbid")

    kind: CustomerKind
    name: str = Field(max_length=120)
    owner_userid: str | None = Field(default=None, max_length=64)


class CustomerChange(BaseModel):
    """What is left out stays; ``version`` is that of the record as it was seen."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    name: str | None = Field(default=None, max_length=120)
    owner_userid: str | None = Field(default=None, min_length=1, max_length=64)


class FoundIn(StrEnum):
    """What of a customer a search matched."""

    CORP = "corp"
    REMARK = "remark"
    REMARK_CORP = "remark_corp"
    PHONE = "phone"
    PHONE_END = "phone_end"  # the last four digits


class FoundBy(BaseModel):
    """Why a search found the customer, where the name does not tell; ``staff_name`` is whose words matched."""

    field: FoundIn
    text: str
    staff_name: str


class FollowRow(BaseModel):
    """One staff member's relation to the customer, in short.

    ``awaiting_handover``: it stands, and its member has left or is disabled.
    """

    userid: str
    staff_name: str
    status: FollowStatus
    remark: str
    add_way: int | None
    state: str
    added_at: dt.datetime
    ended_at: dt.datetime | None
    awaiting_handover: bool


class CustomerOwner(BaseModel):
    """Whose customer it is, and since when; nobody's but those who follow, where nobody has said.

    ``awaiting_handover``: the owner has left or is disabled.
    """

    userid: str
    staff_name: str
    since: dt.datetime
    awaiting_handover: bool


class CustomerRow(Celled):
    """A customer in a list; ``matched`` is the relation that a filter on relations asked for, none without one."""

    id: int
    kind: CustomerKind
    external_userid: str | None  # none where WeCom does not know them
    name: str
    avatar: str
    type: int | None
    gender: int
    corp_name: str
    tags: list[TagRef]
    follows: list[FollowRow]
    matched: FollowRow | None
    found_by: FoundBy | None
    owner: CustomerOwner | None
    first_added_at: dt.datetime


class CustomerPage(Page[CustomerRow]):
    """A page of customers."""


class FollowDetail(FollowRow):
    """A relation with what only its staff member wrote; phone numbers are masked (``138****0001``)."""

    description: str
    remark_corp_name: str
    remark_mobiles: list[str]
    tags: list[TagRef]
    personal_tags: list[str]
    oper_userid: str


class CustomerGroup(BaseModel):
    chat_id: str
    name: str
    owner_name: str
    joined_at: dt.datetime | None


class WornTag(BaseModel):
    """A tag on a customer. WeCom's belongs to a member and the customer: ``given_by`` are the members who gave it.

    One of the corp's own is the customer's: who put it on, and when.
    """

    tag_id: str
    name: str
    group_name: str
    source: TagSource
    given_by: list[str]
    given_at: dt.datetime | None


class CustomerDetail(BaseModel):
    id: int
    kind: CustomerKind
    external_userid: str | None  # none where WeCom does not know them
    name: str
    avatar: str
    type: int | None
    gender: int
    position: str
    corp_name: str
    corp_full_name: str
    tags: list[WornTag]
    follows: list[FollowDetail]
    groups: list[CustomerGroup]
    owner: CustomerOwner | None
    may: Hold  # what this user may do, beside what the role permits
    version: int
    first_added_at: dt.datetime
    fetched_at: dt.datetime | None


class TimelineQuery(PageQuery):
    """Who is asked, ``file`` alone where nobody is named; of which kinds, or of those that begin with ``q``."""

    source: list[SourceName] = Field(default=[], max_length=len(SourceName))
    kinds: list[TimelineKind] = Field(default=[], max_length=len(TIMELINE_KINDS))


class TimelineActor(BaseModel):
    """Who did it: a member by userid, an account of the console by its name."""

    kind: Doer
    userid: str | None
    name: str | None


class TimelineReference(BaseModel):
    """The record that an entry is about, where the reader may open it."""

    kind: Annotated[str, one_of(TIMELINE_RECORDS)]
    id: str


class TimelineOther(BaseModel):
    """A further customer that an entry is about, where the reader sees them."""

    id: int
    name: str


class TimelineRow(BaseModel):
    """One thing that happened; ``id`` is its own within its source.

    ``facts`` depends on ``kind``: words to show, and states by name. The member that it is about is ``userid``.
    """

    id: int
    source: SourceName
    kind: Annotated[str, one_of(TIMELINE_KINDS)]
    at: dt.datetime
    userid: str | None
    staff_name: str | None
    actor: TimelineActor
    reference: TimelineReference | None
    also: list[TimelineOther]
    facts: dict[str, Any]


class TimelinePage(Page[TimelineRow]):
    """A page of a customer's timeline, newest first.

    Of several sources ``total`` is what is known to be there at least, and exact where ``total_capped`` is false.
    ``failed`` could not be read just now; of ``gathering`` not all of the past is found yet.
    """

    failed: list[SourceName]
    gathering: list[SourceName]


class RevealRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=2, max_length=200)


class RevealedMobiles(BaseModel):
    mobiles: list[str]


class SummaryQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=30, ge=1, le=90)


class DayCount(BaseModel):
    day: dt.date
    added: int
    lost: int


class StaffCount(BaseModel):
    userid: str
    staff_name: str
    added: int


class CustomerSummary(BaseModel):
    """Figures of the workbench, of what the user may see; days are China's."""

    customers: int
    active_follows: int
    groups: int
    added_today: int
    lost_today: int
    added_yesterday: int
    lost_yesterday: int
    added_this_week: int  # since Monday in China
    lost_this_week: int
    awaiting_handover: int  # customers whose member or owner has left or is disabled
    days: list[DayCount]
    ranking: list[StaffCount]
