"""Whatever changes what a page shows wakes that page, of those whom it concerns and of nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from scrm.core import alarms, clock, clockwork
from scrm.core.audit import System
from scrm.core.clockwork import ClockJob
from scrm.core.db import transaction
from scrm.core.outbox import OutboxRow
from scrm.core.queue.rows import RowState
from scrm.core.touches import EVERYBODY, WHOLE_CORP, TopicTouch
from scrm.customers.file.models import Customer, FollowRelation, WecomContact
from scrm.customers.tags.actions import lists as tags
from scrm.identity.models import Role, Staff
from scrm.marketing.broadcasts.models import Broadcast
from scrm.wecom import sync, unread
from scrm.wecom.models import CallState, InboxRow, WecomCall
from scrm.wecom.port.contacts import CorpTag, CorpTagGroup
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from scrm.wecom.port.unread import Unread
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom

Touched = dict[str, set[str]]


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def touched(house: House, act: Callable[[], Any]) -> Touched:
    """By topic, who was told of what this did: userids, "all", or "corp" for those who see the whole corp."""
    with transaction(house.number) as session:
        session.execute(delete(TopicTouch))
    act()
    with transaction(house.number) as session:
        called = {row.id: row.userid for row in session.scalars(select(Staff))}
        called |= {EVERYBODY: "all", WHOLE_CORP: "corp"}
        found: Touched = {}
        for row in session.scalars(select(TopicTouch)):
            found.setdefault(row.topic, set()).add(called[row.staff_id])
    return found


def went_well(console: Console, path: str, body: Any = None, method: str = "POST") -> None:
    answer = console.status(method, path, body)
    assert answer.ok, answer.text


def test_a_customer_wakes_their_followers(house: House, given: Given) -> None:
    assert touched(house, lambda: given.customer("甲", of="bob"))["customers"] == {"bob", "corp"}
    shared = given.customer("乙", of=["bob", "carl"])
    assert touched(house, lambda: given.follows(shared, "bob", "carl", remark="熟人"))["customers"] == {
        "bob",
        "carl",
        "corp",
    }
    assert touched(house, lambda: given.follows(shared, "bob", "carl", name="乙乙"))["customers"] == {
        "bob",
        "carl",
        "corp",
    }


def test_a_loss_wakes_the_page_of_alerts_too(house: House, given: Given, wecom: Wecom) -> None:
    customer = given.customer("甲", of=["bob", "carl"])
    found = touched(house, lambda: given.lost(customer, "bob"))
    assert found["customers"] == {"bob", "carl", "corp"} and found["alerts"] == {"bob", "corp"}
    receipt = AppMessageReceipt(msgid="m-1", invalid_users=[])
    assert touched(house, lambda: wecom.answered(AppMessages.send_text_card, receipt)) == {"alerts": {"bob", "corp"}}
    officer = house.console(Role.COMPLIANCE)
    number = officer.get("/alerts")["items"][0]["id"]
    assert touched(house, lambda: went_well(officer, f"/alerts/{number}/review")) == {"alerts": {"bob", "corp"}}


def test_a_tag_wakes_everybody(house: House) -> None:
    def told(name: str) -> None:
        group = CorpTagGroup(group_id="eg", name="等级", order=0, tags=[CorpTag(tag_id="et", name=name, order=0)])
        with transaction(house.number) as session:
            tags.take(session, [group])

    assert touched(house, lambda: told("VIP")) == {"customers": {"all"}}
    assert touched(house, lambda: told("SVIP")) == {"customers": {"all"}}
    assert touched(house, lambda: told("SVIP")) == {}


def test_a_group_wakes_the_followers_of_its_members(house: House, given: Given) -> None:
    member = given.customer("甲", of="carl")
    assert touched(house, lambda: given.group("老客群", owner="bob", members=[member])) == {
        "customers": {"carl", "corp"},
        "groups": {"bob", "corp"},
    }


def test_folding_texts_anew_wakes_nobody(house: House, given: Given) -> None:
    given.customer("甲", of="bob")

    def old() -> None:
        with transaction(house.number) as session:
            for row in session.scalars(select(Customer)):
                row.text_version = 0
        house.deliver()

    assert touched(house, old) == {}


def test_a_departure_wakes_the_page_of_handovers(house: House, given: Given) -> None:
    found = touched(house, lambda: given.handover("bob"))
    assert found["handovers"] == {"bob", "corp"}
    officer = house.console(Role.COMPLIANCE)
    number = officer.get("/handovers")["items"][0]["id"]
    choice = {"successors": ["carl"], "selection": {}}
    assert touched(house, lambda: went_well(officer, f"/handovers/{number}/assign", choice))["handovers"] == {
        "bob",
        "corp",
    }


def test_messages_rules_and_hits_wake_their_pages(house: House, given: Given) -> None:
    customer = given.customer("甲", of="bob")
    officer = house.console(Role.COMPLIANCE, userid="frida")
    rule: dict[str, Any] = {}
    assert touched(house, lambda: rule.update(given.rule(officer))) == {"rules": {"all"}}
    assert touched(house, lambda: given.said("bob", customer, "您好"))["messages"] == {"all"}
    found = touched(house, lambda: given.said("bob", customer, "加我微信"))
    # The member is not told that the words were found, and neither is who leads them without reading chats.
    assert found["alerts"] == {"corp"} and found["rules"] == {"all"} and found["messages"] == {"all"}
    assert touched(house, lambda: went_well(officer, f"/rules/{rule['id']}/disable"))["rules"] == {"all"}
    assert touched(house, lambda: went_well(officer, f"/rules/{rule['id']}/enable"))["rules"] == {"all"}
    found = touched(house, lambda: went_well(officer, f"/rules/{rule['id']}/scan", {"days": 3}))
    assert found["rules"] == {"all"} and found["tasks"] == {"all"}


def test_broadcasts_wake_their_page(house: House, given: Given) -> None:
    given.customer("甲", of="bob")
    marketer = house.console(Role.MARKETER)
    assert touched(house, lambda: given.broadcast(marketer)) == {"broadcasts": {"corp"}}
    number = marketer.get("/broadcasts")["items"][0]["id"]

    def submit() -> None:
        went_well(marketer, f"/broadcasts/{number}/submit")
        house.deliver()

    assert touched(house, submit)["broadcasts"] == {"bob", "corp"}
    administrator = house.console(Role.ADMINISTRATOR)
    policy = {"quota": "day", "approval_above": 500}
    assert touched(house, lambda: went_well(administrator, "/broadcasts/policy", policy, "PUT")) == {
        "broadcasts": {"all"}
    }


def test_a_step_that_is_planned_anew_wakes_nobody(house: House, given: Given) -> None:
    """Each answer of WeCom's plans the next step: with thousands of senders everybody would be told of each."""
    given.customer("甲", of="bob", days_ago=1)
    number = given.broadcast(house.console(Role.MARKETER))

    def planned() -> None:
        with transaction(house.number) as session:
            session.execute(update(Broadcast).where(Broadcast.id == number).values(due_at=clock.now()))

    assert touched(house, planned) == {}


