"""What each room tells of a customer, to whom, and where it leads."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from scrm.contracts.callbacks import StaffDeleted
from scrm.core import clock
from scrm.core.db import transaction
from scrm.customers.file.actions import timeline
from scrm.customers.file.models import Customer, TimelineEntry
from scrm.customers.groups.actions import groups
from scrm.identity.models import Role
from scrm.shared.timeline import source
from scrm.shared.timeline.kind import SourceName
from scrm.shared.timeline.kinds import KINDS
from scrm.wecom.port.contacts import GroupChatInfo, GroupChatMember
from scrm.wecom.port.group_messages import GroupMessageReceipt, GroupMessages
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom
from tests.support.moved_clock import later

EVERY = [one.value for one in SourceName]
DAY = 86_400


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def told(console: Console, customer: str | int, *sources: str, **query: Any) -> list[dict[str, Any]]:
    page = console.get(f"/customers/{customer}/timeline", source=list(sources) or EVERY, limit=200, **query)
    assert page["failed"] == [] and page["gathering"] == [] and page["next_cursor"] is None
    assert page["total"] == len(page["items"]) and page["total_capped"] is False
    items: list[dict[str, Any]] = page["items"]
    return items


def number_of(house: House, customer: str) -> int:
    number: int = house.rows(Customer, Customer.external_userid == customer)[0].id
    return number


def everything(house: House, given: Given, wecom: Wecom) -> str:
    """A customer with something of each source."""
    customer = given.customer("王小明", of=["bob", "carl"], days_ago=3)
    chat = given.group("老客群", owner="bob", members=[customer])
    given.said("bob", customer, "您好", seconds_ago=2)
    given.said(customer, "bob", "你好", seconds_ago=1)
    desk = house.console(Role.MARKETER)
    number = given.broadcast(desk, title="春季上新")
    assert desk.status("POST", f"/broadcasts/{number}/submit", {}).ok
    house.deliver()
    wecom.answered(GroupMessages.add_msg_template, GroupMessageReceipt(msgid="m-1", fail_list=[]))
    given.lost(customer, "carl")
    left = GroupChatInfo(
        chat_id=chat,
        name="老客群",
        owner="bob",
        notice="",
        create_time=int(clock.now().timestamp()) - 60,
        member_version="next",
        members=[GroupChatMember(userid="bob", type=1, name="", join_time=1, join_scene=1)],
    )
    with transaction(house.number) as session:
        groups.take(session, left, status=0)
    given.left("bob")
    return customer


def test_every_kind_is_told_with_its_own_facts_and_leads_to_its_record(
    house: House, given: Given, wecom: Wecom
) -> None:
    customer = everything(house, given, wecom)
    rows = told(house.console(Role.ADMINISTRATOR), customer)
    assert {row["kind"] for row in rows} >= set(KINDS)
    assert {row["source"] for row in rows} == set(EVERY)
    moments = [dt.datetime.fromisoformat(row["at"]) for row in rows]
    assert moments == sorted(moments, reverse=True)
    leads = {
        "broadcast": "broadcast",
        "chat_day": "conversation",
        "alert": "alert",
        "handover": "handover",
        "group_joined": "group",
        "group_left": "group",
    }
    for row in rows:
        if row["kind"] in KINDS:
            kind = KINDS[row["kind"]]
            assert row["facts"].keys() <= set(kind.facts) and row["facts"], row["kind"]
            assert row["source"] == kind.source and row["reference"]["kind"] == leads[row["kind"]]
    (chat,) = (row for row in rows if row["kind"] == "chat_day")
    assert (chat["facts"]["messages"], chat["userid"]) == (2, "bob")
    (alert,) = (row for row in rows if row["kind"] == "alert")
    assert alert["facts"] == {"alert_kind": "staff_deleted_customer", "alert_state": "open"}
    assert alert["actor"] == {"kind": "system", "userid": None, "name": None} and alert["userid"] == "carl"
    (handover,) = (row for row in rows if row["kind"] == "handover")
    assert handover["facts"]["item_state"] == "unassigned" and handover["userid"] == "bob"


def test_the_file_alone_is_what_it_was(house: House, given: Given, wecom: Wecom) -> None:
    customer = everything(house, given, wecom)
    console = house.console(Role.ADMINISTRATOR)
    assert console.get(f"/customers/{customer}/timeline") == console.get(
        f"/customers/{customer}/timeline", source="file"
    )
    assert {row["kind"] for row in told(console, customer, "file")} == {"added", "deleted_by_staff"}


def test_pages_of_all_sources_are_one_list(house: House, given: Given, wecom: Wecom) -> None:
    customer = everything(house, given, wecom)
    console = house.console(Role.ADMINISTRATOR)
    whole = [(row["source"], row["id"]) for row in told(console, customer)]
    for limit in (1, 2, 5):
        found, cursor = [], None
        while True:
            page = console.get(f"/customers/{customer}/timeline", source=EVERY, limit=limit, cursor=cursor)
            found += [(row["source"], row["id"]) for row in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
            assert page["total"] >= len(page["items"])
        assert found == whole


def test_kinds_narrow_every_source(house: House, given: Given, wecom: Wecom) -> None:
    customer = everything(house, given, wecom)
    console = house.console(Role.ADMINISTRATOR)
    for kind in (*KINDS, "added"):
        assert {row["kind"] for row in told(console, customer, kinds=kind)} == {kind}
    assert {row["kind"] for row in told(console, customer, q="group_")} == {"group_joined", "group_left"}
    assert told(console, customer, "alerts", kinds="broadcast") == []
    assert console.status("GET", f"/customers/{customer}/timeline?kinds=planted").status_code == 422
    assert console.status("GET", f"/customers/{customer}/timeline?source=planted").status_code == 422


def test_each_sees_what_is_theirs(house: House, given: Given, wecom: Wecom) -> None:
    """The archive is for who may read it, another's alert and a group out of scope for nobody else."""
    customer = everything(house, given, wecom)
    carl = told(house.console(Role.SALES, userid="carl"), customer)
    assert "chats" not in {row["source"] for row in carl}
    assert {row["kind"] for row in carl} <= {"added", "deleted_by_staff", "alert"}
    assert {row["userid"] for row in carl} == {"carl"}
    marketer = told(house.console(Role.MARKETER), customer)
    assert {row["source"] for row in marketer} == {"file", "broadcasts", "groups"}
    assert house.console(Role.SALES, userid="dora").status("GET", f"/customers/{customer}/timeline").status_code == 404


