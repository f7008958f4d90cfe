"""Work whose effect stays in the house: claim, effect and mark are one transaction.

So the effect happens exactly when the row is marked, whoever dies. Each row has a SAVEPOINT: one that fails stops
alone. Either the rows are work and nothing else (`InTransaction`), or they are those of a noun that now and then has to
be attended to (`scrm.core.queue.nouns`): the two differ in where it stands that a row has failed.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scrm.core.db import current_corp, lock_subject, subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import in_hand, rows
from scrm.core.queue.registry import Parked, Queue, Waiting
from scrm.core.queue.rows import Condition, NotNow, Queued, RowState

log = structlog.get_logger(__name__)

R = TypeVar("R", bound=Any)
Q = TypeVar("Q", bound=Queued)
T = TypeVar("T")


def _unmarked(_session: Session, _rows: Sequence[Any]) -> None:
    """The effect has marked its row itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Transactional(Queue, Generic[R, T]):
    """What all queues of this mode share.

    ``read`` says what a row asks for and changes nothing but the row; ``act`` has the effect of some of them. With
    ``together`` a batch's effects are had in one go, and one by one only where that fails; `NotNow` gives the whole
    batch back. ``mark`` notes what went well. ``lane`` is none where each row has its own; ``subject`` is locked while
    its row is carried out. ``hopeless`` errors park at once.
    In the urgent lane a batch may be smaller: what it asks of WeCom leaves only when all of it has been committed.
    """

    name: str
    model: type[R]
    read: Callable[[Session, R], T]
    act: Callable[[Session, Sequence[T]], None]
    mark: Callable[[Session, Sequence[R]], None] = _unmarked
    lane: Lane | None = None
    batch: int = rows.BATCH
    urgent_batch: int | None = None
    together: bool = False
    subject: Callable[[R], str] | None = None
    hopeless: tuple[type[Exception], ...] = ()
    carries: bool = False

    def due(self, _corp: int, lane: Lane) -> Condition | None:
        return _any_due(self, lane) if self.lane in {None, lane} else None

    def drain_batch(self, corp: int, lane: Lane) -> int:
        """Claim due rows and carry them out in one transaction; the number of rows claimed."""
        if self.lane not in {None, lane}:
            return 0
        try:
            return self._drained(corp, lane)
        except NotNow as error:
            log.info("queue.not_now", queue=self.name, corp=corp, why=str(error))
            return 0

    def _drained(self, corp: int, lane: Lane) -> int:
        with transaction(corp) as session:
            claimed = session.scalars(
                select(self.model)
                .where(*self._due(lane))
                .order_by(*self._order())
                .limit((self.urgent_batch if lane is Lane.URGENT else None) or self.batch)
                .with_for_update(skip_locked=True)
            ).all()
            if not claimed:
                return 0
            with in_hand.taken_up(session, self.name, [row.id for row in claimed]) as hand:
                taken = [row for row in claimed if row.id in hand.rows]
                if hand.worn:
                    for row in taken:
                        log.error("queue.row_worn", queue=self.name, row=row.id)
                        self._wear(session, row)
                else:
                    self._carry_out(session, taken)
            return len(taken)

    @abstractmethod
    def _due(self, lane: Lane) -> tuple[Condition, ...]:
        """The conditions that a row is due, whenever they are asked: over `rows.NOW`, not over a moment."""

    @abstractmethod
    def _order(self) -> tuple[Any, ...]:
        """Which of the due rows come first."""

    @abstractmethod
    def _fail(self, session: Session, row: R, error: Exception) -> tuple[int, bool]:
        """Count the failure and put the row off or park it: how often it has failed, and whether it is parked."""

    def _went_well(self, _session: Session, _done: Sequence[R]) -> None:
        """Forget what stands of earlier failures, where `mark` does not."""
        return

    @abstractmethod
    def _wear(self, session: Session, row: R) -> None:
        """Park a row that so many workers have died over."""

    def _carry_out(self, session: Session, taken: Sequence[R]) -> None:
        if self.together:
            done = self._all(session, taken)
        else:
            done = [row for row in self._in_order(session, taken) if self._alone(session, row)]
        if done:
            self.mark(session, done)
            self._went_well(session, done)

    def _all(self, session: Session, taken: Sequence[R]) -> Sequence[R]:
        asked: list[tuple[R, T]] = []
        for row in taken:
            try:
                asked.append((row, self.read(session, row)))
            except Exception as error:  # a poison row must not take its batch along
                self._failed(session, row, error)
        if not asked:
            return []
        try:
            with session.begin_nested():
                self.act(session, [what for _, what in asked])
                session.flush()
        except NotNow:
            raise
        except Exception as error:  # found one by one
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            return [row for row, _ in asked if self._alone(session, row)]
        return [row for row, _ in asked]

    def _in_order(self, session: Session, taken: Sequence[R]) -> Iterable[R]:
        """Each with its subject locked, sorted by lock: two workers with unsorted batches deadlock on each other's."""
        if self.subject is None:
            yield from taken
            return
        corp = current_corp(session)
        keyed = sorted(
            ((subject_key(corp, self.subject(row)), row.id, row) for row in taken), key=lambda item: item[:2]
        )
        held: int | None = None
        for key, _, row in keyed:
            if key != held:
                lock_subject(session, self.subject(row))
                held = key
            yield row

    def _alone(self, session: Session, row: R) -> bool:
        """Whether it went well; else the row says when it is tried again."""
        try:
            with session.begin_nested():
                self.act(session, [self.read(session, row)])
                session.flush()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            self._failed(session, row, error)
        except Exception as error:  # a poison row must not take its batch along
            self._failed(session, row, error)
        else:
            return True
        return False

    def _failed(self, session: Session, row: R, error: Exception) -> None:
        attempts, parked = self._fail(session, row, error)
        log.warning(
            "queue.row_parked" if parked else "queue.row_failed",
            queue=self.name,
            row=row.id,
            attempts=attempts,
            error=type(error).__name__,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class InTransaction(Transactional[Q, T]):
    """Rows that are work and nothing else; ``parking`` is told of one that is about to be parked."""

    waiting: Waiting
    parked: Parked
    states: tuple[str, ...] = (RowState.READY,)
    parking: Callable[[Session, Q], None] | None = None

    def _due(self, lane: Lane) -> tuple[Condition, ...]:
        # One word is compared for itself: partial indexes are of that shape.
        state = self.model.state
        of_state = state == self.states[0] if len(self.states) == 1 else state.in_(self.states)
        of_lane = (self.model.lane == lane.value,) if self.lane is None else ()  # type: ignore[attr-defined]
        return (of_state, *of_lane, self.model.due_at <= rows.NOW)

    def _order(self) -> tuple[Any, ...]:
        return self.model.due_at, self.model.id

    def _fail(self, session: Session, row: Q, error: Exception) -> tuple[int, bool]:
        parked = rows.failed(row, error, hopeless=self.hopeless)
        if parked and self.parking is not None:
            self.parking(session, row)
        return row.attempts, parked

    def _wear(self, session: Session, row: Q) -> None:
        row.state, row.reason = RowState.PARKED, in_hand.WORN
        if self.parking is not None:
            self.parking(session, row)


@cache
def _any_due(queue: Transactional[Any, Any], lane: Lane) -> Condition:
    return exists(select(queue.model.id).where(*queue._due(lane)))
