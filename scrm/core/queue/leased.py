"""Work that leaves the house: lease (transaction 1), act with no transaction open, settle (transaction 2).

What is under way occupies only itself: a batch is not waited for. A lease counts before the act, so that a row that
takes its worker along each time is parked. A lease ends with the process that holds it. An act of unknown length goes
on with its `Hold`; one that stores as it goes confirms the hold in each of its transactions.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import and_, exists, func, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, aliased

from scrm.core import clock
from scrm.core.db import is_transient, subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import holding
from scrm.core.queue.flights import flights
from scrm.core.queue.registry import Parked, Queue, Waiting
from scrm.core.queue.rows import NOW, Condition, Leasable

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=60)  # longer than an act with its time-outs and one token refresh
BEGIN_WITHIN = 25.0  # seconds from the lease: what is left of it is longer than an act, so nobody else takes it over
LEASES = 16  # so many workers that ended over a row make it the row; machines that restart take up a few again
AGAIN = 3  # from then on it is an alarm
_PATIENT_SECONDS = 20.0  # for an outcome to be stored; together with an act less than a lease
_ENOUGH = 1_000  # rows counted for an alarm

R = TypeVar("R", bound=Leasable)
J = TypeVar("J")
A = TypeVar("A")
_T = TypeVar("_T")


class LeaseLost(Exception):
    """Somebody else has the row by now: what is under way ends without an outcome."""


class Hold:
    """The lease of one row during its act."""

    def __init__(self, model: type[Leasable], corp: int, row: int, token: str, length: dt.timedelta) -> None:
        self._model, self._corp, self._row, self._token, self._length = model, corp, row, token, length
        self._renewed = time.monotonic()

    def confirm(self, session: Session) -> None:
        """Within a transaction of the act: lock the row and renew the lease, or raise `LeaseLost`."""
        held = (self._model.id == self._row, self._model.lease == self._token)
        renewed = update(self._model).where(*held).values(due_at=clock.now() + self._length).returning(self._model.id)
        if session.scalars(renewed.execution_options(synchronize_session=False)).first() is None:
            raise LeaseLost()
        self._renewed = time.monotonic()

    def go_on(self) -> None:
        """The act moves: renew the lease when a quarter of it is over; that it was lost is found where it is stored."""
        if time.monotonic() - self._renewed < self._length.total_seconds() / 4:
            return
        try:
            with transaction(self._corp) as session:
                self.confirm(session)
        except (LeaseLost, SQLAlchemyError) as error:
            log.warning("queue.not_renewed", corp=self._corp, row=self._row, error=type(error).__name__)


@dataclass(frozen=True)
class Leased(Generic[J]):
    """One row that this process has leased, and what it asks for."""

    id: int
    lease: str
    job: J
    begin_by: float  # on the monotonic clock: begun later, an act could outlive its lease


@dataclass(frozen=True, kw_only=True, eq=False)
class LeaseActSettle(Queue, Generic[R, J, A]):
    """A queue of this mode.

    ``take`` looks at due rows, those among them whose lease has ended without an outcome, and says which of them
    leave, and with what; the others it settles or puts off itself. ``may_leave`` asks once more just before. ``act``
    raises nothing but `LeaseLost`; ``settle`` stores what became of it, ``put_aside`` parks a row whose outcome cannot
    be stored, ``put_back`` makes a row ready that has not left, ``worn`` ends one that was leased `LEASES` times.

    A row under way has the state ``leased_state``, or keeps its own and is known by its lease alone. ``lease`` is
    longer than an act, or than what it does between two steps; ``most`` acts are under way at once in a process. A corp
    that the queue does not serve (``serves``) is not asked; ``first`` makes the one row of a queue that has no other.
    """

    name: str
    model: type[R]
    waiting: Waiting
    parked: Parked
    open_states: tuple[str, ...]
    leased_state: str | None = None
    settled_states: tuple[str, ...]  # states of a row that still takes an outcome under its lease
    take: Callable[[Session, Sequence[R]], list[tuple[R, J]]]
    may_leave: Callable[[Session, J], bool] = lambda _session, _job: True
    act: Callable[[int, J, Hold], A]
    settle: Callable[[Session, R, J, A], None]
    put_aside: Callable[[R, str], None]
    put_back: Callable[[Session, R], None]
    worn: Callable[[Session, R], None]
    lease: dt.timedelta = LEASE
    most: int | None = None
    lane: Lane | None = None  # of all rows; none where each has its own
    serves: Callable[[int], bool] = lambda _corp: True
    first: Callable[[Session], None] | None = None
    carries: bool = True

    def due(self, corp: int, lane: Lane) -> Condition | None:
        if not self._is_ours(corp, lane):
            return None
        return _any_due(self, lane)

    def under_way(self, corp: int, lane: Lane) -> Condition | None:
        """Something has left and its outcome has not been stored."""
        return _any_on_its_way(self, lane) if self._is_ours(corp, lane) else None

    def drain_batch(self, corp: int, lane: Lane) -> int:
        """Lease due rows and let them leave; how many were claimed. Whoever wants their outcomes waits for them."""
        room = flights.room(corp, lane, queue=self.name, most=self.most) if self._is_ours(corp, lane) else 0
        if room <= 0:
            return 0
        claimed, leased = self._claim(corp, lane, room)
        for item in leased:
            flights.begin(corp, lane, self._carrying(corp, item), queue=self.name)
        return claimed

    def _is_ours(self, corp: int, lane: Lane) -> bool:
        return self.lane in {None, lane} and self.serves(corp)

    def _on_its_way(self, model: Any = None) -> Condition:
        row = self.model if model is None else model
        # Said twice, as the index has it.
        return (
            and_(row.lease.is_not(None), row.leases > 0)
            if self.leased_state is None
            else row.state == self.leased_state
        )

    def _open(self) -> Condition:
        # One word is compared for itself: partial indexes are of that shape.
        state = self.model.state
        return state == self.open_states[0] if len(self.open_states) == 1 else state.in_(self.open_states)

    def unsettled(self) -> Condition | None:
        return or_(exists().where(self._on_its_way()), exists().where(*self._often()))

    def look_after(self, session: Session) -> int:
        now = clock.now()
        held = select(self.model.holder).where(self._on_its_way(), self.model.due_at > now)
        dead = holding.gone(session, [holder for holder in session.scalars(held.distinct()) if holder is not None])
        if dead:
            session.execute(
                update(self.model)
                .where(self._on_its_way(), self.model.holder.in_(dead), self.model.due_at > now)
                .values(due_at=now)
            )
        often = select(self.model.id).where(*self._often()).limit(_ENOUGH)
        return session.scalar(select(func.count()).select_from(often.subquery())) or 0

    def _often(self) -> tuple[Condition, ...]:
        known = self._open() if self.leased_state is None else self.model.state.in_([*self.open_states, "parked"])
        return known, self.model.leases >= AGAIN

    def _due(self, lane: Lane) -> tuple[Condition, ...]:
        return self._open(), self.model.lane == lane.value, self.model.due_at <= NOW

    def _carrying(self, corp: int, item: Leased[J]) -> Callable[[], None]:
        return lambda: self._carry_out(corp, item)

    def _claim(self, corp: int, lane: Lane, room: int) -> tuple[int, list[Leased[J]]]:
        now, begin_by = clock.now(), time.monotonic() + BEGIN_WITHIN
        other = aliased(self.model)
        on_its_way = exists().where(
            other.subject == self.model.subject,
            self._on_its_way(other),
            other.due_at > now,
            other.id != self.model.id,
        )
        leased: list[Leased[J]] = []
        with transaction(corp) as session:
            if self.first is not None:
                self.first(session)
            found = session.scalars(
                select(self.model)
                .where(*self._due(lane), ~on_its_way)
                .order_by(self.model.due_at, self.model.id)
                .limit(room)
                .with_for_update(skip_locked=True, of=self.model)
            ).all()
            rows = self._free(session, corp, found, now)
            leaving = self.take(session, sorted(rows, key=lambda row: (subject_key(corp, row.subject), row.id)))
            holder = holding.key() if leaving else None
            for row, job in leaving:
                if row.leases >= LEASES:
                    self._let_go(row)
                    self.worn(session, row)
                    continue
                row.lease, row.leased_at, row.due_at, row.holder = secrets.token_hex(8), now, now + self.lease, holder
                if self.leased_state is not None:
                    row.state = self.leased_state
                row.leases += 1
                leased.append(Leased(row.id, row.lease, job, begin_by))
        return len(rows), leased

    def _free(self, session: Session, corp: int, found: Sequence[R], now: dt.datetime) -> list[R]:
        """One of each subject that has no other row on its way: another worker may have leased one while we read.

        All locks are taken before the first row is changed, so that nobody waits crosswise.
        """
        if not found:
            return []
        keys = sorted({subject_key(corp, row.subject) for row in found})
        session.execute(
            text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"), {"keys": keys}
        )
        taken = set(
            session.scalars(
                select(self.model.subject).where(
                    self.model.subject.in_({row.subject for row in found}),
                    self._on_its_way(),
                    self.model.due_at > now,
                    self.model.id.not_in([row.id for row in found]),
                )
            )
        )
        first: dict[str, R] = {}
        for row in sorted(found, key=lambda row: row.id):
            if row.subject not in taken:
                first.setdefault(row.subject, row)
        return list(first.values())

    def _carry_out(self, corp: int, item: Leased[J]) -> None:
        if time.monotonic() > item.begin_by or not _patiently(lambda: self._still_may_leave(corp, item)):
            _patiently(lambda: self._hand_back(corp, item))
            return
        try:
            outcome = self.act(corp, item.job, Hold(self.model, corp, item.id, item.lease, self.lease))
        except LeaseLost:
            log.warning("queue.lease_lost", queue=self.name, corp=corp, row=item.id)
            return
        try:
            with flights.landing(corp):
                _patiently(lambda: self._settle(corp, item, outcome))
        except Exception as error:  # the outcome itself cannot be kept: without this the row would be leased for ever
            log.error("queue.outcome_not_kept", queue=self.name, corp=corp, row=item.id, exc_info=error)
            problem = f"the outcome cannot be kept: {type(error).__name__}"
            _patiently(lambda: self._put_aside(corp, item, problem))

    def _still_may_leave(self, corp: int, item: Leased[J]) -> bool:
        with transaction(corp) as session:
            return self.may_leave(session, item.job)

    def _settle(self, corp: int, item: Leased[J], outcome: A) -> None:
        with transaction(corp) as session:
            row = self._held(session, item)
            if row is None or row.state not in self.settled_states:
                log.warning("queue.lease_lost", queue=self.name, corp=corp, row=item.id)
                return
            self._let_go(row)
            row.leases = 0
            self.settle(session, row, item.job, outcome)

    def _put_aside(self, corp: int, item: Leased[J], problem: str) -> None:
        with transaction(corp) as session:
            row = self._held(session, item)
            if row is not None and row.state in self.settled_states:
                self._let_go(row)
                self.put_aside(row, problem)

    def _hand_back(self, corp: int, item: Leased[J]) -> None:
        """A row that has not left: anybody may take it."""
        with transaction(corp) as session:
            row = self._held(session, item)
            if row is not None and row.state == (self.leased_state or row.state):
                self._let_go(row)
                row.leases -= 1
                self.put_back(session, row)

    def _let_go(self, row: R) -> None:
        row.holder = None
        if self.leased_state is None:  # else its state says that it is on its way, and a late outcome finds its lease
            row.lease = None

    def _held(self, session: Session, item: Leased[J]) -> R | None:
        return session.scalars(
            select(self.model).where(self.model.id == item.id, self.model.lease == item.lease).with_for_update()
        ).first()


def _patiently(ask: Callable[[], _T]) -> _T:
    """Ask in spite of a database that is away for a moment: nobody will say the outcome a second time."""
    ends = time.monotonic() + _PATIENT_SECONDS
    pause = 0.05
    while True:
        try:
            return ask()
        except Exception as error:
            if not (is_transient(error) or isinstance(error, PoolTimeout)) or time.monotonic() > ends:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 2.0)


@cache
def _any_due(queue: LeaseActSettle[Any, Any, Any], lane: Lane) -> Condition:
    due = exists().where(*queue._due(lane))
    return due if queue.first is None else or_(due, ~exists(select(queue.model.id)))


@cache
def _any_on_its_way(queue: LeaseActSettle[Any, Any, Any], lane: Lane) -> Condition:
    return exists().where(queue._on_its_way(), queue.model.lane == lane.value)
