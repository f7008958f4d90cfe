"""Previewing a job, having it run, ending it and undoing it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock, naming
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.paging import PageQuery, Rows, fetch
from scrm.core.parsing import within_body
from scrm.core.records.action import Action
from scrm.core.records.field import Asked
from scrm.identity.actor import Actor
from scrm.shared.jobs import registry
from scrm.shared.jobs.errors import JobNotFound, JobStateWrong, NotUndoable, SelectionEmpty, SelectionTooLarge
from scrm.shared.jobs.models import Job, JobItem, JobItemState, JobState
from scrm.shared.jobs.schemas import JobCounts, JobItemQuery, JobItemRow, JobRow, JobSelection, NewJob
from scrm.shared.records import catalogue, language
from scrm.shared.records.slices import slice_of

MOST = 20_000  # records of one job
UNDO = dt.timedelta(days=7)
_KEPT = dt.timedelta(days=92)
_PREVIEW_KEPT = dt.timedelta(days=1)
_SLICE = 1_000
_SOME = 200  # jobs that one step of the clock removes


def visible(actor: Actor) -> Select[Job]:
    """One's own."""
    return select(Job).where(Job.account_id == actor.account_id)


def preview(session: Session, actor: Actor, body: NewJob) -> JobRow:
    """Choose the records and note how each stands; nothing is changed.

    Raises `ActionNotFound`, `NotPermitted`, what a wrong filter or argument gets, `SelectionEmpty` and
    `SelectionTooLarge`.
    """
    action, asked = registry.of(body.action, actor), Asked(session, actor)
    arguments = within_body(action.arguments, body.arguments)
    action.check(asked, arguments)
    numbers = _chosen(asked, action, body.selection)
    now = clock.now()
    job = Job(
        action=action.name,
        arguments=arguments.model_dump(mode="json"),
        total=len(numbers),
        created_at=now,
        state=JobState.PREVIEWED,
        due_at=now,
        attempts=0,
        lane=Lane.BULK.value,
        subject="",
    )
    job.on_behalf_of(actor)
    session.add(job)
    session.flush()
    job.subject = f"job:{job.id}"
    for start in range(0, len(numbers), _SLICE):
        some = numbers[start : start + _SLICE]
        marks = action.marks(asked, some)
        rows = [{"job_id": job.id, "record": one, "before": marks.get(one)} for one in some]
        session.execute(insert(JobItem), [{"state": JobItemState.WAITING.value, "after": None, **row} for row in rows])
    session.flush()
    return shown(session, [job])[0]


def _chosen(asked: Asked, action: Action, selection: JobSelection) -> list[int]:
    """Numbers of chosen records that the actor sees, in order of the number."""
    known = catalogue.of(action.kind, asked.actor)
    if selection.filter is None and selection.ids is None:
        raise SelectionEmpty()
    tree = language.read(selection.filter or {})
    if selection.ids is not None:
        wanted = sorted(set(selection.ids))
        seen = known.kind.visible(asked.actor).with_only_columns(known.kind.key).where(known.kind.key.in_(wanted))
        found = sorted(asked.session.scalars(seen))
    else:
        found = _filtered(asked, known, tree)
    numbers = [one for one in found if one not in set(selection.without)]
    if not numbers:
        raise SelectionEmpty()
    if len(numbers) > MOST:
        raise SelectionTooLarge(count=f"{MOST}+", most=MOST)
    return numbers


def _filtered(asked: Asked, known: catalogue.Known, tree: language.Node) -> list[int]:
    found: list[int] = []
    reached: Sequence[Any] | None = None
    while len(found) <= MOST:
        part = slice_of(asked, known, tree, None, after=reached, most=_SLICE)
        found += part.numbers
        reached = part.reached
        if len(part.numbers) < _SLICE:
            break
    return found


def run(session: Session, actor: Actor, number: int) -> JobRow:
    """Let what was previewed be done; raises `JobStateWrong` where it has been, or was cancelled."""
    job = _mine(session, actor, number, lock=True)
    action = registry.of(job.action, actor)
    if job.state != JobState.PREVIEWED:
        raise JobStateWrong()
    job.on_behalf_of(actor)
    _begin(session, job)
    facts = {"action": action.name, "records": job.total}
    audit.record(session, actor, "job.started", job.subject, facts)
    return shown(session, [job])[0]


def undo(session: Session, actor: Actor, number: int) -> JobRow:
    """Bring back what stood before, record by record; raises `JobStateWrong` or `NotUndoable`."""
    job = _mine(session, actor, number, lock=True)
    action = registry.of(job.action, actor)
    if job.state not in {JobState.DONE, JobState.CANCELLED} or job.finished_at is None:
        raise JobStateWrong()
    if action.restore is None or job.finished_at < clock.now() - UNDO:
        raise NotUndoable(days=UNDO.days)
    job.undoing = True
    job.on_behalf_of(actor)
    _begin(session, job)
    audit.record(session, actor, "job.undo_started", job.subject, {"action": action.name})
    return shown(session, [job])[0]