def test_a_sync_that_finds_nothing_new_wakes_nobody(house: House, given: Given) -> None:
    given.customer("甲", of="bob")

    def met() -> None:
        with transaction(house.number) as session:
            session.execute(update(FollowRelation).values(seen_in_sync=7, asked_at=clock.now()))
            session.execute(update(WecomContact).values(fetched_at=clock.now()))
            session.execute(update(Customer).values(updated_at=clock.now()))

    assert touched(house, met) == {}

    def told() -> None:
        with transaction(house.number) as session:
            session.execute(update(WecomContact).values(avatar="https://wx.qlogo.cn/1"))

    assert touched(house, told).keys() == {"customers"}


def test_callbacks_syncs_and_alarms_wake_their_pages(house: House) -> None:
    now = clock.now()

    def received() -> None:
        with transaction(house.number) as session:
            values: dict[str, Any] = {"state": "ready", "due_at": now, "received_at": now, "attempts": 0}
            session.add(InboxRow(app="customer", digest=b"d", body=b"<xml/>", **values))

    def begun() -> None:
        with transaction(house.number) as session:
            sync.start(session, System.SYNC)

    def alarmed() -> None:
        with transaction(house.number) as session:
            alarms.raise_alarm(session, alarms.kinds()[0])

    def calmed() -> None:
        with transaction(house.number) as session:
            alarms.clear(session, alarms.kinds()[0])

    assert touched(house, received) == {"callbacks": {"all"}}
    assert touched(house, begun)["sync"] == {"all"}
    assert touched(house, alarmed)["alarms"] == {"all"}
    assert touched(house, alarmed) == {}  # found to be so again
    assert touched(house, calmed)["alarms"] == {"all"}


@pytest.mark.parametrize("kind", ["event", "callback", "call", "clock", "item"])
def test_work_that_is_parked_and_taken_up_again_wakes_the_page_of_tasks(house: House, given: Given, kind: str) -> None:
    given.lost(given.customer("甲", of="bob", days_ago=1), "bob", by_staff=False)
    administrator = house.console(Role.ADMINISTRATOR)

    def park() -> None:
        with transaction(house.number) as session:
            if kind == "item":
                unread.note(session, "contacts.get_contact", [Unread(kind="follow", id="x", reason="odd")])
                return
            if kind == "callback":
                values: dict[str, Any] = {"due_at": clock.now(), "received_at": clock.now(), "attempts": 0}
                session.add(InboxRow(app="customer", digest=b"d", body=b"<xml/>", state="parked", **values))
                return
            model: Any = {"event": OutboxRow, "call": WecomCall, "clock": ClockJob}[kind]
            row = session.scalars(select(model).limit(1)).one()
            row.state = CallState.PARKED if kind == "call" else RowState.PARKED

    if kind == "clock":
        with transaction(house.number) as session:
            clockwork.plan(session)
    assert touched(house, park)["tasks"] == {"all"}
    number = administrator.get("/tasks", kind=kind)["items"][0]["id"]
    assert touched(house, lambda: went_well(administrator, f"/tasks/{kind}/{number}/replay"))["tasks"] == {"all"}
    assert "tasks" not in touched(house, lambda: given.customer("乙", of="bob"))
