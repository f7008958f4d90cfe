"""A full sync: steps in order, each a chain of calls, so that `kill -9` costs at most one page.

The rooms do the steps: they hear ``SyncStepDue``, request calls, and say here how far they have come. A step is done
when none of its calls is outstanding.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session

from scrm.contracts.sync import SyncEnded, SyncStepDue
from scrm.core import audit, clock, constraints, outbox
from scrm.core.doorbell import Lane
from scrm.core.errors import AppError
from scrm.wecom import calls
from scrm.wecom.calls import Ask
from scrm.wecom.models import CallState, SyncRun, SyncState, SyncStep, UnreadItem
from scrm.wecom.outcome import Outcome
from scrm.wecom.replies import Reply

_SUBJECT = "sync:"
# What a whole sync asks for anew; what another call could not read, no sync mends.
_READ = ("directory.", "tags.", "contacts.", "groups.", "transfers.list_unassigned")
STALLED = dt.timedelta(minutes=10)  # without an answer, of calls that end within a minute and wait a minute at most
_STALLED_REASON = "十分钟没有进展，可继续同步 / no progress for ten minutes; it can be resumed"
# Members or owners whom the app of a call may not see.
NOT_VISIBLE = frozenset({60111, 60011, 40003, 40096, 701008})
STEPS = ("departments", "staff", "tags", "customers", "groups")


@dataclass(frozen=True)
class StepContext:
    """What a call of a step carries, so that its answer finds back."""

    run_id: int


R = TypeVar("R")
S = TypeVar("S", bound=StepContext)


class SyncAlreadyRunning(AppError):
    status = 409
    code = "sync_already_running"
    zh = "同步正在进行，请等待完成。"
    en = "A sync is running; wait until it is done."


constraints.says("uq_sync_run_running", SyncAlreadyRunning)


class SyncNotFailed(AppError):
    status = 409
    code = "sync_not_failed"
    zh = "只有失败的同步可以继续。"
    en = "Only a failed sync can be resumed."


def start(session: Session, actor: audit.Who) -> SyncRun:
    """Begin a sync; raises `SyncAlreadyRunning`."""
    if running(session) is not None:
        raise SyncAlreadyRunning()
    # What a run that failed still asks would end up in this one's marks, and its replays in what is long over.
    calls.cancel(session, subject_prefix=_SUBJECT)
    now = clock.now()
    run = SyncRun(state=SyncState.RUNNING, started_by=actor.audit_name, started_at=now, updated_at=now)
    session.add(run)
    session.flush()
    for position, name in enumerate(STEPS):
        session.add(
            SyncStep(
                run_id=run.id,
                name=name,
                position=position,
                state=SyncState.WAITING,
                done=0,
                outstanding=0,
                skipped=0,
            )
        )
    session.flush()
    audit.record(session, actor, "sync.started", f"sync:{run.id}")
    _next_step(session, run)
    return run


def resume(session: Session, actor: audit.Who, run_id: int) -> SyncRun:
    """Go on with a failed sync at its failed step; raises `SyncNotFailed` or `SyncAlreadyRunning`."""
    run = session.get(SyncRun, run_id, with_for_update=True)
    if run is None or run.state != SyncState.FAILED:
        raise SyncNotFailed()
    if running(session) is not None:
        raise SyncAlreadyRunning()
    # Answers of the failed attempt must not be counted as answers of this one.
    calls.cancel(session, subject_prefix=f"{subject(run_id)}:")
    run.state, run.reason, run.finished_at, run.updated_at = SyncState.RUNNING, None, None, clock.now()
    for step in steps(session, run_id):
        if step.state == SyncState.FAILED:
            step.state, step.reason, step.outstanding = SyncState.WAITING, None, 0
    session.flush()
    audit.record(session, actor, "sync.resumed", f"sync:{run_id}")
    _next_step(session, run)
    return run


def running(session: Session) -> SyncRun | None:
    return session.scalars(select(SyncRun).where(SyncRun.state == SyncState.RUNNING)).first()


def steps(session: Session, run_id: int) -> list[SyncStep]:
    query = select(SyncStep).where(SyncStep.run_id == run_id).order_by(SyncStep.position)
    return list(session.scalars(query))


def nightly(session: Session, _carried: dict[str, Any]) -> bool:
    """The clock's job: begin a sync, unless one runs."""
    if running(session) is None:
        start(session, audit.System.SCHEDULER)
    return False


def started_at(session: Session, run_id: int, name: str) -> dt.datetime:
    """When the step last began: all its answers were asked for after that."""
    query = select(SyncStep.started_at).where(SyncStep.run_id == run_id, SyncStep.name == name)
    return session.scalars(query).one() or clock.now()


def subject(run_id: int) -> str:
    """What the events of a sync are about."""
    return f"{_SUBJECT}{run_id}"


