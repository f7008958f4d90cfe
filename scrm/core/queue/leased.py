"""Work that leaves the house: lease (transaction 1), act with no transaction open, settle (transaction 2).

What is under way occupies only itself: a batch is not waited for. A lease counts before the act, so that a row that
takes its worker along each time is parked. A lease ends with the process that holds it.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog
from sqlalchemy import exists, func, or_, select, text, update
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, aliased

from scrm.core import clock
from scrm.core.db import is_transient, subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import holding
from scrm.core.queue.flights import flights
from scrm.core.queue.registry import Parked, Queue, Waiting
from scrm.core.queue.rows import Condition, Leasable

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

    ``take`` looks at due rows, ``leased`` among them where a lease has ended without an outcome, and says which of them
    leave, and with what; the others it settles or puts off itself. ``may_leave`` asks once more just before. ``act``
    does not raise; ``settle`` stores what became of it, ``put_aside`` parks a row whose outcome cannot be stored,
    ``put_back`` makes a row ready that has not left, ``worn`` ends one that was leased `LEASES` times.
    """

    name: str
    model: type[R]
    waiting: Waiting
    parked: Parked | None
    open_states: tuple[str, ...]
    leased_state: str
    settled_states: tuple[str, ...]  # states of a row that still takes an outcome under its lease
    take: Callable[[Session, Sequence[R]], list[tuple[R, J]]]
    may_leave: Callable[[Session, J], bool]
    act: Callable[[int, J], A]
    settle: Callable[[Session, R, J, A], None]
    put_aside: Callable[[R, str], None]
    put_back: Callable[[Session, R], None]
    worn: Callable[[Session, R], None]
    carries: bool = True

    def due(self, _corp: int, lane: Lane) -> Condition | None:
        return exists().where(*self._due(lane))

    def under_way(self, _corp: int, lane: Lane) -> Condition | None:
        """Something has left and its outcome has not been stored."""
        return exists().where(self.model.state == self.leased_state, self.model.lane == lane.value)

    def landed(self, corp: int, lane: Lane, *, seconds: float) -> bool:
        return flights.wait(corp, lane, seconds=seconds)

    def all_landed(self, corp: int, lane: Lane) -> bool:
        return flights.wait_own(corp, lane)

    def drain_batch(self, corp: int, lane: Lane) -> int:
        """Lease due rows and let them leave; how many were claimed. Whoever wants their outcomes waits for them."""
        room = flights.room(corp, lane)
        if not room:
            return 0
        claimed, leased = self._claim(corp, lane, room)
        for item in leased:
            flights.begin(corp, lane, self._carrying(corp, item))
        return claimed

    def unsettled(self) -> Condition | None:
        under_way = exists().where(self.model.state == self.leased_state)
        return or_(under_way, exists().where(*self._often()))

    def look_after(self, session: Session) -> int:
        now = clock.now()
        held = select(self.model.holder).where(self.model.state == self.leased_state, self.model.due_at > now)
        dead = holding.gone(session, [holder for holder in session.scalars(held.distinct()) if holder is not None])
        if dead:
            session.execute(
                update(self.model)
                .where(self.model.state == self.leased_state, self.model.holder.in_(dead), self.model.due_at > now)
                .values(due_at=now)
            )
        often = select(self.model.id).where(*self._often()).limit(_ENOUGH)
        return session.scalar(select(func.count()).select_from(often.subquery())) or 0

    def _often(self) -> tuple[Condition, ...]:
        return self.model.state.in_([*self.open_states, "parked"]), self.model.leases >= AGAIN

    def _due(self, lane: Lane) -> tuple[Condition, ...]:
        model = self.model
        return model.state.in_(self.open_states), model.lane == lane.value, model.due_at <= clock.now()

    def _carrying(self, corp: int, item: Leased[J]) -> Callable[[], None]:
        return lambda: self._carry_out(corp, item)

    def _claim(self, corp: int, lane: Lane, room: int) -> tuple[int, list[Leased[J]]]:
        now, begin_by = clock.now(), time.monotonic() + BEGIN_WITHIN
        other = aliased(self.model)
        on_its_way = exists().where(
            other.subject == self.model.subject,
            other.state == self.leased_state,
            other.due_at > now,
            other.id != self.model.id,
        )
        leased: list[Leased[J]] = []
        with transaction(corp) as session:
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
                    self.worn(session, row)
                    continue
                row.state, row.lease, row.leased_at = self.leased_state, secrets.token_hex(8), now
                row.due_at, row.holder = now + LEASE, holder
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
                    self.model.state == self.leased_state,
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
        outcome = self.act(corp, item.job)
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
            row.leases, row.holder = 0, None
            self.settle(session, row, item.job, outcome)

    def _put_aside(self, corp: int, item: Leased[J], problem: str) -> None:
        with transaction(corp) as session:
            row = self._held(session, item)
            if row is not None and row.state in self.settled_states:
                row.holder = None
                self.put_aside(row, problem)

    def _hand_back(self, corp: int, item: Leased[J]) -> None:
        """A row that has not left: anybody may take it."""
        with transaction(corp) as session:
            row = self._held(session, item)
            if row is not None and row.state == self.leased_state:
                row.leases, row.holder = row.leases - 1, None
                self.put_back(session, row)

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
