"""Tables of jobs on many records."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, moment
from scrm.core.queue.rows import Leasable
from scrm.identity.stored import Stored


class JobState(StrEnum):
    PREVIEWED = "previewed"  # looked at; nothing is done until it is run
    READY = "ready"  # waits for its next slice; ``undoing`` says in which direction
    PARKED = "parked"  # has failed until a person has it tried again
    DONE = "done"
    UNDONE = "undone"
    CANCELLED = "cancelled"
    STOPPED = "stopped"  # who asked may not do it any more


class JobItemState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"  # ``reason`` is the code of the error
    CHANGED = "changed"  # somebody else changed it since the preview, or since the job: left as it is
    UNDONE = "undone"


class Job(Stored, Leasable, CorpBase):
    """An action on chosen records, as somebody asked for it."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due_at", "due_at", postgresql_where=text("state = 'ready'")),
        Index("ix_job_account_id", "account_id", "id"),
    )

    action: Mapped[str] = mapped_column(Text)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total: Mapped[int] = mapped_column(BigInteger)
    undoing: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[dt.datetime] = moment()
    started_at: Mapped[dt.datetime | None] = moment()
    finished_at: Mapped[dt.datetime | None] = moment()


class JobItem(CorpBase):
    """One record of a job: ``before`` is its mark at the preview, ``after`` the one that the job left."""

    __tablename__ = "job_item"
    __table_args__ = (Index("ix_job_item_job_id_state_record", "job_id", "state", "record"),)

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    record: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    before: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    after: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)


constraints.handled("pk_job_item", "written with its job, which is new")
