"""Alerts over HTTP."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scrm.compliance.alerts.kinds import AlertFacts, AlertKind, CloseReason
from scrm.compliance.alerts.kinds.word_hit import WordHit
from scrm.compliance.alerts.models import AlertState
from scrm.compliance.alerts.notices import KINDS
from scrm.contracts.alerts import Severity
from scrm.core.paging import Page
from scrm.core.vocabulary import one_of
from scrm.shared.records.query import Celled, RecordQuery
from scrm.wecom.cards import NoticeState


class AlertQuery(RecordQuery):
    """Filters of the alert list; ``q`` matches the customer's and the staff member's name and ids."""

    state: AlertState | None = None
    kind: AlertKind | None = None
    userid: str | None = Field(default=None, max_length=64)
    external_userid: str | None = Field(default=None, max_length=128)


class AlertRow(Celled):
    """An alert; what only its kind knows stands in ``facts``.

    For clients of 0.1 ``hit`` repeats the facts of ``word_hit``, and `AlertDetail` those of a lost customer.
    """

    id: int
    kind: AlertKind
    state: AlertState
    userid: str
    staff_name: str
    external_userid: str
    customer_name: str
    remark: str  # what the member called the customer; of a chat, calls now
    customer_avatar: str
    tags: list[str]
    event_at: dt.datetime
    raised_at: dt.datetime
    detected_by: str
    reviewer: str | None
    closed_by: str | None
    closed_at: dt.datetime | None
    close_reason: CloseReason | None
    severity: Severity
    hit: WordHit | None
    facts: AlertFacts


class AlertPage(Page[AlertRow]):
    """A page of alerts, newest first."""


class AlertNoticeRow(BaseModel):
    kind: Annotated[str, one_of(KINDS)]
    userid: str
    staff_name: str
    state: NoticeState
    reason: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class FollowMoment(BaseModel):
    """One moment of the follow history of this customer and this staff member."""

    kind: str
    at: dt.datetime


class AlertDetail(AlertRow):
    """An alert with the customer as it stood when it was raised."""

    customer_corp_name: str
    department: str
    add_way: int | None
    channel: str
    added_at: dt.datetime | None
    followed_days: int | None
    followed_seconds: int | None
    other_followers: list[str]
    history: list[FollowMoment]
    notices: list[AlertNoticeRow]
    review_at: dt.datetime | None
    close_note: str | None
    close_reasons: list[CloseReason]  # offered for this kind


class CloseRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: CloseReason
    note: str = Field(default="", max_length=500)


class AlertSummary(BaseModel):
    open: int
    in_review: int
    closed_today: int
    raised_today: int
