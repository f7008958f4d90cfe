"""Handovers: who leaves or gives away, what has to find a new owner, and what became of each of it."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment

QUEUE = "handovers"  # under which its steps are work, see `scrm.compliance.handovers.jobs`


class HandoverKind(StrEnum):
    DEPARTURE = "departure"  # 离职继承, or the member was disabled
    ON_JOB = "on_job"  # 在职继承


class HandoverState(StrEnum):
    OPEN = "open"  # something has to be assigned
    RUNNING = "running"  # all of it is on its way
    DONE = "done"  # nothing is left to do
    CLOSED = "closed"  # closed by a person who explained what is left


class ItemKind(StrEnum):
    CUSTOMER = "customer"
    GROUP = "group"


class ItemState(StrEnum):
    """Where one customer or group stands."""

    UNASSIGNED = "unassigned"
    PLANNED = "planned"
    REQUESTED = "requested"  # the call is on its way
    UNKNOWN = "unknown"  # sent, no answer: looked up before anything is sent again
    WAITING = "waiting"  # accepted; complete by itself after 24 hours unless the customer refuses
    DONE = "done"
    REFUSED = "refused"  # by the customer
    SUCCESSOR_FULL = "successor_full"
    FAILED = "failed"  # with an errcode
    GONE = "gone"  # no longer waits for anybody, says WeCom


ASSIGNABLE = frozenset({ItemState.UNASSIGNED, ItemState.REFUSED, ItemState.SUCCESSOR_FULL, ItemState.FAILED})
FAILURES = ASSIGNABLE - {ItemState.UNASSIGNED}
MOVING = frozenset({ItemState.PLANNED, ItemState.REQUESTED, ItemState.UNKNOWN, ItemState.WAITING})


class SliceState(StrEnum):
    """Where one call's worth of items stands."""

    PLANNED = "planned"
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    PARKED = "parked"  # an administrator has to act, see the page 异常任务
    DONE = "done"


class Handover(CorpBase):
    """One member's departure, or one transfer between employed members."""

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_unfinished",
            "kind",
            "userid",
            unique=True,
            postgresql_where=text("state IN ('open', 'running')"),
        ),
        Index("ix_handover_userid", "userid"),
        Index("ix_handover_staff_id", "staff_id"),
        Index("ix_handover_created_at", "created_at", "id"),
        Index("ix_handover_updated_at", "updated_at"),
        Index("ix_handover_poll_at", "poll_at", postgresql_where=text("poll_at IS NOT NULL")),
        Index("ix_handover_escalate_at", "escalate_at", postgresql_where=text("escalate_at IS NOT NULL")),
    )

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text)
    userid: Mapped[str] = mapped_column(Text)  # folded
    staff_id: Mapped[int] = mapped_column(BigInteger)
    resigned: Mapped[bool]  # which of WeCom's two ways: a disabled member is still employed
    detected_by: Mapped[str] = mapped_column(Text)  # callback, sync, unassigned (WeCom's list) or user
    departed_at: Mapped[dt.datetime] = moment()
    state: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)  # to the customer, between employed members
    assigned_to: Mapped[list[str]]  # userids of who has to choose successors
    due_at: Mapped[dt.datetime] = moment()
    escalate_at: Mapped[dt.datetime | None] = moment()
    escalation: Mapped[int]  # steps taken
    poll_at: Mapped[dt.datetime | None] = moment()  # when to ask WeCom again, or to go on sending
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()
    closed_by: Mapped[str | None] = mapped_column(Text)
    close_note: Mapped[str | None] = mapped_column(Text)


class HandoverSlice(CorpBase):
    """What goes to WeCom in one call: at most a hundred customers or groups for one successor."""

    __tablename__ = "handover_slice"
    __table_args__ = (Index("ix_handover_slice_handover_id_state", "handover_id", "state"),)

    id: Mapped[int] = identity_key()
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"))
    kind: Mapped[str] = mapped_column(Text)
    takeover_id: Mapped[int] = mapped_column(BigInteger)  # staff
    resigned: Mapped[bool]
    state: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    size: Mapped[int]
    attempts: Mapped[int]
    not_before: Mapped[dt.datetime | None] = moment()
    requested_at: Mapped[dt.datetime | None] = moment()
    answered_at: Mapped[dt.datetime | None] = moment()
    reason: Mapped[str | None] = mapped_column(Text)


class HandoverItem(CorpBase):
    """One customer or group that has to find a new owner."""

    __tablename__ = "handover_item"
    __table_args__ = (
        UniqueConstraint("handover_id", "kind", "wecom_id"),
        Index("ix_handover_item_handover_id_state", "handover_id", "state"),
        Index("ix_handover_item_wecom_id", "wecom_id"),
        Index("ix_handover_item_slice_id", "slice_id"),
        Index("ix_handover_item_takeover_id", "takeover_id", "state"),
    )

    id: Mapped[int] = identity_key()
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"))
    kind: Mapped[str] = mapped_column(Text)
    wecom_id: Mapped[str] = mapped_column(Text)  # external_userid or chat_id
    customer_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]]
    state: Mapped[str] = mapped_column(Text)
    takeover_id: Mapped[int | None] = mapped_column(BigInteger)  # staff
    slice_id: Mapped[int | None] = mapped_column(ForeignKey("handover_slice.id"))
    errcode: Mapped[int | None]
    requested_at: Mapped[dt.datetime | None] = moment()
    takeover_at: Mapped[dt.datetime | None] = moment()  # when it was taken over, or will be by itself
    finished_at: Mapped[dt.datetime | None] = moment()
    listed_at: Mapped[dt.datetime | None] = moment()  # last seen in WeCom's list of unassigned customers
    added_at: Mapped[dt.datetime] = moment()
    tries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # earlier successors: takeover, state, errcode, at


class HandoverPolicy(CorpBase):
    """What a manager may change; without a row the defaults of `scrm.compliance.handovers.setting` hold."""

    __tablename__ = "handover_policy"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    due_hours: Mapped[int]
    escalate_hours: Mapped[int]
    customer_limit: Mapped[int]
    updated_at: Mapped[dt.datetime] = moment()


constraints.handled("uq_handover_item_handover_id_kind_wecom_id", "inserted on conflict")
