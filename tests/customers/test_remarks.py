"""A remark stands wherever a customer is named, and a search says what it matched."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from scrm.identity.models import Role
from tests.support.chats import pull, say
from tests.support.company import SPEC, befriend
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Json, Simulator

NICK, MANY = "平安是福", 17
PHONE = "13912345678"


@pytest.fixture(scope="module")
def corp(service: str, sim: Simulator) -> Iterator[Corp]:
    habits = {**SPEC["habits"], "archive_notify_seconds": 0.05, "dispatch_seconds": 0, "group_send_seconds": 0}
    with connected(sim, service, "wn", **{**SPEC, "archive": True, "habits": habits}) as made:
        for number in range(MANY):
            befriend(made, "bob", NICK, external_userid=f"wmNICK{number:02d}")
            edit(made, "bob", number, remark=f"{number + 1}号楼业主", remark_mobiles=[f"1380000{number:04d}"])
        made.sync()
        yield made


def edit(corp: Corp, userid: str, number: int, **values: Any) -> None:
    corp.act("edit_contact", userid=userid, external_userid=f"wmNICK{number:02d}", quiet=True, **values)


@pytest.fixture(scope="module")
def officer(corp: Corp) -> Console:
    return corp.console(Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def bob(corp: Corp) -> Console:
    return corp.console(Role.SALES, userid="bob")


def different(rows: list[Json], *names: str) -> bool:
    """Whether a reader can tell the rows apart."""
    return len({tuple(row[name] for name in names) for row in rows}) == len(rows) == MANY


def test_customers_of_one_nickname_are_different_rows(corp: Corp, officer: Console) -> None:
    customers = officer.get("/customers", q=NICK, limit=50)["items"]
    assert different(
        [{"name": row["name"], "remark": row["follows"][0]["remark"]} for row in customers], "name", "remark"
    )
    assert all(row["found_by"] is None for row in customers)  # the name itself matched

    marketer = corp.console(Role.MARKETER)
    audience = {"audience": {"everyone": True}}
    preview = marketer.status("POST", "/broadcasts/audience", audience).json()["preview"]
    assert different(preview, "customer_name", "customer_remark")
    broadcast = marketer.status("POST", "/broadcasts", {"title": "通知", "text": "您好", **audience}).json()["id"]
    marketer.status("POST", f"/broadcasts/{broadcast}/submit", {})
    corp.drain()
    recipients = marketer.get(f"/broadcasts/{broadcast}/recipients")["items"]
    assert different(recipients, "customer_name", "customer_remark")
    table = marketer.http.get(f"{corp.web}/api/v1/broadcasts/{broadcast}/recipients.csv", timeout=10).content.decode()
    assert "17号楼业主" in table

    made = officer.status("POST", "/handovers", {"userid": "bob", "external_userids": None})
    assert made.status_code == 201, made.text
    items = officer.get(f"/handovers/{made.json()['id']}/items", limit=50)["items"]
    assert different(items, "name", "remark")
    (found,) = officer.get(f"/handovers/{made.json()['id']}/items", q="7号楼业主")["items"][:1]
    assert found["remark"].endswith("7号楼业主")
    one = officer.get(f"/handovers/{made.json()['id']}/items", q="13800000004")["items"]
    assert [item["wecom_id"] for item in one] == ["wmNICK04"]


def test_alerts_and_chats_name_the_remark(corp: Corp, officer: Console) -> None:
    for number in (0, 1):
        say(corp, "bob", f"wmNICK{number:02d}", "最近有什么活动")
    pull(corp)
    rows = {row["peer"]["id"]: row for row in officer.get("/messages/conversations")["items"]}
    assert [rows[f"wmNICK{number:02d}"]["remark"] for number in (0, 1)] == ["1号楼业主", "2号楼业主"]
    corp.act("delete_contact", userid="bob", external_userid="wmNICK16")
    corp.settle()
    (alert,) = officer.get("/alerts", kind="staff_deleted_customer")["items"]
    assert (alert["customer_name"], alert["remark"]) == (NICK, "17号楼业主")
    assert officer.get(f"/alerts/{alert['id']}")["remark"] == "17号楼业主"
    said = [row["zh"] for row in officer.get("/audit")["items"] if row["verb"] == "alert.raised"]
    assert said and "17号楼业主" in said[0]


@pytest.mark.parametrize(
    ("words", "field", "text"),
    [
        ("3号楼业主", "remark", "3号楼业主"),
        ("13800000004", "phone", "138****0004"),
        ("0004", "phone_end", "138****0004"),
    ],
)
def test_a_search_says_what_it_matched(officer: Console, words: str, field: str, text: str) -> None:
    rows = officer.get("/customers", q=words)["items"]
    found = next(row["found_by"] for row in rows if row["found_by"] and row["found_by"]["text"] == text)
    assert found == {"field": field, "text": text, "staff_name": "鲍勃"}
    assert all(row["found_by"] is not None for row in rows)


def test_numbers_in_remarks_stay_masked(corp: Corp, bob: Console) -> None:
    edit(corp, "bob", 5, remark=f"王总 {PHONE}", remark_mobiles=[])
    corp.sync()
    for console, seen in ((corp.console(Role.MARKETER), "王总 139****5678"), (bob, f"王总 {PHONE}")):
        (row,) = [one for one in console.get("/customers", q=PHONE)["items"] if one["external_userid"] == "wmNICK05"]
        assert row["follows"][0]["remark"] == seen
        assert row["found_by"]["field"] == "phone" and PHONE not in row["found_by"]["text"]
    marketer = corp.console(Role.MARKETER)
    preview = marketer.status("POST", "/broadcasts/audience", {"audience": {"everyone": True}}).json()["preview"]
    assert PHONE not in str(preview) and "王总 139****5678" in {row["customer_remark"] for row in preview}


def test_a_former_follower_is_told_of_no_match_in_words_of_the_successor(corp: Corp, bob: Console) -> None:
    befriend(corp, "carl", NICK, external_userid="wmNICK03")
    edit(corp, "carl", 3, remark="后来的备注", remark_mobiles=["13700001111"])
    corp.sync()
    corp.act("delete_contact", userid="bob", external_userid="wmNICK03")
    corp.settle()
    assert bob.get("/customers", q="后来的备注")["items"] == []
    assert bob.get("/customers", q="1111")["items"] == []
    (row,) = [one for one in bob.get("/customers", q=NICK, limit=50)["items"] if one["external_userid"] == "wmNICK03"]
    assert [follow["remark"] for follow in row["follows"]] == ["4号楼业主"]
    (alert,) = bob.get("/alerts", external_userid="wmNICK03")["items"]
    assert alert["remark"] == "4号楼业主"


def test_a_card_names_the_remark_without_numbers(corp: Corp) -> None:
    edit(corp, "bob", 6, remark=f"李总 {PHONE}", remark_mobiles=[])
    corp.sync()
    corp.act("delete_contact", userid="bob", external_userid="wmNICK06")
    corp.settle()
    inbox = corp.sim.call("GET", f"/corps/{corp.corp_id}/messages", limit=100)["items"]
    cards = [str(row) for row in inbox if "李总" in str(row)]
    assert cards and all(PHONE not in card and "139****5678" in card for card in cards)
    assert all(re.search("已跟进 (不到 1 分钟|\\d+ (分钟|小时|天))", card) for card in cards)
