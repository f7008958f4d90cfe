"""What a customer got: listed with the call that asks for it, read from the slice, and kept for 92 days."""

from typing import Any

import pytest
from sqlalchemy import text

from scrm.core.db import transaction
from scrm.core.queue import registry
from scrm.identity.models import Role
from scrm.marketing.broadcasts.actions import listing
from scrm.marketing.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastSlice, UnlistedSlice
from scrm.wecom.models import CallState
from scrm.wecom.port.group_messages import GroupMessageReceipt, GroupMessages
from tests.rooms.broadcasts.test_drafts import ask, submitted
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom
from tests.support.moved_clock import later

ADD = GroupMessages.add_msg_template
DAY = 86_400


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def desk(house: House) -> Console:
    """A marketer's."""
    return house.console(Role.MARKETER)


def got(console: Console, customer: str) -> list[tuple[str, str]]:
    """Titles and what became of each, newest first."""
    page = console.get(f"/customers/{customer}/timeline", source="broadcasts")
    assert page["failed"] == [] and page["total"] == len(page["items"])
    return [(row["facts"]["title"], row["facts"]["recipient_state"]) for row in page["items"]]


def listed(house: House) -> list[tuple[int, int, int]]:
    with transaction(house.number) as session:
        rows = session.query(BroadcastRecipient).order_by(BroadcastRecipient.slice_id, BroadcastRecipient.place)
        return [(row.customer_id, row.slice_id, row.place) for row in rows]


def arrays(house: House) -> list[tuple[int, int, int]]:
    """The same from the slices."""
    query = text(
        "SELECT u.customer_id, s.id, u.place - 1 FROM broadcast_slice s,"
        " unnest(s.customer_ids) WITH ORDINALITY u(customer_id, place) ORDER BY 2, 3"
    )
    with transaction(house.number) as session:
        return [(row[0], row[1], row[2]) for row in session.execute(query)]


def test_a_customer_is_listed_once_the_call_is_asked_for(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    first, second = (given.customer(name, of="bob") for name in ("甲", "乙"))
    given.customer("丙", of="carl")
    number = given.broadcast(desk, title="春季上新", send_at=None)
    assert got(desk, first) == [] and listed(house) == []
    ask(desk, f"/broadcasts/{number}/submit")
    house.deliver()
    assert got(desk, first) == [("春季上新", "planned")] and len(listed(house)) == 3
    assert listed(house) == arrays(house)
    sender = {call["sender"] for call in wecom.asked(ADD)}
    assert sender == {"bob", "carl"}
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[second]))
    assert got(desk, first) == [("春季上新", "created")] and got(desk, second) == [("春季上新", "unsendable")]


def test_a_call_that_is_asked_for_again_lists_nobody_twice(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    customer = given.customer("甲", of="bob")
    number = submitted(house, given, desk)
    ask(desk, f"/broadcasts/{number}/pause")
    assert got(desk, customer) == [], "withdrawn before it left: nothing has gone to anybody"
    ask(desk, f"/broadcasts/{number}/resume")
    house.deliver()
    wecom.answered(ADD, state=CallState.REFUSED, errcode=41048)
    assert got(desk, customer) == [("双十一预告", "refused")] and len(listed(house)) == 1


def test_whom_the_quota_leaves_out_is_told_apart(house: House, given: Given, wecom: Wecom, desk: Console) -> None:
    administrator = house.console(Role.ADMINISTRATOR)
    administrator.status("PUT", "/broadcasts/policy", {"quota": "day", "approval_above": 1000})
    customer = given.customer("甲", of="bob")
    submitted(house, given, desk, title="第一次")
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    given.customer("乙", of="bob")
    submitted(house, given, desk, title="第二次")
    assert sorted(got(desk, customer)) == [("第一次", "created"), ("第二次", "over_quota")]


def test_older_slices_are_listed_by_the_queue_and_the_answer_says_so_until_then(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    customer = given.customer("甲", of="bob")
    submitted(house, given, desk)
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    with transaction(house.number) as session:  # as the revision leaves it
        session.execute(text("DELETE FROM broadcast_recipient"))
        session.add_all(UnlistedSlice(id=number) for number in session.scalars(text("SELECT id FROM broadcast_slice")))
    page = desk.get(f"/customers/{customer}/timeline", source="broadcasts")
    assert page["items"] == [] and page["gathering"] == ["broadcasts"]
    assert "broadcast_recipients" in {queue.name for queue in registry.QUEUES}
    house.deliver()
    page = desk.get(f"/customers/{customer}/timeline", source="broadcasts")
    assert len(page["items"]) == 1 and page["gathering"] == []
    assert listed(house) == arrays(house)


def test_after_92_days_the_list_forgets_and_the_report_stays(
    house: House, given: Given, wecom: Wecom, desk: Console
) -> None:
    customer = given.customer("甲", of=["bob", "carl"])
    old = submitted(house, given, desk, title="很久以前")
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))

    def purge() -> None:
        carried: dict[str, Any] = {}
        with transaction(house.number) as session:
            while listing.forget(session, carried):
                pass

    with later(91 * DAY):
        purge()
        assert got(house.console(Role.MARKETER), customer) == [("很久以前", "created")]
    with later(93 * DAY):
        purge()
        desk = house.console(Role.MARKETER)
        assert got(desk, customer) == [] and listed(house) == []
        assert desk.get(f"/broadcasts/{old}")["report"]["audience"] == 1
        assert house.rows(Broadcast)[0].unlisted_at is not None and len(house.rows(BroadcastSlice)) == 1
        # One that was waiting to be listed all the while is only taken off.
        with transaction(house.number) as session:
            session.add(UnlistedSlice(id=house.rows(BroadcastSlice)[0].id))
        house.deliver()
        assert listed(house) == [] and house.rows(UnlistedSlice) == []


def test_a_member_sees_what_they_sent_and_no_more(house: House, given: Given, wecom: Wecom, desk: Console) -> None:
    customer = given.customer("甲", of=["bob"])
    submitted(house, given, desk)
    wecom.answered(ADD, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    given.follows(customer, "bob", "carl")
    bob, carl = (house.console(Role.SALES, userid=userid) for userid in ("bob", "carl"))
    assert len(got(bob, customer)) == 1 and got(carl, customer) == []
    (row,) = bob.get(f"/customers/{customer}/timeline", source="broadcasts")["items"]
    assert row["reference"] is None, "who may not read broadcasts is given no way there"
    assert row["actor"]["userid"] == "bob" and row["staff_name"]
    (row,) = desk.get(f"/customers/{customer}/timeline", source="broadcasts")["items"]
    assert row["reference"]["kind"] == "broadcast"
