"""Broadcasts over HTTP."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from scrm.core.days import Moment
from scrm.core.db import BIGGEST_ID
from scrm.core.paging import Page
from scrm.marketing.broadcasts.approvals import ApprovalKind
from scrm.marketing.broadcasts.content import ATTACHMENTS
from scrm.marketing.broadcasts.models import BroadcastState, QuotaRule
from scrm.marketing.broadcasts.setting import MOST_CUSTOMERS, Policy
from scrm.shared.approvals.schemas import Approval
from scrm.shared.records.query import Celled, RecordQuery

Trimmed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
TagIds = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=100)]


class RecipientStatus(StrEnum):
    """What became of one customer."""

    PLANNED = "planned"
    CREATED = "created"
    DELIVERED = "delivered"
    NOT_A_FRIEND = "not_a_friend"
    QUOTA_AT_WECOM = "quota_at_wecom"
    UNSENDABLE = "unsendable"
    REFUSED = "refused"
    OVER_QUOTA = "over_quota"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"
    IN_DOUBT = "in_doubt"


class Audience(BaseModel):
    """Whom a broadcast is for, by corp tags: all of ``all``, at least one of ``any``, none of ``none``.

    Without tags in ``all`` and ``any`` it is for everybody, which ``everyone`` must say.
    """

    model_config = ConfigDict(extra="forbid")

    all: TagIds = []
    any: TagIds = []
    none: TagIds = []
    everyone: bool = False


class ImageAttachment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["image"]
    media_id: int = Field(ge=1, le=BIGGEST_ID)


class LinkAttachment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["link"]
    title: Trimmed
    url: Trimmed
    desc: str = ""
    picurl: str = ""


class MiniProgramAttachment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["miniprogram"]
    title: Trimmed
    appid: Trimmed
    page: Trimmed
    media_id: int = Field(ge=1, le=BIGGEST_ID)


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Attachment = Annotated[ImageAttachment | LinkAttachment | MiniProgramAttachment, Field(discriminator="kind")]


class BroadcastContent(BaseModel):
    """What a draft holds; ``send_at`` none is at once."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    text: str = ""  # `content.check` names WeCom's limit
    attachments: list[Attachment] = Field(default=[], max_length=ATTACHMENTS)
    audience: Audience
    send_at: Moment | None = None


class BroadcastEdit(BaseModel):
    """What is to be changed of a draft; what is not given stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    text: str | None = None
    attachments: list[Attachment] | None = Field(default=None, max_length=ATTACHMENTS)
    audience: Audience | None = None
    send_at: Moment | None = None


class AudienceRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    audience: Audience
    send_at: Moment | None = None


class QuotaInfo(BaseModel):
    """How many mass messages a customer may receive in the period that is meant."""

    rule: QuotaRule
    limit: int
    begins_at: dt.datetime
    ends_at: dt.datetime


class PreviewRow(BaseModel):
    """One recipient and through whom."""

    external_userid: str
    customer_name: str
    customer_remark: str  # the member's; empty if there is none
    userid: str
    staff_name: str


class AudienceCount(BaseModel):
    """Who would get it: ``matched`` = ``recipients`` + ``over_quota`` + ``without_sender``."""

    matched: int
    recipients: int
    over_quota: int
    without_sender: int
    senders: int
    calls: int
    needs_approval: bool
    quota: QuotaInfo
    preview: list[PreviewRow]


class Report(BaseModel):
    """Recipients by what became of them; the parts add up to ``audience``."""

    audience: int
    planned: int
    created: int
    delivered: int
    not_a_friend: int
    quota_at_wecom: int
    unsendable: int
    refused: int
    over_quota: int
    cancelled: int
    unconfirmed: int
    in_doubt: int


class CallProgress(BaseModel):
    """Calls of a broadcast by where they stand, and members by whether they have sent."""

    calls: int
    calls_created: int
    calls_unknown: int
    calls_parked: int
    calls_refused: int
    senders: int
    senders_confirmed: int


class BroadcastRow(Celled):
    id: int
    title: str
    state: BroadcastState
    author_name: str
    send_at: dt.datetime | None
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    created_at: dt.datetime
    reason: str | None
    report: Report
    progress: CallProgress


class BroadcastPage(Page[BroadcastRow]):
    """A page of broadcasts, newest first."""


class BroadcastQuery(RecordQuery):
    """Filters of the list; ``q`` matches the title."""

    state: BroadcastState | None = None


class TagName(BaseModel):
    tag_id: str
    name: str


class WaitingApproval(Approval):
    """What waits for a second person."""

    kind: ApprovalKind


class BroadcastDetail(BroadcastRow):
    text: str
    attachments: list[Attachment]
    audience: Audience
    tags: list[TagName]
    without_sender: int
    submitted_at: dt.datetime | None
    approver_name: str | None
    approved_at: dt.datetime | None
    created_all_at: dt.datetime | None
    watched_until: dt.datetime | None
    may_approve: bool
    approval: WaitingApproval | None  # while it waits for a second person


class SenderRow(BaseModel):
    """One member's part of a broadcast."""

    userid: str
    staff_name: str
    recipients: int
    delivered: int
    failed: int
    waiting: int
    calls: int
    confirmed_at: dt.datetime | None
    reminders_left: int
    reason: str | None


