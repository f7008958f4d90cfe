"""Callbacks as the real sender sends them (core sheet A, B)."""

import time
from xml.etree import ElementTree

from tests.simulator.conftest import CORP, Caller, Receiver
from tests.support.patience import Patience


def settle(sim: Caller, count: int) -> list[dict[str, object]]:
    """Wait until nothing is on its way and ``count`` attempts are in the sender journal."""
    patience = Patience(15)
    while True:
        seen = sim.control("GET", f"corps/{CORP}/deliveries")
        if seen["pending"] == 0 and len(seen["items"]) >= count:
            rows: list[dict[str, object]] = seen["items"]
            return rows
        patience.go_on(seen, "callbacks are on their way")
        time.sleep(0.02)


def test_the_url_verification_checks_the_echo(sim: Caller, receiver: Receiver) -> None:
    assert sim.control("POST", f"corps/{CORP}/apps/customer/verify")["ok"] is True
    put = sim.control("PUT", f"corps/{CORP}/apps/customer/callback", {"url": "http://127.0.0.1:9/x", "verify": True})
    assert put["verified"]["ok"] is False and put["verified"]["reason"]


def test_an_add_reaches_every_app_that_sees_the_member(sim: Caller, receiver: Receiver) -> None:
    made = sim.act("add_contact", userid="bob", name="梅", state="expo")
    got = receiver.wait(2)
    assert sorted(row["app"] for row in got) == ["assistant", "customer"]
    for row in got:
        assert row["ToUserName"] == CORP and row["FromUserName"] == "sys" and row["MsgType"] == "event"
        assert row["Event"] == "change_external_contact" and row["ChangeType"] == "add_external_contact"
        assert row["UserID"] == "bob" and row["ExternalUserID"] == made["external_userid"] and row["State"] == "expo"
        assert row["WelcomeCode"] == made["welcome_codes"][row["app"]]
    assert len(set(made["welcome_codes"].values())) == 2
    sim.act("add_contact", userid="Anna.Li")
    assert [row["app"] for row in receiver.wait(3)[2:]] == ["customer"]


def test_wecom_users_and_console_welcomes_get_no_code(sim: Caller, receiver: Receiver) -> None:
    made = sim.act("add_contact", userid="Anna.Li", type=2)
    assert made["welcome_codes"] == {} and "WelcomeCode" not in receiver.wait(1)[0]


def test_a_half_contact_is_confirmed_later(sim: Caller, receiver: Receiver) -> None:
    half = sim.act("add_contact", userid="Anna.Li", half=True)
    sim.act("confirm_half", userid="Anna.Li", external_userid=half["external_userid"])
    kinds = sorted(row["ChangeType"] for row in receiver.wait(2))
    assert kinds == ["add_external_contact", "add_half_external_contact"]


def test_who_deleted_whom_is_told_apart(sim: Caller, receiver: Receiver) -> None:
    one = sim.act("add_contact", userid="Anna.Li", quiet=True)["external_userid"]
    two = sim.act("add_contact", userid="Anna.Li", quiet=True)["external_userid"]
    sim.act("delete_contact", userid="Anna.Li", external_userid=one, source="DELETE_BY_TRANSFER")
    sim.act("customer_deletes", userid="Anna.Li", external_userid=two)
    got = {row["ChangeType"]: row for row in receiver.wait(2)}
    assert got["del_external_contact"]["Source"] == "DELETE_BY_TRANSFER"
    assert got["del_follow_user"]["ExternalUserID"] == two and "Source" not in got["del_follow_user"]


def test_api_writes_are_silent_and_client_actions_are_not(sim: Caller, receiver: Receiver) -> None:
    mei = sim.act("add_contact", userid="Anna.Li", quiet=True)["external_userid"]
    sim.post("externalcontact/remark", {"userid": "Anna.Li", "external_userid": mei, "remark": "梅"})
    sim.post("externalcontact/add_corp_tag", {"group_name": "甲", "tag": [{"name": "一"}]})
    sim.act("edit_contact", userid="Anna.Li", external_userid=mei, remark="梅姐")
    time.sleep(0.2)
    assert [row["ChangeType"] for row in receiver.got] == ["edit_external_contact"]


