"""What the clock has a corp do: a row per job, claimed in the transaction of its effect.

A job that was due while the service was down is done once when it is back; one that fails is tried again, and at the
latest at its next time. So nothing depends on which process looks at the clock, or when.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Text, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock, constraints
from scrm.core.db import CorpBase, moment
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue.in_transaction import InTransaction
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.queue.rows import Queued, RowState, revive


class ClockJob(Queued, CorpBase):
    """A job of this corp and when it is due next."""

    __tablename__ = "clock_job"

    job: Mapped[str] = mapped_column(Text, unique=True)
    begun_at: Mapped[dt.datetime | None] = moment()
    ended_at: Mapped[dt.datetime | None] = moment()
    carried: Mapped[dict[str, Any]]  # what a job of several steps keeps from one to the next


# One step; true if there is more to do. The mapping is kept until the job has ended.
Step = Callable[[Session, dict[str, Any]], bool]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be done at these times (China's); ``name`` stands in rows."""

    name: str
    at: CronTrigger
    step: Step

    def after(self, now: dt.datetime) -> dt.datetime:
        """Its next time."""
        following: dt.datetime = self.at.get_next_fire_time(None, now + dt.timedelta(microseconds=1))
        return following


_jobs: dict[str, Job] = {}


def daily(*, hour: int, minute: int) -> CronTrigger:
    return CronTrigger(hour=hour, minute=minute, timezone=clock.CHINA)


def hourly(*, minute: int) -> CronTrigger:
    return CronTrigger(minute=minute, timezone=clock.CHINA)


def register(job: Job) -> None:
    """Called by `scrm.wiring`."""
    _jobs[job.name] = job


def plan(session: Session) -> None:
    """See to it that this corp has a row for each job; those that it has keep their time.

    But for one later than their next: it was reckoned while the clock was ahead, or by a version with other times.
    """
    now = clock.now()
    blank = {"state": RowState.READY.value, "attempts": 0, "carried": {}}
    rows = [blank | {"job": job.name, "due_at": job.after(now)} for job in _jobs.values()]
    if rows:
        planned = insert(ClockJob).values(rows)
        sooner = planned.excluded.due_at
        session.execute(
            planned.on_conflict_do_update(
                index_elements=["job"], set_={"due_at": sooner}, where=ClockJob.due_at > sooner
            )
        )


def _act(session: Session, rows: Sequence[ClockJob]) -> None:
    for row in rows:
        now = clock.now()
        job = _jobs.get(row.job)
        row.begun_at = row.begun_at or now
        carried = dict(row.carried)
        if job is not None and job.step(session, carried):
            row.carried = carried
            continue
        row.begun_at, row.ended_at, row.carried = None, now, {}
        # A job that this version does not know waits for one that does.
        row.due_at = job.after(now) if job is not None else now + dt.timedelta(days=1)


def _mark(_session: Session, rows: Sequence[ClockJob]) -> None:
    for row in rows:
        row.state, row.attempts, row.reason = RowState.READY, 0, None


def _parking(_session: Session, row: ClockJob) -> None:
    """It stands on the page 异常任务, and is tried again by itself at its next time."""
    now = clock.now()
    job = _jobs.get(row.job)
    row.due_at = job.after(now) if job is not None else now + dt.timedelta(days=1)


def _replay(session: Session, row: ClockJob) -> None:
    revive(row)
    ring_after_commit(session, Lane.BULK)


QUEUE: InTransaction[ClockJob, ClockJob] = InTransaction(
    name="clock",
    model=ClockJob,
    waiting=Waiting(model=ClockJob, where=ClockJob.state == RowState.READY, due_at=ClockJob.due_at),
    parked=Parked(
        kind="clock",
        model=ClockJob,
        where=ClockJob.state == RowState.PARKED,
        what=ClockJob.job,
        subject=literal("clock"),
        since=ClockJob.due_at,
        replay=_replay,
    ),
    lane=Lane.BULK,
    states=(RowState.READY, RowState.PARKED),
    batch=1,
    read=lambda _session, row: row,
    act=_act,
    mark=_mark,
    parking=_parking,
)

constraints.handled("uq_clock_job_job", "inserted on conflict")
