"""Handing customers over (external-contact sheet 6): items fail one by one, a day passes, customers refuse."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from simulator.group_transfers import PER_DAY, GroupMove, moves
from simulator.takeovers import begin, book
from simulator.world import Corp, Customer, Follow, Staff
from tests.simulator.conftest import CORP, Caller, Receiver

Make = Callable[..., str]
EMPLOYED, RESIGNED = "externalcontact/transfer_customer", "externalcontact/resigned/transfer_customer"
RESULT, RESIGNED_RESULT = "externalcontact/transfer_result", "externalcontact/resigned/transfer_result"
UNASSIGNED = "externalcontact/get_unassigned_list"
DAY = 86_400


def body(handover: str, takeover: str, *ids: str, **more: Any) -> dict[str, Any]:
    return {"handover_userid": handover, "takeover_userid": takeover, "external_userid": list(ids), **more}


def codes(answer: dict[str, Any]) -> list[int]:
    assert answer["errcode"] == 0, answer
    return [row["errcode"] for row in answer["customer"]]


def results(sim: Caller, path: str, handover: str, takeover: str) -> dict[str, int]:
    answer = sim.post(path, {"handover_userid": handover, "takeover_userid": takeover})
    assert answer["errcode"] == 0, answer
    return {row["external_userid"]: row["status"] for row in answer["customer"]}


def test_transfer_waits_a_day_and_then_completes_by_itself(sim: Caller, customer: Make, receiver: Receiver) -> None:
    mei = customer(name="梅")
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "bob", mei))) == [0]
    answer = sim.post(RESULT, {"handover_userid": "anna.li", "takeover_userid": "bob"})
    (row,) = answer["customer"]
    assert row["status"] == 2 and row["takeover_time"] > sim.act("pass_time", seconds=0)["ahead_seconds"] + DAY
    assert receiver.got == []  # api writes send nothing; the outcome does
    assert sim.act("pass_time", seconds=DAY)["completed"] == 1
    assert results(sim, RESULT, "Anna.Li", "bob") == {mei: 1}
    got = {(row["app"], row["ChangeType"]): row for row in receiver.wait(3)}
    gone, new = got["customer", "del_external_contact"], got["customer", "add_external_contact"]
    assert (gone["UserID"], gone["Source"]) == ("Anna.Li", "DELETE_BY_TRANSFER")
    assert new["UserID"] == "bob" and "WelcomeCode" not in new
    (follow,) = sim.get("externalcontact/get", external_userid=mei)["follow_user"]
    assert (follow["userid"], follow["add_way"]) == ("bob", 202)


def test_customer_refuses_and_the_reason_is_told(sim: Caller, customer: Make, receiver: Receiver) -> None:
    mei = customer()
    sim.post(EMPLOYED, body("Anna.Li", "bob", mei))
    sim.act("refuse_transfer", external_userid=mei)
    assert results(sim, RESULT, "Anna.Li", "bob") == {mei: 3}
    told = receiver.wait(1)[0]
    assert (told["ChangeType"], told["UserID"], told["FailReason"]) == ("transfer_fail", "bob", "customer_refused")
    assert sim.post("externalcontact/list", {}, "customer")["errcode"] == 40003  # GET only
    assert sim.get("externalcontact/list", userid="Anna.Li")["external_userid"] == [mei]
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "bob", mei))) == [0]  # a refused one does not count


def test_full_member_is_refused_at_the_call_and_at_the_takeover(
    sim: Caller, customer: Make, receiver: Receiver
) -> None:
    one, two = customer(), customer()
    sim.act("limit_customers", userid="bob", limit=1)
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "bob", one))) == [0]
    customer("bob")
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "bob", two))) == [40099]
    sim.act("pass_time", seconds=DAY)
    assert results(sim, RESULT, "Anna.Li", "bob") == {one: 4}
    assert receiver.wait(1)[0]["FailReason"] == "customer_limit_exceed"


def test_items_fail_one_by_one_with_their_codes(sim: Caller, customer: Make) -> None:
    mei, other = customer(), customer("bob")
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "bob", mei, "wm0", other))) == [0, 40096, 40131]
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "bob", mei))) == [40100]
    sim.act("hire", userid="dora", department=2)
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "dora", mei))) == [40129]


def test_third_transfer_within_ninety_days_is_refused(sim: Caller, customer: Make) -> None:
    mei = customer()
    pair = ["Anna.Li", "bob"]
    for _ in range(2):
        assert codes(sim.post(EMPLOYED, body(*pair, mei))) == [0]
        sim.act("accept_transfer", external_userid=mei)
        pair.reverse()
    assert codes(sim.post(EMPLOYED, body(*pair, mei))) == [40128]
    sim.act("pass_time", seconds=91 * DAY)
    assert codes(sim.post(EMPLOYED, body(*pair, mei))) == [0]


def test_customer_who_comes_back_is_not_announced(sim: Caller, customer: Make, receiver: Receiver) -> None:
    mei = customer()
    for pair in (["Anna.Li", "bob"], ["bob", "Anna.Li"]):
        sim.post(EMPLOYED, body(*pair, mei))
        sim.act("accept_transfer", external_userid=mei)
    added = [row["UserID"] for row in receiver.wait(5) if row["ChangeType"] == "add_external_contact"]
    assert set(added) == {"bob"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"external_userid": ["wm1"] * 101}, 40058),
        ({"external_userid": []}, 41035),
        ({"takeover_userid": ""}, 40063),
        ({"takeover_userid": "nobody"}, 60111),
        ({"takeover_userid": "carl"}, 60111),  # no customer contact
        ({"takeover_userid": "anna.li"}, 40130),
        ({"transfer_success_msg": "好" * 201}, 40058),
    ],
)
def test_call_is_refused_as_a_whole(sim: Caller, change: dict[str, Any], code: int) -> None:
    assert sim.post(EMPLOYED, {**body("Anna.Li", "bob", "wm1"), **change})["errcode"] == code


def test_refusals_of_the_members_may_come_per_item(sim: Caller, customer: Make) -> None:
    mei = customer()
    sim.control("PUT", f"corps/{sim.corp_id}/habits", {"transfer_codes_on_items": True})
    assert codes(sim.post(EMPLOYED, body("Anna.Li", "Anna.Li", mei))) == [40130]


def test_member_without_real_name_takes_nobody_over(sim: Caller, customer: Make) -> None:
    mei = customer()
    sim.create(
        staff=[
            {"userid": "Anna.Li", "name": "李安娜", "department": [1]},
            {"userid": "bob", "name": "鲍勃", "department": [1], "verified": False},
            {"userid": "dora", "name": "朵拉", "department": [1], "status": 4},
            {"userid": "emil", "name": "埃米尔", "department": [1], "dormant": True},
        ]
    )
    for takeover, code in (("bob", 40098), ("dora", 40098), ("emil", 40205)):
        assert sim.post(EMPLOYED, body("Anna.Li", takeover, mei))["errcode"] == code


def test_only_listed_apps_hand_over(sim: Caller, customer: Make) -> None:
    mei = customer()
    answer = sim.post(EMPLOYED, body("Anna.Li", "bob", mei), "contacts")
    assert (answer["errcode"], answer["customer"]) == (48002, [])
    assert sim.post(EMPLOYED, body("Anna.Li", "bob", mei), "assistant")["errcode"] == 60111  # out of its range
    assert sim.post(UNASSIGNED, {}, "contacts")["errcode"] == 48002


def test_customers_of_a_leaver_are_unassigned_until_they_are_given_away(sim: Caller, customer: Make) -> None:
    ids = sorted(customer() for _ in range(3))
    assert sim.post(RESIGNED, body("Anna.Li", "bob", *ids))["errcode"] == 40097
    assert sim.post(UNASSIGNED, {}) == {"errcode": 0, "errmsg": "ok", "info": [], "is_last": True, "next_cursor": ""}
    sim.act("resign", userid="Anna.Li", quiet=True)
    first = sim.post(UNASSIGNED, {"page_size": 2, "cursor": ""})
    assert not first["is_last"] and len(first["info"]) == 2
    second = sim.post(UNASSIGNED, {"page_size": 2, "cursor": first["next_cursor"]})
    assert second["is_last"] and second["next_cursor"] == ""
    rows = [*first["info"], *second["info"]]
    assert [row["external_userid"] for row in rows] == ids
    assert {row["handover_userid"] for row in rows} == {"Anna.Li"} and rows[0]["dimission_time"] > 0
    assert sim.post(EMPLOYED, body("Anna.Li", "bob", *ids))["errcode"] == 60111
    assert codes(sim.post(RESIGNED, body("Anna.Li", "bob", *ids[:2]))) == [0, 0]
    assert [row["external_userid"] for row in sim.post(UNASSIGNED, {})["info"]] == ids[2:]
    sim.act("accept_transfer", external_userid=ids[0], quiet=True)
    sim.act("refuse_transfer", external_userid=ids[1], quiet=True)
    assert results(sim, RESIGNED_RESULT, "Anna.Li", "bob") == {ids[0]: 1, ids[1]: 3}
    assert [row["external_userid"] for row in sim.post(UNASSIGNED, {})["info"]] == ids[1:]
    assert sim.get("externalcontact/list", userid="bob")["external_userid"] == [ids[0]]


def test_unassigned_list_by_page_number_and_its_bounds(sim: Caller, customer: Make) -> None:
    customer()
    sim.act("resign", userid="Anna.Li", quiet=True)
    answer = sim.post(UNASSIGNED, {"page_id": 0, "page_size": 10})
    assert answer["is_last"] and "next_cursor" not in answer
    assert sim.post(UNASSIGNED, {"page_size": 1001})["errcode"] == 40058
    assert sim.post(UNASSIGNED, {"page_id": 50, "page_size": 1000})["errcode"] == 40058
    assert sim.post(UNASSIGNED, {"cursor": "x"})["errcode"] == 50100


def test_year_after_leaving_nothing_can_be_inherited(sim: Caller, customer: Make) -> None:
    mei = customer()
    sim.act("resign", userid="Anna.Li", quiet=True)
    sim.act("pass_time", seconds=366 * DAY)
    assert sim.post(UNASSIGNED, {})["info"] == []
    assert codes(sim.post(RESIGNED, body("Anna.Li", "bob", mei))) == [40131]


def test_two_calls_at_once_for_one_leaver_collide(sim: Caller, customer: Make) -> None:
    ids = [customer() for _ in range(2)]
    sim.act("resign", userid="Anna.Li", quiet=True)
    sim.control("PUT", f"corps/{sim.corp_id}/habits", {"transfer_seconds": 0.5})
    sim.token()
    got: list[int] = []

    def ask(one: str) -> None:
        got.append(sim.post(RESIGNED, body("Anna.Li", "bob", one))["errcode"])

    threads = [threading.Thread(target=ask, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [0, 45035]


def test_results_are_paged_by_the_thousand(sim: Caller) -> None:
    ids = sim.act("gain_customers", userid="Anna.Li", count=1005)["external_userids"]
    sim.act("resign", userid="Anna.Li", quiet=True)
    for start in range(0, 1005, 100):
        sim.post(RESIGNED, body("Anna.Li", "bob", *ids[start : start + 100]))
    seen, cursor = [], ""
    for size in (1000, 5):
        query = {"handover_userid": "Anna.Li", "takeover_userid": "bob", "cursor": cursor}
        page = sim.post(RESIGNED_RESULT, query)
        assert len(page["customer"]) == size
        seen += [row["external_userid"] for row in page["customer"]]
        cursor = page["next_cursor"]
    assert cursor == "" and sorted(seen) == sorted(ids)
    decided = sim.act("decide_transfers", refuse=5, full=3, quiet=True)
    assert sum(decided.values()) == 1005 and 20 < decided["refused"] < 90 and 10 < decided["full"] < 60


def test_groups_change_hands_at_once_and_failures_alone_are_named(sim: Caller) -> None:
    path, employed = "externalcontact/groupchat/transfer", "externalcontact/groupchat/onjob_transfer"
    mine, other = (
        sim.act("create_group", owner=owner, name="群", quiet=True)["chat_id"] for owner in ("Anna.Li", "bob")
    )

    def failures(at: str, *chats: str, owner: str = "bob") -> dict[str, int]:
        answer = sim.post(at, {"chat_id_list": list(chats), "new_owner": owner})
        assert answer["errcode"] == 0, answer
        return {row["chat_id"]: row["errcode"] for row in answer["failed_chat_list"]}

    assert failures(path, mine, other, "wr0") == {mine: 90500, other: 90504, "wr0": 90501}
    sim.act("resign", userid="Anna.Li", quiet=True)
    assert failures(employed, mine) == {mine: 90502}
    assert failures(path, mine) == {}
    assert sim.post("externalcontact/groupchat/get", {"chat_id": mine})["group_chat"]["owner"] == "bob"
    sim.act("hire", userid="dora", department=2)
    assert failures(path, mine, owner="dora") == {mine: 90508}
    for owner in ("dora", "bob"):
        assert failures(employed, other, owner=owner) == {}
    assert failures(employed, other, owner="dora") == {other: 40128}
    assert sim.post(path, {"chat_id_list": ["wr"] * 101, "new_owner": "bob"})["errcode"] == 40058
    assert sim.post(path, {"chat_id_list": [], "new_owner": "bob"})["errcode"] == 40063
    assert sim.post(path, {"chat_id_list": ["wr"], "new_owner": "carl"})["errcode"] == 60111


def test_one_owner_gives_three_hundred_groups_a_day(sim: Caller) -> None:
    path = "externalcontact/groupchat/transfer"
    chats = [sim.act("create_group", owner="Anna.Li", quiet=True)["chat_id"] for _ in range(301)]
    sim.act("resign", userid="Anna.Li", quiet=True)
    failed = []
    for start in range(0, 301, 100):
        answer = sim.post(path, {"chat_id_list": chats[start : start + 100], "new_owner": "bob"})
        failed += [row["errcode"] for row in answer["failed_chat_list"]]
    assert failed == [45009]
    sim.act("pass_time", seconds=DAY)
    assert sim.post(path, {"chat_id_list": chats[300:], "new_owner": "bob"})["failed_chat_list"] == []


def test_waiting_transfers_are_shown_to_the_player(sim: Caller, customer: Make) -> None:
    mei = customer()
    sim.post(EMPLOYED, body("Anna.Li", "bob", mei))
    (row,) = sim.control("GET", f"corps/{sim.corp_id}/transfers?status=waiting")["items"]
    assert (row["external_userid"], row["takeover_name"], row["resigned"]) == (mei, "鲍勃", False)


def test_transfers_come_back_from_the_journal() -> None:
    lines: list[dict[str, Any]] = []
    corp = Corp(CORP, "测试公司", seed=1)
    corp.write = lines.append
    corp.put(Staff("bob", "鲍勃", [1]))
    corp.put(Customer("wm1", "梅"))
    corp.put(Follow("bob", "wm1", 1))
    begin(corp, "bob", "dora", "wm1", resigned=False)
    again = Corp(CORP, "测试公司", seed=1)
    for line in json.loads(json.dumps(lines)):
        again.replay(line)
    assert list(book(again).waiting) == [("bob", "wm1")]


def test_daily_number_of_groups_comes_back_from_the_journal() -> None:
    lines: list[dict[str, Any]] = []
    corp = Corp(CORP, "测试公司", seed=1)
    corp.write = lines.append
    for number in range(PER_DAY):
        corp.put(GroupMove(number, f"wr{number}", "bob", resigned=False, at=corp.now()))
    again = Corp(CORP, "测试公司", seed=1)
    for line in json.loads(json.dumps(lines)):
        again.replay(line)
    assert len(moves(again)["owner", "bob"]) == PER_DAY
    assert len(moves(again)["group", "wr0"]) == 1