def test_a_failed_push_comes_again_with_the_same_inner_xml(sim: Caller, receiver: Receiver) -> None:
    receiver.statuses = [500, 503, 200]
    sim.act("add_contact", userid="Anna.Li")
    attempts = settle(sim, 3)
    assert [row["status"] for row in attempts] == [500, 503, 200]
    assert len({row["xml"] for row in receiver.got}) == 1
    assert len({row["cipher"] for row in receiver.got}) == 3
    assert len({row["nonce"] for row in attempts}) == 3


def test_it_gives_up_after_three_retries(sim: Caller, receiver: Receiver) -> None:
    receiver.statuses = [500] * 10
    sim.act("add_contact", userid="Anna.Li")
    assert len(settle(sim, 4)) == 4
    time.sleep(0.2)
    assert len(receiver.got) == 4


def test_nobody_listening_is_retried_like_any_failure(sim: Caller, receiver: Receiver) -> None:
    sim.control("PUT", f"corps/{CORP}/apps/customer", {"callback_url": "http://127.0.0.1:9/nobody"})
    for _ in range(10):  # more than there are senders: none may die of it
        sim.act("add_contact", userid="Anna.Li")
    attempts = settle(sim, 40)
    assert len(attempts) == 40 and {row["reason"] for row in attempts} == {"ConnectionRefusedError"}
    sim.control("PUT", f"corps/{CORP}/apps/customer", {"callback_url": f"{receiver.url}/customer"})
    sim.act("add_contact", userid="Anna.Li")
    receiver.wait(1)


def test_a_slow_answer_counts_as_none(sim: Caller, receiver: Receiver) -> None:
    receiver.sleeps = [1.5]
    sim.act("add_contact", userid="Anna.Li")
    assert [(row["status"], row["reason"]) for row in settle(sim, 2)] == [(0, "timeout"), (200, "")]


def test_contact_events_go_to_contact_sync_alone_and_carry_ids(sim: Caller, receiver: Receiver) -> None:
    sim.act("hire", userid="dora", name="朵拉", department=2)
    sim.act("move_department", userid="dora", departments=[2, 3])
    sim.act("rename_staff", userid="dora", name="新名")
    sim.act("create_department", name="新部门", parentid=1)
    settle(sim, 4)
    contact = [row for row in receiver.got if row["Event"] == "change_contact"]
    assert {row["app"] for row in contact} == {"contacts"}
    assert [row["ChangeType"] for row in sorted(contact, key=lambda row: row["ChangeType"])] == [
        "create_party",
        "create_user",
        "update_user",
    ]
    assert all("Name" not in row for row in contact)
    moved = next(row for row in contact if row["ChangeType"] == "update_user")
    assert moved["Department"] == "2,3"
    assert [row["AgentID"] for row in receiver.got if row["Event"] == "subscribe"] == ["1000002"]


def test_a_new_userid_takes_customers_along(sim: Caller, receiver: Receiver) -> None:
    mei = sim.act("add_contact", userid="bob", quiet=True)["external_userid"]
    sim.act("change_userid", userid="bob", new_userid="robert")
    got = receiver.wait(1)[0]
    assert (got["UserID"], got["NewUserID"], got["ChangeType"]) == ("bob", "robert", "update_user")
    assert sim.get("externalcontact/list", userid="robert")["external_userid"] == [mei]


def test_events_can_be_lost_or_doubled(sim: Caller, receiver: Receiver) -> None:
    sim.control("PUT", f"corps/{CORP}/habits", {"callback_drop": 1.0})
    sim.act("add_contact", userid="Anna.Li")
    sim.control("PUT", f"corps/{CORP}/habits", {"callback_drop": 0.0, "callback_twice": 1.0})
    made = sim.act("add_contact", userid="Anna.Li")
    settle(sim, 2)
    assert [row["ExternalUserID"] for row in receiver.got] == [made["external_userid"]] * 2


