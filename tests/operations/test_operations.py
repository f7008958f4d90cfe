"""Callbacks, parked work and the pulse, as the console asks for them."""

import base64
import itertools

import pytest

from scrm.core import outbox
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.outbox import listeners
from scrm.core.queue import rows, turns
from scrm.core.reading import Reading
from scrm.customers.file.models import TimelineEntry
from scrm.identity.models import Role
from scrm.wecom.models import InboxRow
from tests.core.test_outbox import Knocked
from tests.support import foreign
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.wecom.test_callback import added, other_side

_numbers = itertools.count(1)


class Asked(Knocked):
    """An event of this page alone: listeners stay registered for the whole process."""


@pytest.fixture(scope="module")
def console(shared: Corp) -> Console:
    return shared.console(Role.ADMINISTRATOR)


def receive(corp: Corp, message: str) -> int:
    """A callback by way of the edge, handled; its number."""
    assert foreign.post(corp.callback_address(), other_side(corp).seal(message)).ok
    corp.drain()
    number: int = corp.rows(InboxRow)[-1].id
    return number


def test_callback_is_shown_with_its_xml_and_reading_it_is_noted(shared: Corp, console: Console) -> None:
    number = receive(shared, added("wmShown", WelcomeCode="A-SECRET-CODE"))
    shown = console.get(f"/callbacks/{number}")
    assert "wmShown" in shown["body"]
    assert "A-SECRET-CODE" not in shown["body"]
    assert shown["change_type"] == "add_external_contact"
    assert "body" not in console.get("/callbacks")["items"][0]
    assert shared.rows(Reading, Reading.verb == "callback.read")[-1].subject == f"callback:{number}"


def test_replayed_callback_doubles_nothing(shared: Corp, console: Console) -> None:
    number = receive(shared, added("wmAgain"))
    before = len(shared.rows(TimelineEntry))
    assert console.status("POST", f"/callbacks/{number}/replay").json()["state"] == "ready"
    shared.drain()
    (row,) = shared.rows(InboxRow, InboxRow.id == number)
    assert row.state == "done"
    assert len(shared.rows(TimelineEntry)) == before
    assert console.status("POST", "/callbacks/999999/replay").status_code == 404


def test_callbacks_are_filtered(shared: Corp, console: Console) -> None:
    receive(shared, added("wmFilter"))
    receive(shared, foreign.event("del_follow_user", UserID="lisi", ExternalUserID="wmFilter"))

    def found(**query: object) -> set[str]:
        return {row["change_type"] for row in console.get("/callbacks", q="wmFilter", **query)["items"]}

    assert found() == {"add_external_contact", "del_follow_user"}
    assert found(change_type="del_follow_user") == {"del_follow_user"}
    assert found(app="assistant") == set()
    assert found(state="parked") == set()
    assert found(event="change_external_contact", state="done") == {"add_external_contact", "del_follow_user"}


def test_parked_callback_is_a_task_and_is_replayed(shared: Corp, console: Console) -> None:
    number = receive(shared, f"signed, but no XML {next(_numbers)}")
    (task,) = (row for row in console.get("/tasks", kind="callback")["items"] if row["id"] == number)
    assert task["reason"].startswith("XmlRefused")
    assert console.status("POST", f"/tasks/callback/{number}/replay").status_code == 204
    shared.drain()
    assert [row.state for row in shared.rows(InboxRow, InboxRow.id == number)] == ["parked"]


def test_parked_event_is_replayed_when_its_cause_is_mended(shared: Corp, console: Console) -> None:
    broken = [True]

    def listener(session: object, event: Asked) -> None:
        if event.who == "operator" and broken[0]:
            raise ValueError("服务未配置")

    listeners.listen(Asked, "tests.operations", listener)
    with transaction(shared.number) as session:
        outbox.publish(session, Asked(door="1", who="operator"))
    for attempt in range(rows.ATTEMPTS):
        with later(600.0 * attempt):
            turns.drain(shared.number, Lane.DEFAULT)
    (task,) = console.get("/tasks", kind="event", q="ValueError")["items"]
    assert (task["attempts"], task["what"]) == (rows.ATTEMPTS, "tests.operations")
    assert console.get("/pulse")["tasks_parked"] >= 1
    assert console.status("POST", f"/tasks/call/{task['id']}/replay").status_code == 404
    assert console.status("POST", f"/tasks/nonsense/{task['id']}/replay").status_code == 404
    broken[0] = False
    assert console.status("POST", f"/tasks/event/{task['id']}/replay").status_code == 204
    shared.drain()
    assert console.get("/tasks", q="服务未配置")["items"] == []
    assert console.status("POST", f"/tasks/event/{task['id']}/replay").status_code == 404
    assert shared.rows(AuditEvent, AuditEvent.verb == "task.replayed")


def test_pulse_names_what_changed_and_is_cheap_when_nothing_did(shared: Corp, console: Console) -> None:
    first = console.http.get(f"{console.web}/api/v1/pulse", timeout=10)
    token = first.json()["token"]
    again = console.http.get(
        f"{console.web}/api/v1/pulse",
        params={"since": token},
        headers={"If-None-Match": first.headers["ETag"]},
        timeout=10,
    )
    quiet = console.get("/pulse", since=token)
    assert quiet["changed"] == []
    same = console.http.get(f"{console.web}/api/v1/pulse", params={"since": token}, timeout=10)
    cached = console.http.get(
        f"{console.web}/api/v1/pulse",
        params={"since": token},
        headers={"If-None-Match": same.headers["ETag"]},
        timeout=10,
    )
    assert (cached.status_code, cached.content) == (304, b"")
    assert again.status_code in {200, 304}
    receive(shared, added(f"wmPulse{next(_numbers)}"))
    assert {"callbacks", "customers"} <= set(console.get("/pulse", since=token)["changed"])
    assert "sync" not in console.get("/pulse", since=token)["changed"]


@pytest.mark.parametrize("since", ["nonsense", "####", base64.b64encode(b"[1]").decode(), "游标", "e" * 1_000])
def test_pulse_takes_any_token_for_an_old_one(console: Console, since: str) -> None:
    answer = console.http.get(f"{console.web}/api/v1/pulse", params={"since": since}, timeout=10)
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert "callbacks" in answer.json()["changed"]


def test_sync_is_started_by_a_button_and_not_twice(shared: Corp, console: Console) -> None:
    assert console.status("POST", "/sync-runs").status_code == 201
    assert console.status("POST", "/sync-runs").status_code == 409
    shared.drain()
    (newest, *_) = console.get("/sync-runs")["items"]
    assert newest["state"] == "done"
    assert [step["name"] for step in newest["steps"]] == ["departments", "staff", "tags", "customers", "groups"]
    assert console.status("POST", f"/sync-runs/{newest['id']}/resume").status_code == 409
