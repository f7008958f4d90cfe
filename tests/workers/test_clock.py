"""The clock's jobs: each due time has its effect once, whatever dies, fails, or was down meanwhile."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from scrm.core import audit, clock, clockwork
from scrm.core.audit import AuditEvent
from scrm.core.clockwork import ClockJob
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import figures, turns
from scrm.core.queue.rows import ATTEMPTS
from scrm.identity.models import Role
from scrm.wecom.models import SyncRun
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp

DAY = dt.timedelta(days=1)


@pytest.fixture
def job(company: Corp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[clockwork.Step], ClockJob]]:
    """Give the corp one job of the clock, due now."""
    monkeypatch.setattr(clockwork, "_jobs", {})

    def plan(step: clockwork.Step) -> ClockJob:
        clockwork.register(clockwork.Job(name="test", at=clockwork.daily(hour=4, minute=7), step=step))
        with transaction(company.number) as session:
            clockwork.plan(session)
            session.execute(update(ClockJob).values(due_at=clock.now()))
        return the_job(company)

    yield plan


def the_job(corp: Corp) -> ClockJob:
    (row,) = corp.rows(ClockJob)
    assert isinstance(row, ClockJob)
    return row


def had(corp: Corp) -> int:
    return len(corp.rows(AuditEvent, AuditEvent.verb == "test.had"))


def note(session: Session, _carried: dict[str, Any]) -> bool:
    audit.record(session, audit.System.SCHEDULER, "test.had", "clock")
    return False


def test_two_who_look_at_the_clock_have_one_effect(company: Corp, job: Callable[..., ClockJob]) -> None:
    job(note)
    workers = [threading.Thread(target=turns.drain, args=(company.number, Lane.BULK)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert had(company) == 1
    row = the_job(company)
    local = row.due_at.astimezone(clock.CHINA)
    assert (local.hour, local.minute) == (4, 7) and dt.timedelta() < row.due_at - clock.now() <= DAY


def test_what_was_due_while_nobody_looked_is_done_once(company: Corp, job: Callable[..., ClockJob]) -> None:
    job(note)
    with later((5 * DAY).total_seconds()):
        company.drain()
        company.drain()
        assert had(company) == 1
        assert the_job(company).due_at > clock.now()


def test_job_that_fails_is_tried_again_and_then_waits_for_its_next_time(
    company: Corp, job: Callable[..., ClockJob]
) -> None:
    broken = [True]

    def step(session: Session, carried: dict[str, Any]) -> bool:
        note(session, carried)
        if broken[0]:
            raise ValueError("half done")
        return False

    job(step)
    for attempt in range(ATTEMPTS):
        with later(600.0 * attempt):
            company.drain()
            assert had(company) == 0, "the effect of a failed try"
    row = the_job(company)
    assert (row.state, (row.reason or "").partition(" at ")[0]) == ("parked", "ValueError")
    assert row.due_at > clock.now() + dt.timedelta(minutes=10)
    (task,) = company.console(Role.ADMINISTRATOR).get("/tasks", kind="clock")["items"]
    assert (task["what"], task["attempts"]) == ("test", ATTEMPTS)
    with transaction(company.number) as session:
        assert {one.queue: one.parked for one in figures.figures(session)}["clock"] == 1
    broken[0] = False
    with later((2 * DAY).total_seconds()):
        company.drain()
    assert had(company) == 1 and the_job(company).state == "ready" and the_job(company).attempts == 0


def test_parked_job_is_done_at_once_when_a_person_asks(company: Corp, job: Callable[..., ClockJob]) -> None:
    row = job(note)
    with transaction(company.number) as session:
        session.execute(update(ClockJob).values(state="parked", due_at=clock.now() + DAY, attempts=ATTEMPTS))
    console = company.console(Role.ADMINISTRATOR)
    assert console.status("POST", f"/tasks/clock/{row.id}/replay").status_code == 204
    company.drain()
    assert had(company) == 1 and console.get("/tasks", kind="clock")["items"] == []


def test_job_of_several_steps_keeps_what_it_has(company: Corp, job: Callable[..., ClockJob]) -> None:
    steps: list[dict[str, Any]] = []

    def step(_session: Session, carried: dict[str, Any]) -> bool:
        carried["steps"] = carried.get("steps", 0) + 1
        steps.append(dict(carried))
        return bool(carried["steps"] < 3)

    job(step)
    company.drain()
    assert [one["steps"] for one in steps] == [1, 2, 3]
    assert the_job(company).carried == {} and the_job(company).due_at > clock.now()


def test_corp_gets_the_jobs_it_lacks_and_keeps_the_time_of_those_it_has(company: Corp) -> None:
    with transaction(company.number) as session:
        clockwork.plan(session)
    jobs = {"alert_notices", "broadcast_recipients", "handover_notices", "housekeeping"}
    jobs |= {"exports", "jobs", "sync", "tokens", "touches", "unassigned"}
    assert {row.job for row in company.rows(ClockJob)} == jobs
    with transaction(company.number) as session:
        session.execute(update(ClockJob).where(ClockJob.job == "sync").values(due_at=clock.now()))
        clockwork.plan(session)
    company.drain()
    assert [run.started_by for run in company.rows(SyncRun)] == [audit.System.SCHEDULER.audit_name]
    assert min(row.due_at for row in company.rows(ClockJob)) > clock.now()


def test_job_that_was_planned_while_the_clock_was_ahead_comes_at_its_time(company: Corp) -> None:
    with later(400 * 86_400.0), transaction(company.number) as session:
        session.execute(delete(ClockJob))
        clockwork.plan(session)
    with transaction(company.number) as session:
        clockwork.plan(session)
    assert max(row.due_at for row in company.rows(ClockJob)) < clock.now() + DAY