def test_words_in_chats_are_for_who_may_read_chats(house: House, given: Given) -> None:
    officer = house.console(Role.COMPLIANCE)
    given.rule(officer)
    customer = given.customer("王小明", of="bob", days_ago=1)
    given.said("bob", customer, "加我微信")
    (row,) = told(officer, customer, "alerts")
    assert row["facts"]["alert_kind"] == "word_hit" and row["reference"]["kind"] == "alert"
    assert told(house.console(Role.SALES, userid="bob"), customer, "alerts") == []


def test_days_of_chats_are_china_s_and_stand_at_their_last_message(house: House, given: Given) -> None:
    customer = given.customer("王小明", of=["bob", "carl"])
    midnight = clock.china_day_start(clock.now())
    ago = (clock.now() - midnight).total_seconds()
    sayings = [
        ("bob", 60, 3),
        ("bob", DAY + 60, 2),
        ("carl", DAY + 120, 1),
        ("bob", 40 * DAY + 60, 1),
        ("bob", 400 * DAY + 60, 4),
    ]
    for userid, before_midnight, count in sayings:
        for number in range(count):
            given.said(userid, customer, f"第{number}句", seconds_ago=ago + before_midnight + number)
    officer = house.console(Role.COMPLIANCE)
    expected = [("bob", 3), ("bob", 2), ("carl", 1), ("bob", 1), ("bob", 4)]
    rows = told(officer, customer, "chats")
    assert [(row["userid"], row["facts"]["messages"]) for row in rows] == expected
    newest = dt.datetime.fromisoformat(rows[0]["at"])
    assert abs((midnight - newest).total_seconds() - 60) < 1
    for limit in (1, 2, 3):
        found, cursor = [], None
        while True:
            page = officer.get(f"/customers/{customer}/timeline", source="chats", limit=limit, cursor=cursor)
            found += [(row["userid"], row["facts"]["messages"]) for row in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert found == expected, limit


def test_a_room_that_fails_is_said_and_hides_nothing(
    house: House, given: Given, wecom: Wecom, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = everything(house, given, wecom)
    console = house.console(Role.ADMINISTRATOR)
    whole = told(console, customer)

    def fails(session: Session, *_: Any) -> list[Any]:
        session.connection().exec_driver_sql("SELECT * FROM there_is_no_such_table")
        return []

    broken = source.Source(name=SourceName.GROUPS, read=fails)
    monkeypatch.setitem(source._sources, SourceName.GROUPS, broken)
    page = console.get(f"/customers/{customer}/timeline", source=EVERY)
    assert page["failed"] == ["groups"]
    assert page["items"] == [row for row in whole if row["source"] != "groups"]


def test_an_entry_about_two_customers_stands_in_both_timelines(house: House, given: Given) -> None:
    first, second, third = (given.customer(name, of=of) for name, of in (("甲", "bob"), ("乙", "carl"), ("丙", "bob")))
    one, two, three = (number_of(house, customer) for customer in (first, second, third))
    with transaction(house.number) as session:
        values: dict[str, Any] = {"customer_id": one, "staff_id": None, "at": clock.now(), "key": "both"}
        assert timeline.tell(session, "edited", also=[two, two, one], actor="user:desk", reference="alert:1", **values)
        assert not timeline.tell(session, "edited", also=[three], **values), "told once"
    console = house.console(Role.ADMINISTRATOR)
    for customer, other, name in ((first, two, "乙"), (second, one, "甲")):
        rows = told(console, customer, "file")
        (both,) = (row for row in rows if row["actor"]["kind"] == "account")
        assert both["actor"] == {"kind": "account", "userid": None, "name": "desk"}
        assert both["also"] == [{"id": other, "name": name}]
        assert both["reference"] is None, "there is no such alert"
        assert rows[0] == both and console.get(f"/customers/{customer}/timeline")["total"] == len(rows)
    assert all(row["also"] == [] for row in told(console, third, "file"))
    # Who does not see the other customer is not told who it is.
    (both,) = (row for row in told(house.console(Role.SALES, userid="bob"), first, "file") if row["kind"] == "edited")
    assert both["also"] == []


def test_entries_of_before_say_who_did_it_by_their_kind(house: House, given: Given) -> None:
    customer = given.customer("王小明", of="bob", days_ago=2)
    given.lost(customer, "bob", by_staff=False)
    rows = told(house.console(Role.ADMINISTRATOR), customer, "file")
    assert all(row.actor is row.reference is None for row in house.rows(TimelineEntry))
    bob = next(row["staff_name"] for row in rows)
    assert [(row["kind"], row["actor"]) for row in rows] == [
        ("deleted_by_customer", {"kind": "customer", "userid": None, "name": None}),
        ("added", {"kind": "member", "userid": "bob", "name": bob}),
    ]


def test_an_entry_of_a_handover_leads_there_for_who_may_see_it(house: House, given: Given) -> None:
    customer = given.customer("王小明", of="bob", days_ago=1)
    house.tell(StaffDeleted(userid="bob", event_at=clock.now().replace(microsecond=0)))
    case = house.console(Role.ADMINISTRATOR).get("/handovers")["items"][0]["id"]
    with transaction(house.number) as session:
        values: dict[str, Any] = {"customer_id": number_of(house, customer), "staff_id": None, "at": clock.now()}
        timeline.tell(session, "taken_over", key="t", reference=f"handover:{case}", **values)
    for role, expected in ((Role.COMPLIANCE, {"kind": "handover", "id": str(case)}), (Role.MARKETER, None)):
        row = told(house.console(role), customer, "file")[0]
        assert (row["kind"], row["reference"]) == ("taken_over", expected)


def test_who_follows_no_more_sees_what_happened_until_then(house: House, given: Given) -> None:
    customer = given.customer("王小明", of=["bob", "carl"], days_ago=2)
    given.lost(customer, "carl")
    with later(DAY):
        given.group("后来的群", owner="carl", members=[customer])
        carl = told(house.console(Role.SALES, userid="carl"), customer)
        assert "group_joined" not in {row["kind"] for row in carl}
        assert "group_joined" in {row["kind"] for row in told(house.console(Role.ADMINISTRATOR), customer)}
