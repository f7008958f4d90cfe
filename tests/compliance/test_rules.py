"""Rules: written, changed, switched, tried out; what they find becomes one alert per message and rule."""

from typing import Any

import pytest
from sqlalchemy import insert

from scrm.compliance.alerts.models import Alert, AlertNotice
from scrm.compliance.rules.models import RuleVersion
from scrm.core import alarms, clock
from scrm.core.db import transaction
from scrm.core.queue import in_hand
from scrm.core.queue.in_hand import InHand
from scrm.identity.models import Role
from tests.support import moved_clock
from tests.support.chats import pull, say, told
from tests.support.company import befriend
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

RULE: dict[str, Any] = {"name": "私下交易", "severity": "high", "words": "加我微信\n返点\n私下转账"}


@pytest.fixture
def console(archived: Corp) -> Console:
    return archived.console(Role.COMPLIANCE, userid="frida")


def make(console: Console, **values: Any) -> dict[str, Any]:
    answer = console.status("POST", "/rules", {**RULE, **values})
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()["rule"]
    return rule


def test_hit_raises_one_alert_with_its_context(archived: Corp, customer: str, console: Console) -> None:
    rule = make(console)
    say(archived, customer, "bob", "能便宜点吗", seconds_ago=9)
    hit = say(archived, "bob", customer, "加 我👉微信，给您返点", seconds_ago=8)["msgid"]
    say(archived, customer, "bob", "好的", seconds_ago=7)
    pull(archived)
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
    archived: Corp, customer: str, console: Console
) -> None:
    make(console)
    make(console, name="另一条", words="返点")
    say(archived, "bob", customer, "给您返点")
    pull(archived)
    archived.sim.misfortunes({"match": "archive/chatdata", "kind": "repeat", "next": 1})
    say(archived, "bob", customer, "好的")
    pull(archived)
    assert len(archived.rows(Alert)) == 2  # one per rule


def test_officers_are_told_once_for_many_hits(archived: Corp, customer: str, console: Console) -> None:
    make(console)
    for _ in range(5):
        say(archived, "bob", customer, "给您返点")
    pull(archived)
    say(archived, "bob", customer, "返点")
    pull(archived)
    assert archived.sim.ledger(archived.corp_id, "message/send") == []
    with moved_clock.later(31):
        archived.drain()
    (call,) = archived.sim.ledger(archived.corp_id, "message/send")
    assert call["args"]["touser"] == "frida"
    assert "返点" not in str(call["args"])
    assert {(notice.userid, notice.state) for notice in archived.rows(AlertNotice)} == {("frida", "sent")}
    assert len(archived.rows(AlertNotice)) == 6


def test_what_a_change_does_not_give_stays(console: Console) -> None:
    rule = make(console, severity="low", senders="staff")
    assert console.status("POST", f"/rules/{rule['id']}/disable").status_code == 200
    body = {"name": rule["name"], "words": "返现", "version": rule["version"]}
    assert console.status("POST", f"/rules/{rule['id']}", body).status_code == 200
    now = console.get(f"/rules/{rule['id']}")
    assert (now["severity"], now["senders"], now["enabled"], now["word_list"]) == ("low", "staff", False, ["返现"])


def test_rule_looks_at_what_comes_from_now_on(archived: Corp, customer: str, console: Console) -> None:
    say(archived, "bob", customer, "给您返点")
    pull(archived)
    rule = make(console)
    assert archived.rows(Alert) == []
    console.status("POST", f"/rules/{rule['id']}/disable")
    say(archived, "bob", customer, "给您返点")
    pull(archived)
    assert archived.rows(Alert) == []
    console.status("POST", f"/rules/{rule['id']}/enable")
    say(archived, "bob", customer, "给您返点")
    pull(archived)
    assert len(archived.rows(Alert)) == 1


def test_rule_goes_over_the_past_if_asked(archived: Corp, customer: str, console: Console) -> None:
    for number in range(30):
        say(archived, "bob", customer, "给您返点" if number % 3 == 0 else "好的")
    pull(archived)
    rule = make(console)
    started = console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7}).json()
    assert (started["scans"][0]["state"], started["scans"][0]["total"]) == ("running", 30)
    assert console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7}).status_code == 409
    archived.drain()
    (scan,) = console.get(f"/rules/{rule['id']}")["scans"]
    assert (scan["state"], scan["scanned"], scan["hits"]) == ("done", 30, 10)
    console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7})
    archived.drain()
    assert len(archived.rows(Alert)) == 10