class SenderPage(Page[SenderRow]):
    """A page of senders."""


class RecipientQuery(BaseModel):
    """Filters of the recipients' list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=100)
    state: RecipientStatus | None = None
    userid: str | None = Field(default=None, max_length=64)


class RecipientRow(BaseModel):
    external_userid: str
    customer_name: str
    customer_remark: str  # the member's; empty if there is none
    userid: str
    staff_name: str
    state: RecipientStatus
    sent_at: dt.datetime | None
    reason: str | None


class RecipientPage(Page[RecipientRow]):
    """A page of recipients, by sender."""


class RejectRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class RejectLimitRequest(BaseModel):
    """Why a higher limit is rejected, if that is said."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class RemindRequest(BaseModel):
    """Whom to remind; nobody named is everybody who has not sent."""

    model_config = ConfigDict(extra="forbid")

    userids: list[Annotated[str, Field(max_length=64)]] = Field(default=[], max_length=1_000)


class RemindResult(BaseModel):
    reminded: int


class MediaUpload(BaseModel):
    """A picture as Base64."""

    model_config = ConfigDict(extra="forbid")

    filename: str = Field(min_length=1, max_length=200)
    data: str = Field(max_length=14_000_000)


class MediaRow(BaseModel):
    id: int
    filename: str
    content_type: str
    size: int


class PolicyBody(BaseModel):
    """What is to be changed; what is missing or null stays. A higher ``approval_above`` waits for a second person."""

    model_config = ConfigDict(extra="forbid")

    quota: QuotaRule | None = None
    approval_above: int | None = Field(default=None, ge=0, le=MOST_CUSTOMERS)


class PendingLimit(WaitingApproval):
    """A higher approval limit that waits for a second person."""

    id: int
    approval_above: int
    approval_before: int


class RejectedLimit(BaseModel):
    """A higher approval limit that was asked for last and rejected."""

    approval_above: int
    decided_by: str | None  # none: on the server
    decided_at: dt.datetime
    reason: str | None


class PolicyNow(Policy):
    """The policy that holds, and what waits; ``confirmers`` counts who else may confirm a higher approval limit."""

    pending: PendingLimit | None
    rejected: RejectedLimit | None
    confirmers: int


class BroadcastSummary(BaseModel):
    """For the workbench."""

    waiting_approval: int
    limits_to_confirm: int  # higher approval limits that this user may confirm
    under_way: int
    delivered_this_month: int
    waiting_for_staff: int
