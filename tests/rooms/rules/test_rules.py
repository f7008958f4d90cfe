"""Rules: written, changed, switched, tried out; what they find becomes one alert per message and rule."""

from typing import Any

import pytest
from sqlalchemy import insert

from scrm.compliance.alerts.models import Alert
from scrm.compliance.rules.models import RuleVersion
from scrm.core import alarms, clock
from scrm.core.db import transaction
from scrm.core.queue import in_hand
from scrm.core.queue.in_hand import InHand
from scrm.identity.models import Role
from scrm.shared.notices.models import Notice
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom
from tests.support import moved_clock

RULE: dict[str, Any] = {"name": "私下交易", "severity": "high", "words": "加我微信\n返点\n私下转账"}


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def customer(given: Given) -> str:
    """A customer of Bob's whom the archive knows by name."""
    return given.customer("王小明", of="bob")


@pytest.fixture
def console(house: House) -> Console:
    return house.console(Role.COMPLIANCE, userid="frida")


def make(console: Console, **values: Any) -> dict[str, Any]:
    answer = console.status("POST", "/rules", {**RULE, **values})
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()["rule"]
    return rule


def test_hit_raises_one_alert_with_its_context(house: House, given: Given, customer: str, console: Console) -> None:
    rule = make(console)
    given.said(customer, "bob", "能便宜点吗", seconds_ago=9)
    hit = given.said("bob", customer, "加 我👉微信，给您返点", seconds_ago=8)
    given.said(customer, "bob", "好的", seconds_ago=7)
    (row,) = console.get("/alerts", kind="word_hit")["items"]
    assert (row["severity"], row["state"], row["staff_name"], row["customer_name"]) == (
        "high",
        "open",
        "鲍勃",
        "王小明",
    )
    assert row["hit"]["words"] == ["加我微信", "返点"]
    assert (row["hit"]["rule_name"], row["hit"]["rule_version"], row["hit"]["msgid"]) == ("私下交易", 1, hit)
    detail = console.get(f"/alerts/{row['id']}")
    assert detail["history"] == []
    context = console.get(f"/messages/conversations/{row['hit']['conversation_id']}", around=hit, limit=40)
    assert [item["body"]["content"] for item in context["items"]] == ["能便宜点吗", "加 我👉微信，给您返点", "好的"]
    assert context["items"][1]["hits"][0]["alert_id"] == row["id"]
    assert console.get(f"/rules/{rule['id']}")["hits"] == 1
    assert console.status("POST", f"/alerts/{row['id']}/review").json()["state"] == "in_review"


def test_same_message_by_a_repeated_page_raises_no_second_alert(
    house: House, given: Given, customer: str, console: Console
) -> None:
    make(console)
    make(console, name="另一条", words="返点")
    said = {
        "sender": "bob",
        "receiver": customer,
        "content": "给您返点",
        "msgid": "told-twice",
        "msgtime": 1_700_000_000_000,
    }
    given.all_said(said)
    given.all_said(said, {"sender": "bob", "receiver": customer, "content": "好的"})
    assert len(house.rows(Alert)) == 2  # one per rule


def test_officers_are_told_once_for_many_hits(
    house: House, given: Given, wecom: Wecom, customer: str, console: Console
) -> None:
    make(console)
    for _ in range(5):
        given.said("bob", customer, "给您返点")
    given.said("bob", customer, "返点")
    assert wecom.asked(AppMessages.send_text_card) == []
    with moved_clock.later(31):
        card = wecom.answered(AppMessages.send_text_card, AppMessageReceipt(msgid="1", invalid_users=[]))
    assert card["userids"] == ["frida"] and wecom.asked(AppMessages.send_text_card) == []
    assert "返点" not in str(card)
    assert {(notice.userid, notice.state) for notice in house.rows(Notice, Notice.record == "alert")} == {
        ("frida", "sent")
    }
    assert len(house.rows(Notice, Notice.record == "alert")) == 6


