"""Tables of marketing: broadcasts, their slices with the recipients, pictures, and the corp's policy."""

import datetime as dt
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, identity_key, moment
from scrm.shared.approvals.requests import Requested
from scrm.shared.files.stored import StoredFile

QUEUE = "broadcasts"  # under which its steps are work, see `scrm.marketing.broadcasts.jobs`


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    PLANNING = "planning"  # submitted: the audience is being frozen
    WAITING_APPROVAL = "waiting_approval"
    SCHEDULED = "scheduled"
    SENDING = "sending"  # tasks are being created at WeCom
    PAUSED = "paused"
    COLLECTING = "collecting"  # all tasks created: staff confirm, results are read
    FINISHED = "finished"
    CANCELLED = "cancelled"


class SliceState(StrEnum):
    """Where one call of a broadcast stands."""

    PLANNED = "planned"
    REQUESTED = "requested"  # the intent is committed; it may be on its way
    UNKNOWN = "unknown"  # sent, no answer: looked for in WeCom's listing, never repeated blindly
    PARKED = "parked"  # an administrator must mend something first
    ACCEPTED = "accepted"  # WeCom gave a msgid; results are read until all are final
    REFUSED = "refused"
    SKIPPED = "skipped"  # over quota: never asked of WeCom
    CANCELLED = "cancelled"
    DONE = "done"


FINAL = (SliceState.REFUSED, SliceState.SKIPPED, SliceState.CANCELLED, SliceState.DONE)


class RecipientState(IntEnum):
    """What became of one customer: a byte in `BroadcastSlice.states`; numbers are stored, so they stay."""

    PLANNED = 0
    CREATED = 1  # part of a task that the member has not confirmed, or whose result is not out
    DELIVERED = 2
    NOT_A_FRIEND = 3  # status 2 of page 93338
    QUOTA_AT_WECOM = 4  # status 3 of page 93338
    UNSENDABLE = 5  # on WeCom's fail list
    REFUSED = 6  # the whole call was refused
    OVER_QUOTA = 7  # left out by us before sending
    CANCELLED = 8
    UNCONFIRMED = 9  # the member did not confirm while we looked
    IN_DOUBT = 10  # the answer of the call was lost


class QuotaRule(StrEnum):
    """How many mass messages WeCom lets a customer receive (page 92135); an administrator chooses there."""

    MONTH = "month"  # as many as the month has days
    WEEK = "week"  # seven
    DAY = "day"  # one


class Broadcast(CorpBase):
    """One message to many customers."""

    __tablename__ = "broadcast"
    __table_args__ = (
        Index("ix_broadcast_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_broadcast_updated_at", "updated_at"),
        Index("ix_broadcast_planned_for", "planned_for"),
    )

    id: Mapped[int] = identity_key()
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    audience: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)  # as the audit trail names users
    author_name: Mapped[str] = mapped_column(Text)
    submitter: Mapped[str | None] = mapped_column(Text)  # who handed it in; as little its approver as the author
    submitted_above: Mapped[int | None]  # the approval limit that held when it was handed in
    send_at: Mapped[dt.datetime | None] = moment()  # none: as soon as it may
    planned_for: Mapped[dt.datetime | None] = moment()  # when it counts against the quota
    audience_count: Mapped[int]  # recipients, over quota included
    without_sender: Mapped[int]
    due_at: Mapped[dt.datetime | None] = moment()  # when there is something to do for it
    reconcile: Mapped[dict[str, Any] | None]  # a listing under way: asked_at, slices, open msgids
    reason: Mapped[str | None] = mapped_column(Text)  # why it stands still
    approver_name: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[dt.datetime | None] = moment()
    submitted_at: Mapped[dt.datetime | None] = moment()
    started_at: Mapped[dt.datetime | None] = moment()
    unlisted_at: Mapped[dt.datetime | None] = moment()  # when its recipients were taken off the list of 92 days
    created_all_at: Mapped[dt.datetime | None] = moment()  # the last task stands at WeCom
    finished_at: Mapped[dt.datetime | None] = moment()
    created_at: Mapped[dt.datetime] = moment()
    updated_at: Mapped[dt.datetime] = moment()


