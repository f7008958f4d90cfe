"""Long work that stores as it goes: a turn of some seconds on a thread of its own, then other rows have theirs."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog
from sqlalchemy import literal
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.db import is_transient
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import rows as work
from scrm.core.queue.leased import LEASES, Hold, LeaseActSettle, LeaseLost
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.queue.rows import Leasable

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(minutes=3)
SECONDS = 5.0  # of a turn
_AT_ONCE = 2

R = TypeVar("R", bound=Leasable)
T = TypeVar("T")


def go_on(step: Callable[[], bool | str], *, seconds: float) -> bool | str:
    """Step after step while there is more to do, for so long; what the last one said."""
    ends = time.monotonic() + seconds
    while (said := step()) is True and time.monotonic() <= ends:
        pass
    return said


def queue(
    name: str,
    model: type[R],
    *,
    kind: str,
    turn: Callable[[int, int, Hold], T],
    settle: Callable[[Session, R, T], bool],
) -> LeaseActSettle[R, int, T | Exception]:
    """The queue of such rows, ready or parked; ``kind`` are the words of one that is parked.

    ``turn`` gets corp, row and lease; ``settle`` stores what became of it, and is false where there is more to do.
    """

    def act(corp: int, number: int, hold: Hold) -> T | Exception:
        try:
            return turn(corp, number, hold)
        except LeaseLost:
            raise
        except Exception as error:  # settled: the row says why
            return error

    def settled(session: Session, row: R, _number: int, outcome: T | Exception) -> None:
        if isinstance(outcome, Exception):
            _failed(name, row, outcome)
        elif not settle(session, row, outcome):
            row.due_at, row.attempts, row.reason = clock.now(), 0, None
            ring_after_commit(session, Lane.BULK)

    return LeaseActSettle(
        name=name,
        model=model,
        waiting=Waiting(model=model, where=model.state == work.RowState.READY, due_at=model.due_at),
        parked=Parked(
            kind=kind,
            model=model,
            where=model.state == work.RowState.PARKED,
            what=literal(name),
            subject=model.subject,
            since=model.due_at,
            replay=_replay,
        ),
        open_states=(work.RowState.READY,),
        settled_states=(work.RowState.READY,),
        take=_take,
        act=act,
        settle=settled,
        put_aside=_put_aside,
        put_back=_put_back,
        worn=_worn,
        lease=LEASE,
        most=_AT_ONCE,
        lane=Lane.BULK,
    )


def _take(_session: Session, rows: Sequence[R]) -> list[tuple[R, int]]:
    return [(row, row.id) for row in rows]


def _failed(name: str, row: Leasable, error: Exception) -> None:
    if is_transient(error):
        row.due_at = work.next_try(1)
        return
    log.error("queue.turn_failed", queue=name, row=row.id, exc_info=error)
    if work.failed(row, error):
        row.state = work.RowState.PARKED


def _put_aside(row: Leasable, problem: str) -> None:
    row.state, row.reason = work.RowState.PARKED, problem


def _put_back(_session: Session, row: Leasable) -> None:
    row.due_at = clock.now()


def _worn(_session: Session, row: Leasable) -> None:
    _put_aside(row, f"taken up {LEASES} times without an outcome")


def _replay(session: Session, row: Leasable) -> None:
    work.revive(row)
    row.leases = 0
    ring_after_commit(session, Lane.BULK)