def test_rule_looks_at_what_comes_from_now_on(house: House, given: Given, customer: str, console: Console) -> None:
    given.said("bob", customer, "给您返点")
    rule = make(console)
    assert house.rows(Alert) == []
    console.status("POST", f"/rules/{rule['id']}/disable")
    given.said("bob", customer, "给您返点")
    assert house.rows(Alert) == []
    console.status("POST", f"/rules/{rule['id']}/enable")
    given.said("bob", customer, "给您返点")
    assert len(house.rows(Alert)) == 1


def test_rule_goes_over_the_past_if_asked(house: House, given: Given, customer: str, console: Console) -> None:
    for number in range(30):
        given.said("bob", customer, "给您返点" if number % 3 == 0 else "好的")
    rule = make(console)
    started = console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7}).json()
    assert (started["scans"][0]["state"], started["scans"][0]["total"]) == ("running", 30)
    assert console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7}).status_code == 409
    house.deliver()
    (scan,) = console.get(f"/rules/{rule['id']}")["scans"]
    assert (scan["state"], scan["scanned"], scan["hits"]) == ("done", 30, 10)
    console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7})
    house.deliver()
    assert len(house.rows(Alert)) == 10


def test_scan_over_which_workers_die_is_parked_alone_and_goes_on_where_it_was(
    house: House, given: Given, customer: str, console: Console
) -> None:
    for _ in range(3):
        given.said("bob", customer, "给您返点")
    broken, sound = make(console), make(console, name="另一条", words="返点")
    for rule in (broken, sound):
        console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7})
    scan = console.get(f"/rules/{broken['id']}")["scans"][0]["id"]
    notes = [{"queue": "rule_scans", "rows": [scan], "taken_at": clock.now()}] * in_hand.TRIES
    with transaction(house.number) as session:
        session.execute(insert(InHand), notes)
    house.deliver()
    states = [console.get(f"/rules/{rule['id']}")["scans"][0]["state"] for rule in (broken, sound)]
    assert states == ["parked", "done"]
    office = house.console(Role.ADMINISTRATOR)
    (task,) = office.get("/tasks", kind="scan")["items"]
    assert (task["id"], task["reason"]) == (scan, in_hand.WORN)
    with transaction(house.number) as session:
        assert alarms.counts(session) == {"rule_scan_stopped": 1}
    assert office.status("POST", f"/tasks/scan/{scan}/replay").status_code == 204
    house.deliver()
    assert console.get(f"/rules/{broken['id']}")["scans"][0]["state"] == "done"
    with transaction(house.number) as session:
        assert alarms.counts(session) == {}


def test_change_is_a_version_and_nobodys_change_is_lost(house: House, given: Given, console: Console) -> None:
    rule = make(console)
    change = {**RULE, "words": "返点\n返点 \n回扣", "version": 1}
    saved = console.status("POST", f"/rules/{rule['id']}", change).json()
    assert (saved["duplicates"], saved["rule"]["version"], saved["rule"]["words"]) == (1, 2, 2)
    late = console.status("POST", f"/rules/{rule['id']}", change)
    assert (late.status_code, late.json()["code"]) == (409, "rule_changed")
    assert [row.version for row in house.scalar(_versions)] == [1, 2]
    verbs = [event["verb"] for event in console.get("/audit", q="rule.")["items"]]
    assert verbs == ["rule.changed", "rule.created"]


def _versions(session: Any) -> Any:
    return session.query(RuleVersion).order_by(RuleVersion.version).all()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"words": ""}, "rule_words_missing"),
        ({"words": "返点\n啊\n" + "长" * 65}, "rule_lines_bad"),
        ({"words": "\n".join(f"词{number:06d}" for number in range(10_001))}, "rule_too_long"),
        ({"name": " "}, "validation_failed"),
        ({"severity": "worst"}, "validation_failed"),
        ({"words": "返点\u0000"}, "bad_request"),
    ],
)
def test_bad_rule_is_refused_whole_with_its_limit(
    house: House, given: Given, console: Console, values: dict[str, Any], code: str
) -> None:
    answer = console.status("POST", "/rules", {**RULE, **values})
    assert answer.json()["code"] == code
    assert console.get("/rules")["items"] == []
    if code == "rule_lines_bad":
        assert "2、3" in answer.json()["detail_zh"]
    if code == "rule_too_long":
        assert "10000" in answer.json()["detail_zh"]