class BroadcastSlice(CorpBase):
    """One call of a broadcast: a sender and at most 10,000 recipients.

    ``customer_ids``, ``states`` and ``sent_times`` run in parallel: ids ascending, one byte of `RecipientState`, four
    bytes of Unix seconds (big-endian, 0 for none) each. See ``docs/decisions/recipients-as-arrays.md``.
    """

    __tablename__ = "broadcast_slice"
    __table_args__ = (
        Index("ix_broadcast_slice_broadcast_id_state", "broadcast_id", "state"),
        Index(
            "ix_broadcast_slice_under_way",
            "staff_id",
            postgresql_where=text("state IN ('requested', 'unknown', 'parked')"),
        ),
        Index("ix_broadcast_slice_poll_at", "broadcast_id", "poll_at", postgresql_where=text("state = 'accepted'")),
        Index("uq_broadcast_slice_msgid", "msgid", unique=True, postgresql_where=text("msgid IS NOT NULL")),
    )

    id: Mapped[int] = identity_key()
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    attempt: Mapped[int]  # how many calls were asked for; an answer names the attempt it belongs to
    total: Mapped[int]
    counts: Mapped[dict[str, Any]]  # recipients by state
    customer_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), deferred=True)
    states: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sent_times: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    asked_at: Mapped[dt.datetime | None] = moment()
    check_at: Mapped[dt.datetime | None] = moment()  # unknown: when to look for it
    stopped_at: Mapped[dt.datetime | None] = moment()  # when WeCom took a task back
    msgid: Mapped[str | None] = mapped_column(Text)
    found_again: Mapped[bool]  # its answer was lost and a listing showed it
    errcode: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    accepted_at: Mapped[dt.datetime | None] = moment()
    confirmed_at: Mapped[dt.datetime | None] = moment()  # when the member sent it
    poll_at: Mapped[dt.datetime | None] = moment()
    reminders: Mapped[list[str]]  # moments, ISO
    cancel_asked: Mapped[bool]
    updated_at: Mapped[dt.datetime] = moment(index=True)


class BroadcastRecipient(CorpBase):
    """That a customer is at a place of a slice which has begun, for who asks what a customer got; kept 92 days.

    What became of it stands in the slice's arrays, at ``place``. See ``docs/decisions/recipients-as-arrays.md``.
    """

    __tablename__ = "broadcast_recipient"

    customer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    slice_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(SmallInteger)


class UnlistedSlice(CorpBase):
    """A slice that has begun and whose recipients are not in `BroadcastRecipient` yet."""

    __tablename__ = "broadcast_unlisted"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # the slice's


class BroadcastMedia(StoredFile, CorpBase):
    """A picture for broadcasts; WeCom's copy lives three days and is made anew when it is needed."""

    __tablename__ = "broadcast_media"

    id: Mapped[int] = identity_key()
    media_id: Mapped[str | None] = mapped_column(Text)
    uploaded_at: Mapped[dt.datetime | None] = moment()


class BroadcastPolicy(CorpBase):
    """What the corp's administrator set for broadcasts; one row, or none for the defaults."""

    __tablename__ = "broadcast_policy"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    quota: Mapped[str] = mapped_column(Text)
    approval_above: Mapped[int]  # more customers than this need a second person
    updated_at: Mapped[dt.datetime] = moment()


class BroadcastPolicyChange(Requested, CorpBase):
    """A higher approval limit that somebody asked for; the old one holds until a second person confirms."""

    __tablename__ = "broadcast_policy_change"
    __table_args__ = (
        Index("uq_broadcast_policy_change_open", "state", unique=True, postgresql_where=text("state = 'open'")),
    )

    id: Mapped[int] = identity_key()
    approval_above: Mapped[int]
    approval_before: Mapped[int]


constraints.handled("uq_broadcast_slice_msgid", "WeCom's receipt of one call, kept by a worker")
constraints.handled("pk_broadcast_recipient", "inserted on conflict")
constraints.handled("pk_broadcast_unlisted", "inserted on conflict")