def ask(session: Session, asked: Ask[R], reply: Reply[R, S], context: S) -> None:
    """Ask for one call of a step, behind everything else."""
    calls.request(
        session,
        asked.then(reply, context),
        subject=f"{subject(context.run_id)}:{reply.name}:{sorted(asked.arguments.items())}",
        lane=Lane.BULK,
    )


def advance(
    session: Session, run_id: int, name: str, *, answered: int = 0, asked: int = 0, done: int = 0, skipped: int = 0
) -> bool:
    """Note how many calls were ``answered`` and newly ``asked``, and how many rows were taken over or skipped.

    True when no call of the step is outstanding any more: the caller then concludes and calls `finish_step`. Call it
    last in a transaction: it locks the run, and all answers of a sync queue there.
    """
    run, step = _locked(session, run_id, name)
    if run.state != SyncState.RUNNING or step.state != SyncState.RUNNING:
        return False
    step.done += done
    step.outstanding += asked - answered
    step.skipped += skipped
    run.updated_at = clock.now()
    session.flush()
    return step.outstanding == 0


def note(session: Session, run_id: int, name: str, text: str) -> None:
    """Say beside the step what its answers cannot tell; the text stays when the step is done."""
    _, step = _locked(session, run_id, name)
    if step.state == SyncState.RUNNING:
        step.reason = text
        session.flush()


def is_noted(session: Session, run_id: int, name: str) -> bool:
    """Whether something was noted that the step's answers cannot tell."""
    _, step = _locked(session, run_id, name)
    return step.reason is not None


def finish_step(session: Session, run_id: int, name: str) -> None:
    """The step is done; the next one begins, or the sync ends."""
    run, step = _locked(session, run_id, name)
    step.state, step.finished_at = SyncState.DONE, clock.now()
    session.flush()
    _next_step(session, run)


def fail_step(session: Session, run_id: int, name: str, reason: str) -> None:
    """The step cannot go on: the sync stops here, says why, and can be resumed."""
    run, step = _locked(session, run_id, name)
    if run.state != SyncState.RUNNING:
        return
    now = clock.now()
    step.state, step.reason, step.finished_at = SyncState.FAILED, reason, now
    run.state, run.reason, run.finished_at, run.updated_at = SyncState.FAILED, f"{name}: {reason}", now, now
    audit.record(session, audit.System.SYNC, "sync.failed", subject(run_id), {"step": name, "reason": reason})
    outbox.publish(session, SyncEnded(run_id=run_id))


def is_stalled() -> ColumnElement[bool]:
    """The condition that there is something for `end_stalled`."""
    return exists().where(*_stalled())


def end_stalled(session: Session) -> None:
    """A sync without any answer for ten minutes ends as failed: it says so, can be resumed, and blocks no other."""
    run = session.scalars(select(SyncRun).where(*_stalled()).with_for_update(skip_locked=True)).first()
    if run is None:
        return
    running_steps = [step.name for step in steps(session, run.id) if step.state == SyncState.RUNNING]
    fail_step(session, run.id, running_steps[0] if running_steps else STEPS[0], _STALLED_REASON)


def _stalled() -> tuple[ColumnElement[bool], ...]:
    return SyncRun.state == SyncState.RUNNING, SyncRun.updated_at < clock.now() - STALLED


def failed(session: Session, outcome: Outcome[Any], run_id: int, name: str) -> bool:
    """Fail the step if this answer is none; True if it did."""
    if outcome.state is CallState.DONE:
        return False
    fail_step(session, run_id, name, outcome.reason or outcome.state.value)
    return True


def chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """What one call each may ask for."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _next_step(session: Session, run: SyncRun) -> None:
    now = clock.now()
    run.updated_at = now
    for step in steps(session, run.id):
        if step.state == SyncState.WAITING:
            step.state, step.started_at = SyncState.RUNNING, now
            outbox.publish(session, SyncStepDue(run_id=run.id, step=step.name))
            return
    run.state, run.finished_at = SyncState.DONE, now
    # What could be read since is no trouble any more; what is still odd has been met again.
    met = or_(*(UnreadItem.method.startswith(family, autoescape=True) for family in _READ))
    session.execute(delete(UnreadItem).where(UnreadItem.last_at < run.started_at, met))
    counts = {step.name: step.done for step in steps(session, run.id)}
    audit.record(session, audit.System.SYNC, "sync.done", subject(run.id), counts)
    outbox.publish(session, SyncEnded(run_id=run.id))


def _locked(session: Session, run_id: int, name: str) -> tuple[SyncRun, SyncStep]:
    # The run's row serialises all answers of one sync, so that exactly one of them sees the last call answered.
    run = session.scalars(select(SyncRun).where(SyncRun.id == run_id).with_for_update()).one()
    query = select(SyncStep).where(SyncStep.run_id == run_id, SyncStep.name == name)
    step = session.scalars(query.execution_options(populate_existing=True)).one()
    return run, step