def test_second_rule_of_a_name_is_refused(house: House, given: Given, console: Console) -> None:
    make(console)
    assert console.status("POST", "/rules", RULE).json()["code"] == "rule_name_taken"


def test_words_are_tried_out_without_being_stored(house: House, given: Given, console: Console) -> None:
    text = "「王小明：返点」\n- - - - - - - - - -\n给您返 点"
    answer = console.status("POST", "/rules/try", {"text": text, "words": "返点"}).json()
    assert [text[hit["start"] : hit["end"]] for hit in answer["hits"]] == ["返点", "返 点"]
    rule = make(console)
    assert console.status("POST", "/rules/try", {"text": "返点", "rule_id": rule["id"]}).json()["hits"]
    assert console.status("POST", "/rules/try", {"text": "返点", "rule_id": 99}).status_code == 404


_WECHAT = "「{name}：{said}」\n- - - - - - - - - - - - - - -\n{own}"
_WECOM = "这是一条引用/回复消息：\n{name}\n{said}\n------\n{own}"


@pytest.mark.parametrize("layout", [_WECHAT, _WECOM])
def test_quotation_is_somebody_elses_words_only_if_it_was_said_here(
    house: House, given: Given, customer: str, console: Console, layout: str
) -> None:
    make(console, words="加我微信\n返点")
    other = given.customer("李雷", of="bob")
    given.said(other, "bob", "给我返点吧", seconds_ago=60)  # another conversation
    given.said(customer, "bob", "可以加我 微信吗👌", seconds_ago=50)
    replies = [
        ("王小明", "可以加我 微信吗👌", "不可以的"),
        ("鲍勃", "给我返点吧", "好的"),  # nobody said it here
        ("返点", "可以加我 微信吗👌", "好的"),  # nobody is called so
        ("王小明", "可以加我 微信吗👌", "返点"),
        ("王小明", "可以加我 微信吗👌，返点", "好"),  # more than was said
    ]
    for number, (name, said, own) in enumerate(replies):
        given.said("bob", customer, layout.format(name=name, said=said, own=own), seconds_ago=40 - number)
    found = sorted((alert.event_at, alert.snapshot["words"]) for alert in house.rows(Alert))
    assert [words for _, words in found] == [
        ["返点"],
        ["加我微信"],
        ["返点"],
        ["返点"],
        ["返点"],
        ["加我微信", "返点"],
    ]


def test_parts_of_a_message_do_not_run_together(house: House, given: Given, customer: str, console: Console) -> None:
    make(console, words="返点")
    link = {"title": "往返", "description": "点击查看", "link_url": "https://a.cn"}
    for number, body in enumerate([link, {**link, "title": "返点"}]):
        given.said("bob", customer, msgid=f"link-{number}", msgtype="link", link=body)
    assert [alert.snapshot["msgid"] for alert in house.rows(Alert)] == ["link-1"]


def test_alerts_on_chats_are_for_those_who_may_read_chats(
    house: House, given: Given, customer: str, console: Console
) -> None:
    make(console)
    given.said("bob", customer, "给您返点")
    leader = house.console(Role.SALES, userid="Anna.Li")
    assert leader.get("/alerts")["items"] == []
    assert leader.get("/alerts/summary")["open"] == 0
    assert leader.status("GET", f"/alerts/{house.rows(Alert)[0].id}").status_code == 404
    assert leader.status("POST", "/rules", RULE).status_code == 403


def test_rules_of_another_corp_are_not_seen(house: House, given: Given, console: Console, neighbour: House) -> None:
    rule = make(console)
    stranger = neighbour.console(Role.COMPLIANCE)
    assert stranger.get("/rules")["items"] == []
    assert stranger.status("GET", f"/rules/{rule['id']}").status_code == 404
    assert stranger.status("POST", f"/rules/{rule['id']}/disable").status_code == 404
