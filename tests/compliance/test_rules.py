"""What a rule finds in the archive becomes one alert; the rest of rules is in `tests/rooms/rules`."""

from typing import Any

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.identity.models import Role
from tests.support.chats import pull, say
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


def test_what_a_change_does_not_give_stays(console: Console) -> None:
    rule = make(console, severity="low", senders="staff")
    assert console.status("POST", f"/rules/{rule['id']}/disable").status_code == 200
    body = {"name": rule["name"], "words": "返现", "version": rule["version"]}
    assert console.status("POST", f"/rules/{rule['id']}", body).status_code == 200
    now = console.get(f"/rules/{rule['id']}")
    assert (now["severity"], now["senders"], now["enabled"], now["word_list"]) == ("low", "staff", False, ["返现"])