def cancel(session: Session, actor: Actor, number: int) -> JobRow:
    """Leave the rest undone; what is done stays and can be undone. Raises `JobStateWrong` where it is over."""
    job = _mine(session, actor, number, lock=True)
    if job.state not in {JobState.PREVIEWED, JobState.READY, JobState.PARKED}:
        raise JobStateWrong()
    job.state, job.finished_at = JobState.CANCELLED, clock.now()
    audit.record(session, actor, "job.cancelled", job.subject, {"action": job.action})
    return shown(session, [job])[0]


def _begin(session: Session, job: Job) -> None:
    now = clock.now()
    job.state, job.started_at, job.finished_at, job.due_at, job.reason = JobState.READY, now, None, now, None
    ring_after_commit(session, Lane.BULK)
    session.flush()


def page(session: Session, actor: Actor, query: PageQuery) -> Rows[JobRow]:
    """One's own jobs, newest first."""
    rows = fetch(session, visible(actor), query, keys=[Job.id], key_of=lambda job: [job.id])
    told = {row.id: row for row in shown(session, rows.items)}
    return rows.map(lambda job: told[job.id])


def one(session: Session, actor: Actor, number: int) -> JobRow:
    """One of them; raises `JobNotFound`."""
    return shown(session, [_mine(session, actor, number)])[0]


def items(session: Session, actor: Actor, number: int, query: JobItemQuery) -> Rows[JobItemRow]:
    """Its records, by number; raises `JobNotFound`."""
    job = _mine(session, actor, number)
    wanted = select(JobItem).where(JobItem.job_id == job.id)
    if query.state is not None:
        wanted = wanted.where(JobItem.state == query.state.value)
    rows = fetch(session, wanted, query, keys=[JobItem.record], key_of=lambda item: [item.record])
    return rows.map(lambda item: JobItemRow(record=item.record, state=JobItemState(item.state), reason=item.reason))


def _mine(session: Session, actor: Actor, number: int, *, lock: bool = False) -> Job:
    query = visible(actor).where(Job.id == number)
    job = session.scalars(query.with_for_update() if lock else query).first()
    if job is None:
        raise JobNotFound()
    return job


def forget(session: Session, _carried: dict[str, Any]) -> bool:
    """The clock's: previews that nobody ran, and jobs of long ago; true where there are more."""
    now = clock.now()
    never = (Job.state == JobState.PREVIEWED) & (Job.created_at < now - _PREVIEW_KEPT)
    old = select(Job.id).where(never | (Job.finished_at < now - _KEPT)).limit(_SOME)
    gone = session.scalars(old.with_for_update(skip_locked=True)).all()
    session.execute(delete(Job).where(Job.id.in_(gone)))
    return len(gone) == _SOME


def called(session: Session, ids: list[str]) -> dict[str, str]:
    """What jobs are called in the trail."""
    query = select(Job.id, Job.action).where(Job.id.in_(naming.numbers(ids)))
    found = ((number, registry.ACTIONS.get(action)) for number, action in session.execute(query))
    return {str(number): action.zh for number, action in found if action is not None}


def shown(session: Session, jobs: Sequence[Job]) -> list[JobRow]:
    """As their asker sees them."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    query = select(JobItem.job_id, JobItem.state, func.count()).where(JobItem.job_id.in_([job.id for job in jobs]))
    for number, state, count in session.execute(query.group_by(JobItem.job_id, JobItem.state)) if jobs else ():
        counts[number][state] = count
    return [_row(job, JobCounts(**counts[job.id])) for job in jobs]


def _row(job: Job, counts: JobCounts) -> JobRow:
    action = registry.ACTIONS.get(job.action)
    over = job.state in {JobState.DONE, JobState.CANCELLED} and job.finished_at is not None and counts.done > 0
    undoable = over and action is not None and action.restore is not None
    going = "undoing" if job.undoing else "running"
    return JobRow(
        id=job.id,
        action=job.action,
        kind=action.kind if action is not None else "",
        zh=action.zh if action is not None else job.action,
        en=action.en if action is not None else job.action,
        state={JobState.READY.value: going, JobState.PARKED.value: "failed"}.get(job.state, job.state),
        arguments=job.arguments,
        total=job.total,
        counts=counts,
        reason=job.reason if job.state == JobState.STOPPED else None,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        undo_until=job.finished_at + UNDO if undoable and job.finished_at is not None else None,
    )
