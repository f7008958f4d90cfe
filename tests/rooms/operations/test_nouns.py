"""Work of a noun: what fails stops alone, is put off, stands on the page for a person, and goes on from there."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from scrm.compliance.handovers import jobs
from scrm.compliance.handovers.actions import results
from scrm.compliance.handovers.models import Handover
from scrm.core import clock, outbox
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import figures, in_hand
from scrm.core.queue.in_hand import InHand
from scrm.core.queue.nouns import WorkFailure
from scrm.core.queue.rows import ATTEMPTS
from scrm.customers.file.actions import refolding
from scrm.customers.file.models import TEXT_VERSION, Customer
from scrm.identity.models import Role
from scrm.marketing.broadcasts.models import Broadcast
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.support.moved_clock import later


def due(house: House) -> None:
    with transaction(house.number) as session:
        session.execute(update(Handover).values(poll_at=clock.now()))


def test_step_that_fails_stops_alone_and_waits_for_a_person_after_eight_failures(
    house: House, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.company()
    bad, good = given.handover("bob"), given.handover("carl")
    due(house)
    poll, told = results.poll, []

    def fails(session: Session, case: Handover) -> None:
        told.append(case.id)
        if case.id == bad:
            raise KeyError("a list that nobody knew")
        poll(session, case)

    monkeypatch.setattr(results, "poll", fails)
    console = house.console(Role.ADMINISTRATOR)
    for failures in range(1, ATTEMPTS + 1):
        with later(130 * failures):
            assert jobs.QUEUE.drain_batch(house.number, Lane.URGENT) == (2 if failures == 1 else 1)
            assert jobs.QUEUE.drain_batch(house.number, Lane.URGENT) == 0, "it waits for its time"
            (failure,) = house.rows(WorkFailure)
            assert (failure.queue, failure.row, failure.attempts) == ("handovers", bad, failures)
    assert told.count(good) == 1
    (task,) = console.get("/tasks", kind="handover")["items"]
    assert (task["subject"], task["attempts"], task["state"]) == (f"handover:{bad}", ATTEMPTS, "parked")
    assert "KeyError" in task["reason"] and "nobody knew" not in task["reason"]
    with transaction(house.number) as session:
        (seen,) = (one for one in figures.figures(session) if one.queue == "handovers")
    assert seen.parked == 1
    with later(86_400):
        jobs.QUEUE.drain_batch(house.number, Lane.URGENT)
        assert told.count(bad) == ATTEMPTS, "a person decides"
    monkeypatch.setattr(results, "poll", poll)
    assert console.status("POST", f"/tasks/handover/{task['id']}/replay").status_code == 204
    assert jobs.QUEUE.drain_batch(house.number, Lane.URGENT) == 1
    assert (house.rows(WorkFailure), console.get("/tasks")["items"]) == ([], [])
    (event,) = house.rows(AuditEvent, AuditEvent.verb == "task.replayed")
    assert event.subject == f"handover:{bad}"


def test_what_a_person_settles_otherwise_waits_on_no_page(house: House, given: Given) -> None:
    given.company()
    number = given.handover("bob")
    parked = {"queue": "handovers", "row": number, "state": "parked", "attempts": 8, "reason": "KeyError"}
    with transaction(house.number) as session:
        session.add(WorkFailure(due_at=clock.now(), since=clock.now(), **parked))
    console = house.console(Role.COMPLIANCE)
    admin = house.console(Role.ADMINISTRATOR)
    assert len(admin.get("/tasks")["items"]) == 1
    assert console.status("POST", f"/handovers/{number}/close", {"note": "口头交接"}).status_code == 200
    assert admin.get("/tasks")["items"] == [] and house.rows(WorkFailure) == []


def test_broadcast_that_was_rejected_and_is_submitted_anew_is_not_held_back(house: House, given: Given) -> None:
    given.company()
    given.customer("甲", of="bob", days_ago=1)
    marketer = house.console(Role.MARKETER)
    number = given.broadcast(marketer)
    assert marketer.status("POST", f"/broadcasts/{number}/submit").status_code == 200
    house.deliver()
    parked = {"queue": "broadcasts", "row": number, "state": "parked", "attempts": 8, "reason": "KeyError"}
    with transaction(house.number) as session:
        session.add(WorkFailure(due_at=clock.now(), since=clock.now(), **parked))
        session.get_one(Broadcast, number).state = "waiting_approval"
    second = house.console(Role.ADMINISTRATOR)
    assert second.status("POST", f"/broadcasts/{number}/reject", {"note": "再改改"}).status_code == 200
    assert house.rows(WorkFailure) == []


def test_worker_that_dies_over_one_row_of_a_batch_leaves_the_others(house: House, given: Given) -> None:
    given.company()
    for name in ("甲", "乙", "丙"):
        given.customer(name, of="bob", days_ago=1)
    with transaction(house.number) as session:
        session.execute(update(Customer).values(text_version=0))
    first, *others = (row.id for row in house.rows(Customer))
    with transaction(house.number) as session:  # so many workers died over the first
        notes = [InHand(queue="search_texts", rows=[first], taken_at=clock.now()) for _ in range(in_hand.TRIES)]
        session.add_all(notes)
    queue = refolding.QUEUE
    assert [queue.drain_batch(house.number, Lane.BULK) for _ in range(3)] == [1, len(others), 0]
    assert [row.id for row in house.rows(Customer, Customer.text_version < TEXT_VERSION)] == [first]
    (failure,) = house.rows(WorkFailure)
    assert (failure.state, failure.reason) == ("parked", in_hand.WORN)


def test_one_text_that_cannot_be_derived_keeps_no_other_waiting(
    house: House, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.company()
    for name in ("甲", "毒", "丙"):
        given.customer(name, of="bob", days_ago=1)
    with transaction(house.number) as session:
        session.execute(update(Customer).values(text_version=0))
    act = refolding.QUEUE.act

    def fails(session: Session, rows: Any) -> None:
        if any(row.name == "毒" for row in rows):
            raise ValueError("毒")
        act(session, rows)

    monkeypatch.setitem(refolding.QUEUE.__dict__, "act", fails)
    house.deliver()
    assert [row.name for row in house.rows(Customer, Customer.text_version < TEXT_VERSION)] == ["毒"]
    (failure,) = house.rows(WorkFailure)
    assert (failure.state, failure.attempts) == ("ready", 1) and "毒" not in failure.reason
    monkeypatch.undo()
    with later(10):
        house.deliver()
    assert house.rows(Customer, Customer.text_version < TEXT_VERSION) == [] and house.rows(WorkFailure) == []
    assert outbox.QUEUE.parked.kind == "event"
