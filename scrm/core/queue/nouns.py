"""Rows of a noun that now and then are work: a broadcast whose next step is due, a customer whose text is of old.

The row says itself when it is due, and its own state means something else. So what failed is kept beside it, in a row
of `WorkFailure` that goes when it goes well: a table of a million customers needs no columns for the one that fails.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, and_, delete, exists, func, literal, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock, constraints
from scrm.core.db import CorpBase, moment
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import in_hand, rows
from scrm.core.queue.in_transaction import Transactional
from scrm.core.queue.registry import Column, Parked, Waiting
from scrm.core.queue.rows import Condition, Queued, RowState

R = TypeVar("R", bound=Any)


class WorkFailure(Queued, CorpBase):
    """A row of a noun whose work has failed: it is held back until this one is due, or for good while it is parked."""

    __tablename__ = "work_failure"
    __table_args__ = (
        UniqueConstraint("queue", "row"),
        Index("ix_work_failure_parked", "id", postgresql_where=text("state = 'parked'")),
    )

    queue: Mapped[str] = mapped_column(Text)
    row: Mapped[int] = mapped_column(BigInteger)  # its id
    since: Mapped[dt.datetime] = moment()  # of the first of the failures


@dataclass(frozen=True, kw_only=True, eq=False)
class NounQueue(Transactional[R, R]):
    """Rows of a noun, while they are ``open``; work once ``now`` holds, a condition over `rows.NOW`.

    ``due_at`` says since when a row has been due, none where nothing says it; ``kind`` are the words of what is parked,
    ``subject_kind`` the kind of the noun; ``order`` says who comes first. ``failing`` is told of each failure.
    """

    kind: str
    subject_kind: str
    lane: Lane
    open: Condition
    now: Callable[[], Condition]
    due_at: Column | None = None
    order: tuple[Any, ...]
    failing: Callable[[Session, R, str], None] | None = None
    read: Callable[[Session, R], R] = field(default=lambda _session, row: row)
    waiting: Waiting = field(init=False)
    parked: Parked = field(init=False)

    def __post_init__(self) -> None:
        mine = and_(WorkFailure.queue == self.name, WorkFailure.state == RowState.PARKED)
        # What has been settled in another way waits for nobody.
        there = exists(select(self.model.id).where(self.model.id == WorkFailure.row, self.open))
        parked = Parked(
            kind=self.kind,
            model=WorkFailure,
            where=and_(mine, there),
            what=literal(self.name),
            subject=func.concat(f"{self.subject_kind}:", WorkFailure.row),
            since=WorkFailure.since,
            replay=self._replay,
            about=lambda failure: f"{self.subject_kind}:{failure.row}",
        )
        is_parked = exists().where(mine, WorkFailure.row == self.model.id)
        object.__setattr__(self, "parked", parked)
        object.__setattr__(
            self, "waiting", Waiting(model=self.model, where=and_(self.open, ~is_parked), due_at=self.due_at)
        )

    def _due(self, _lane: Lane) -> tuple[Condition, ...]:
        held = exists().where(
            WorkFailure.queue == self.name,
            WorkFailure.row == self.model.id,
            (WorkFailure.state == RowState.PARKED) | (WorkFailure.due_at > rows.NOW),
        )
        return self.now(), ~held

    def _order(self) -> tuple[Any, ...]:
        return self.order

    def _went_well(self, session: Session, done: Sequence[R]) -> None:
        forget(session, self.name, [row.id for row in done])

    def _fail(self, session: Session, row: R, error: Exception) -> tuple[int, bool]:
        failure = self._failure(session, row)
        parked = rows.failed(failure, error, hopeless=self.hopeless)
        self._tell(session, row, failure)
        return failure.attempts, parked

    def _wear(self, session: Session, row: R) -> None:
        failure = self._failure(session, row)
        failure.state, failure.reason = RowState.PARKED, in_hand.WORN
        self._tell(session, row, failure)

    def _tell(self, session: Session, row: R, failure: WorkFailure) -> None:
        if self.failing is not None:
            self.failing(session, row, failure.reason or "")
        session.flush()

    def _failure(self, session: Session, row: R) -> WorkFailure:
        """What is known of this row's failures; the caller holds the row."""
        mine = select(WorkFailure).where(WorkFailure.queue == self.name, WorkFailure.row == row.id)
        found = session.scalars(mine).first()
        if found is None:
            now = clock.now()
            found = WorkFailure(
                queue=self.name, row=row.id, state=RowState.READY, due_at=now, attempts=0, reason=None, since=now
            )
            session.add(found)
        return found

    def _replay(self, session: Session, failure: WorkFailure) -> None:
        session.delete(failure)
        ring_after_commit(session, self.lane)


def forget(session: Session, queue: str, ids: Sequence[int]) -> None:
    """These rows are worked on as if they had never failed: they went well, or somebody has changed what they ask."""
    if ids:
        session.execute(delete(WorkFailure).where(WorkFailure.queue == queue, WorkFailure.row.in_(ids)))


constraints.handled("uq_work_failure_queue_row", "written by who holds the noun's row")