def test_scan_over_which_workers_die_is_parked_alone_and_goes_on_where_it_was(
    archived: Corp, customer: str, console: Console
) -> None:
    for _ in range(3):
        say(archived, "bob", customer, "给您返点")
    pull(archived)
    broken, sound = make(console), make(console, name="另一条", words="返点")
    for rule in (broken, sound):
        console.status("POST", f"/rules/{rule['id']}/scan", {"days": 7})
    scan = console.get(f"/rules/{broken['id']}")["scans"][0]["id"]
    notes = [{"queue": "rule_scans", "rows": [scan], "taken_at": clock.now()}] * in_hand.TRIES
    with transaction(archived.number) as session:
        session.execute(insert(InHand), notes)
    archived.drain()
    states = [console.get(f"/rules/{rule['id']}")["scans"][0]["state"] for rule in (broken, sound)]
    assert states == ["parked", "done"]
    office = archived.console(Role.ADMINISTRATOR)
    (task,) = office.get("/tasks", kind="scan")["items"]
    assert (task["id"], task["reason"]) == (scan, in_hand.WORN)
    with transaction(archived.number) as session:
        assert alarms.counts(session) == {"rule_scan_stopped": 1}
    assert office.status("POST", f"/tasks/scan/{scan}/replay").status_code == 204
    archived.drain()
    assert console.get(f"/rules/{broken['id']}")["scans"][0]["state"] == "done"
    with transaction(archived.number) as session:
        assert alarms.counts(session) == {}


def test_change_is_a_version_and_nobodys_change_is_lost(archived: Corp, console: Console) -> None:
    rule = make(console)
    change = {**RULE, "words": "返点\n返点 \n回扣", "version": 1}
    saved = console.status("POST", f"/rules/{rule['id']}", change).json()
    assert (saved["duplicates"], saved["rule"]["version"], saved["rule"]["words"]) == (1, 2, 2)
    late = console.status("POST", f"/rules/{rule['id']}", change)
    assert (late.status_code, late.json()["code"]) == (409, "rule_changed")
    assert [row.version for row in archived.scalar(_versions)] == [1, 2]
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
    archived: Corp, console: Console, values: dict[str, Any], code: str
) -> None:
    answer = console.status("POST", "/rules", {**RULE, **values})
    assert answer.json()["code"] == code
    assert console.get("/rules")["items"] == []
    if code == "rule_lines_bad":
        assert "2、3" in answer.json()["detail_zh"]
    if code == "rule_too_long":
        assert "10000" in answer.json()["detail_zh"]


def test_second_rule_of_a_name_is_refused(archived: Corp, console: Console) -> None:
    make(console)
    assert console.status("POST", "/rules", RULE).json()["code"] == "rule_name_taken"


def test_words_are_tried_out_without_being_stored(archived: Corp, console: Console) -> None:
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
    archived: Corp, customer: str, console: Console, layout: str
) -> None:
    make(console, words="加我微信\n返点")
    other = befriend(archived, "bob", "李雷")
    archived.sync()
    say(archived, other, "bob", "给我返点吧", seconds_ago=60)  # another conversation
    say(archived, customer, "bob", "可以加我 微信吗👌", seconds_ago=50)
    replies = [
        ("王小明", "可以加我 微信吗👌", "不可以的"),
        ("鲍勃", "给我返点吧", "好的"),  # nobody said it here
        ("返点", "可以加我 微信吗👌", "好的"),  # nobody is called so
        ("王小明", "可以加我 微信吗👌", "返点"),
        ("王小明", "可以加我 微信吗👌，返点", "好"),  # more than was said
    ]
    for number, (name, said, own) in enumerate(replies):
        say(archived, "bob", customer, layout.format(name=name, said=said, own=own), seconds_ago=40 - number)
    pull(archived)
    found = sorted((alert.event_at, alert.snapshot["words"]) for alert in archived.rows(Alert))
    assert [words for _, words in found] == [
        ["返点"],
        ["加我微信"],
        ["返点"],
        ["返点"],
        ["返点"],
        ["加我微信", "返点"],
    ]


def test_parts_of_a_message_do_not_run_together(archived: Corp, customer: str, console: Console) -> None:
    make(console, words="返点")
    link = {"title": "往返", "description": "点击查看", "link_url": "https://a.cn"}
    for number, body in enumerate([link, {**link, "title": "返点"}]):
        message = {"msgid": f"link-{number}", "action": "send", "from": "bob", "tolist": [customer], "roomid": ""}
        told(archived, {**message, "msgtime": int(clock.now().timestamp() * 1000), "msgtype": "link", "link": body})
    pull(archived)
    assert [alert.snapshot["msgid"] for alert in archived.rows(Alert)] == ["link-1"]


def test_alerts_on_chats_are_for_those_who_may_read_chats(archived: Corp, customer: str, console: Console) -> None:
    make(console)
    say(archived, "bob", customer, "给您返点")
    pull(archived)
    leader = archived.console(Role.SALES, userid="Anna.Li")
    assert leader.get("/alerts")["items"] == []
    assert leader.get("/alerts/summary")["open"] == 0
    assert leader.status("GET", f"/alerts/{archived.rows(Alert)[0].id}").status_code == 404
    assert leader.status("POST", "/rules", RULE).status_code == 403


def test_rules_of_another_corp_are_not_seen(archived: Corp, console: Console, company: Corp) -> None:
    rule = make(console)
    stranger = company.console(Role.COMPLIANCE)
    assert stranger.get("/rules")["items"] == []
    assert stranger.status("GET", f"/rules/{rule['id']}").status_code == 404
    assert stranger.status("POST", f"/rules/{rule['id']}/disable").status_code == 404
