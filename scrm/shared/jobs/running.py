"""Jobs at work: records in slices, each slice in a transaction that confirms the lease.

A record is changed only if it stands as it did at the preview, and brought back only if it stands as the job left it;
what somebody did meanwhile stays. A job sees what its actor sees at each slice, and no more than at its start.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import transaction
from scrm.core.errors import AppError
from scrm.core.parsing import within_body
from scrm.core.queue import in_slices
from scrm.core.queue.leased import Hold, LeaseLost
from scrm.core.records.action import Action
from scrm.core.records.field import Asked
from scrm.identity.stored import acting
from scrm.shared.jobs import registry
from scrm.shared.jobs.asking import UNDO
from scrm.shared.jobs.errors import NotUndoable
from scrm.shared.jobs.models import Job, JobItem, JobItemState, JobState
from scrm.shared.records import catalogue

_SLICE = 50  # records of one transaction: what is theirs is locked for its length
_SECONDS = in_slices.SECONDS


def _turn(corp: int, number: int, hold: Hold) -> bool | str:
    """Slices for some seconds; what the last one said."""
    return in_slices.go_on(lambda: _slice(corp, number, hold), seconds=_SECONDS)


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


def _settle(session: Session, job: Job, step: bool | str) -> bool:
    now = clock.now()
    if isinstance(step, str):
        job.state, job.reason, job.finished_at = JobState.STOPPED, step, now
        audit.record(session, job, "job.stopped", job.subject, {"why": step})
    elif not step:
        job.state, job.reason, job.attempts, job.finished_at = JobState.DONE, None, 0, now
        if job.undoing:
            job.state = JobState.UNDONE
        audit.record(session, job, "job.undone" if job.undoing else "job.done", job.subject, {"action": job.action})
    return step is not True


QUEUE = in_slices.queue("jobs", Job, kind="job", turn=_turn, settle=_settle)