def test_a_resignation_is_told_to_all(sim: Caller, receiver: Receiver) -> None:
    sim.act("resign", userid="bob")
    got = {(row["app"], row["Event"]) for row in receiver.wait(3)}
    assert got == {("contacts", "change_contact"), ("customer", "unsubscribe"), ("assistant", "unsubscribe")}


def test_group_changes_chain_their_versions(sim: Caller, receiver: Receiver) -> None:
    mei = sim.act("add_contact", userid="Anna.Li", quiet=True)["external_userid"]
    chat_id = sim.act("create_group", owner="Anna.Li", name="群")["chat_id"]
    sim.act("add_group_members", chat_id=chat_id, members=[mei, "bob"], join_scene=3)
    sim.act("remove_group_members", chat_id=chat_id, members=["bob"], quit_scene=1)
    sim.act("dismiss_group", chat_id=chat_id)
    got = sorted(receiver.wait(4), key=lambda row: row.get("UpdateDetail", str(row["ChangeType"])))
    added, create, removed, dismiss = got
    assert (create["ChangeType"], dismiss["ChangeType"]) == ("create", "dismiss")
    assert (added["JoinScene"], added["QuitScene"], added["MemChangeCnt"]) == ("3", "0", "2")
    items = ElementTree.fromstring(added["xml"]).findall("MemChangeList/Item")
    assert [item.text for item in items] == [mei, "bob"]
    assert added["CurMemVer"] == removed["LastMemVer"] != added["LastMemVer"]
    assert removed["QuitScene"] == "1" and "JoinScene" not in removed


def test_tag_events_name_the_kind(sim: Caller, receiver: Receiver) -> None:
    group = sim.act("add_tag_group", name="等级", tags=["A"])
    sim.act("delete_tag", id=group["id"])
    settle(sim, 6)
    mine = [row for row in receiver.got if row["app"] == "customer"]
    assert sorted((row["ChangeType"], row["TagType"]) for row in mine) == [
        ("create", "tag"),
        ("create", "tag_group"),
        ("delete", "tag_group"),
    ]


def test_any_inner_xml_can_be_sent(sim: Caller, receiver: Receiver) -> None:
    xml = "<xml><MsgType>event</MsgType><Event>新事件</Event></xml>"
    sim.control("POST", f"corps/{CORP}/callbacks/raw", {"app": "contacts", "xml": xml})
    assert receiver.wait(1)[0]["xml"] == xml


def test_a_storm_is_unique_duplicated_and_true_at_the_end(sim: Caller, receiver: Receiver) -> None:
    for _ in range(10):
        sim.act("add_contact", userid="bob", quiet=True)
    receiver.statuses = [500] * 20
    started = sim.control("POST", f"corps/{CORP}/storm", {"unique": 120, "duplicates": 0.3, "seed": 7})
    patience = Patience(15)
    while not (status := sim.control("GET", f"corps/{CORP}/storm/{started['id']}"))["done"]:
        patience.go_on(status, "the storm does not end")
        time.sleep(0.05)
    assert status["given_up"] == 0 and status["answered"] == status["deliveries"]
    journal = sim.session.get(f"{sim.url}/_sim/corps/{CORP}/storm/{started['id']}/journal").text.splitlines()
    assert len(journal) == status["deliveries"]
    customer = [row for row in receiver.got if row["app"] == "customer" and row["status"] == 200]
    assert len({row["xml"] for row in customer}) == 120
    assert len(receiver.got) == status["deliveries"] + 20
    last = {}
    for row in sorted(customer, key=lambda row: int(row["CreateTime"])):
        last[row["UserID"], row["ExternalUserID"]] = row["ChangeType"]
    world = {
        (row["userid"], row["external_userid"]): row["status"]
        for row in sim.control("GET", f"corps/{CORP}/relations")["items"]
    }
    for pair, change in last.items():
        expected = {"del_external_contact": None, "del_follow_user": "left"}.get(change, world.get(pair))
        assert world.get(pair) == expected
