"""Jobs at work: records in slices, each slice in a transaction that confirms the lease.

A record is changed only if it stands as it did at the preview, and brought back only if it stands as the job left it;
what somebody did meanwhile stays. A job sees what its actor sees at each slice, and no more than at its start.
"""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import is_transient, transaction
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.errors import AppError
from scrm.core.parsing import within_body
from scrm.core.queue import rows as work
from scrm.core.queue.leased import LEASES, Hold, LeaseActSettle, LeaseLost
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.records.action import Action
from scrm.core.records.field import Asked
from scrm.identity.stored import acting
from scrm.shared.jobs import registry
from scrm.shared.jobs.asking import UNDO
from scrm.shared.jobs.errors import NotUndoable
from scrm.shared.jobs.models import Job, JobItem, JobItemState, JobState
from scrm.shared.records import catalogue

log = structlog.get_logger(__name__)

_SLICE = 50  # records of one transaction: what is theirs is locked for its length
_SECONDS = 5.0  # of a turn; then other jobs have theirs
_AT_ONCE = 2
_LEASE = dt.timedelta(minutes=3)


@dataclass(frozen=True)
class _Turn:
    """What became of a turn: more to do (none of these), all done, stopped, or failed."""

    done: bool = False
    stopped: str | None = None
    failure: Exception | None = None


def _take(_session: Session, rows: Sequence[Job]) -> list[tuple[Job, int]]:
    return [(row, row.id) for row in rows]


def _turn(corp: int, number: int, hold: Hold) -> _Turn:
    ends = time.monotonic() + _SECONDS
    try:
        while (step := _slice(corp, number, hold)) is True:
            if time.monotonic() > ends:
                return _Turn()
        return _Turn(stopped=step) if isinstance(step, str) else _Turn(done=True)
    except LeaseLost:
        raise
    except Exception as error:  # settled: the row says why
        return _Turn(failure=error)


def _slice(corp: int, number: int, hold: Hold) -> bool | str:
    """One slice; false where none is left, a code where the actor may not do it any more."""
    with transaction(corp) as session:
        hold.confirm(session)
        job = session.get_one(Job, number)
        if job.state != JobState.READY:
            raise LeaseLost()
        actor = acting(session, job)
        if actor is None:
            return "actor_out"
        try:
            action = registry.of(job.action, actor)
            arguments = within_body(action.arguments, job.arguments)
            seen = catalogue.of(action.kind, actor).kind
        except AppError as refused:
            return refused.code
        open_state = JobItemState.DONE if job.undoing else JobItemState.WAITING
        query = select(JobItem).where(JobItem.job_id == number, JobItem.state == open_state)
        items = session.scalars(query.order_by(JobItem.record).limit(_SLICE)).all()
        asked = Asked(session, actor)
        numbers = [item.record for item in items]
        theirs = set(session.scalars(seen.visible(actor).with_only_columns(seen.key).where(seen.key.in_(numbers))))
        for item in items:
            item.state, item.reason = (
                _one(asked, action, arguments, item, undoing=job.undoing)
                if item.record in theirs
                else (JobItemState.REFUSED, "not_visible")
            )
        return len(items) == _SLICE


def _one(asked: Asked, action: Action, arguments: Any, item: JobItem, *, undoing: bool) -> tuple[str, str | None]:
    """Change one record, or bring it back, in a savepoint of its own."""
    try:
        with asked.session.begin_nested():
            stands = action.marks(asked, [item.record]).get(item.record)
            if stands != (item.after if undoing else item.before):
                return JobItemState.CHANGED, None
            if undoing:
                if action.restore is None:
                    raise NotUndoable(days=UNDO.days)
                action.restore(asked, item.record, item.before)
                return JobItemState.UNDONE, None
            action.apply(asked, item.record, arguments)
            asked.session.flush()
            item.after = action.marks(asked, [item.record]).get(item.record)
            return JobItemState.DONE, None
    except AppError as refused:
        return JobItemState.REFUSED, refused.code


def _settle(session: Session, job: Job, _number: int, turn: _Turn) -> None:
    now = clock.now()
    if turn.failure is not None:
        _failed(job, turn.failure)
    elif turn.stopped is not None:
        job.state, job.reason, job.finished_at = JobState.STOPPED, turn.stopped, now
        audit.record(session, job, "job.stopped", job.subject, {"why": turn.stopped})
    elif turn.done:
        job.state, job.reason, job.attempts, job.finished_at = JobState.DONE, None, 0, now
        if job.undoing:
            job.state = JobState.UNDONE
        audit.record(session, job, "job.undone" if job.undoing else "job.done", job.subject, {"action": job.action})
    else:
        job.due_at, job.attempts, job.reason = now, 0, None
        ring_after_commit(session, Lane.BULK)


def _failed(job: Job, error: Exception) -> None:
    if is_transient(error):
        job.due_at = work.next_try(1)
        return
    log.error("job.failed", job=job.id, exc_info=error)
    if work.failed(job, error):
        job.state = JobState.PARKED


def _put_aside(job: Job, problem: str) -> None:
    job.state, job.reason = JobState.PARKED, problem


def _put_back(_session: Session, job: Job) -> None:
    job.due_at = clock.now()


def _worn(_session: Session, job: Job) -> None:
    _put_aside(job, f"taken up {LEASES} times without an outcome")


def _replay(session: Session, job: Job) -> None:
    work.revive(job, JobState.READY)
    job.leases = 0
    ring_after_commit(session, Lane.BULK)


QUEUE: LeaseActSettle[Job, int, _Turn] = LeaseActSettle(
    name="jobs",
    model=Job,
    waiting=Waiting(model=Job, where=Job.state == JobState.READY, due_at=Job.due_at),
    parked=Parked(
        kind="job",
        model=Job,
        where=Job.state == JobState.PARKED,
        what=literal("jobs"),
        subject=Job.subject,
        since=Job.due_at,
        replay=_replay,
    ),
    open_states=(JobState.READY,),
    settled_states=(JobState.READY,),
    take=_take,
    act=_turn,
    settle=_settle,
    put_aside=_put_aside,
    put_back=_put_back,
    worn=_worn,
    lease=_LEASE,
    most=_AT_ONCE,
    lane=Lane.BULK,
)
