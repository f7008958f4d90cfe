"""Parked work and the pulse, as the console asks for them."""

from scrm.contracts.callbacks import ContactDeletedStaff
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.outbox import OutboxRow
from scrm.core.queue.rows import RowState
from scrm.customers.file.models import TimelineEntry
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import House


def park(house: House, reason: str) -> int:
    """One more event that a listener has heard is parked as if it had failed for good; its number."""
    with transaction(house.number) as session:
        row = session.query(OutboxRow).filter_by(event=ContactDeletedStaff.__name__).order_by(OutboxRow.id).first()
        assert row is not None
        row.state, row.reason, row.attempts = RowState.PARKED, reason, 8
        return row.id


def test_parked_event_is_a_task_whose_replay_doubles_nothing(house: House, given: Given) -> None:
    given.company()
    given.lost(given.customer("甲", of="bob", days_ago=1), "bob", by_staff=False)
    before = len(house.rows(TimelineEntry))
    number = park(house, "服务未配置")
    console = house.console(Role.ADMINISTRATOR)
    (task,) = console.get("/tasks", kind="event", q="服务未配置")["items"]
    assert (task["id"], task["attempts"]) == (number, 8)
    assert console.get("/pulse")["tasks_parked"] == 1
    for wrong in (f"call/{number}", f"nonsense/{number}"):
        assert console.status("POST", f"/tasks/{wrong}/replay").status_code == 404
    assert console.status("POST", f"/tasks/event/{number}/replay").status_code == 204
    house.deliver()
    assert console.get("/tasks")["items"] == [] and len(house.rows(TimelineEntry)) == before
    assert console.status("POST", f"/tasks/event/{number}/replay").status_code == 404
    assert [row.subject for row in house.rows(AuditEvent, AuditEvent.verb == "task.replayed")] == [f"event:{number}"]


def test_tasks_of_another_corp_are_not_seen(house: House, neighbour: House, given: Given) -> None:
    given.company()
    given.lost(given.customer("甲", of="bob", days_ago=1), "bob", by_staff=False)
    number = park(house, "服务未配置")
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert stranger.get("/tasks")["items"] == [] and stranger.get("/pulse")["tasks_parked"] == 0
    assert stranger.status("POST", f"/tasks/event/{number}/replay").status_code == 404
    assert [row.state for row in house.rows(OutboxRow, OutboxRow.id == number)] == ["parked"]
