"""Alerts."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.search import Searched, indexes

constraints.handled("uq_alert_kind_userid_external_userid_event_at_source", "inserted on conflict")


class AlertState(StrEnum):
    OPEN = "open"
    IN_REVIEW = "in_review"
    CLOSED = "closed"


TEXT_VERSION = 2  # raised when texts are folded in another way, see `actions.refolding`


class Alert(Searched, CorpBase):
    """A lost follow relation, or words in a chat, that somebody should look at."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("kind", "userid", "external_userid", "event_at", "source"),
        Index("ix_alert_event_at", "event_at", "id"),
        Index("ix_alert_state", "state"),
        Index("ix_alert_updated_at", "updated_at"),
        *indexes("alert", TEXT_VERSION),
    )

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text)
    userid: Mapped[str] = mapped_column(Text)  # folded, part of the semantic key
    external_userid: Mapped[str] = mapped_column(Text)
    event_at: Mapped[dt.datetime] = moment()
    detected_by: Mapped[str] = mapped_column(Text)  # callback, or sync for what a reconciliation found
    # What tells two apart that happened to one pair at one time: message and rule; empty for a lost relation.
    source: Mapped[str] = mapped_column(Text, server_default=text("''"))
    severity: Mapped[str] = mapped_column(Text, server_default=text("'high'"))
    staff_id: Mapped[int | None] = mapped_column(BigInteger, index=True)  # none where no member of ours is known
    customer_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(Text)
    snapshot: Mapped[dict[str, Any]]  # customer, staff, tags, remark and follow dates as they stood
    raised_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment()
    reviewer: Mapped[str | None] = mapped_column(Text)
    review_at: Mapped[dt.datetime | None] = moment()
    closed_by: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[dt.datetime | None] = moment()
    close_reason: Mapped[str | None] = mapped_column(Text)
    close_note: Mapped[str | None] = mapped_column(Text)
