"""Mass messages (external-contact sheet 7.1 to 7.5)."""

import time
from collections.abc import Callable

import requests

from tests.simulator.conftest import CORP, Caller

ADD, TASK = "externalcontact/add_msg_template", "externalcontact/get_groupmsg_task"
RESULT, LIST = "externalcontact/get_groupmsg_send_result", "externalcontact/get_groupmsg_list_v2"
REMIND, CANCEL = "externalcontact/remind_groupmsg_send", "externalcontact/cancel_groupmsg_send"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32
TEXT = {"text": {"content": "您好"}}
Make = Callable[..., str]


def habits(sim: Caller, **values: object) -> None:
    sim.control("PUT", f"corps/{CORP}/habits", values)


def made(sim: Caller, userid: str, *customers: str, **more: object) -> str:
    answer = sim.post(ADD, {"sender": userid, "external_userid": list(customers), **TEXT, **more})
    assert answer["errcode"] == 0, answer
    return str(answer["msgid"])


def statuses(sim: Caller, msgid: str, userid: str) -> dict[str, int]:
    rows = sim.post(RESULT, {"msgid": msgid, "userid": userid})["send_list"]
    return {row["external_userid"]: row["status"] for row in rows}


def test_nothing_is_delivered_before_the_member_confirms(sim: Caller, customer: Make) -> None:
    habits(sim, dispatch_seconds=0, group_send_seconds=0)
    first, second = customer(), customer()
    msgid = made(sim, "anna.li", first, second)
    assert sim.post(TASK, {"msgid": msgid})["task_list"] == [{"userid": "Anna.Li", "status": 0}]
    assert statuses(sim, msgid, "Anna.Li") == {first: 0, second: 0}
    sim.act("customer_deletes", userid="Anna.Li", external_userid=second, quiet=True)
    sim.act("confirm_group_message", msgid=msgid, userid="Anna.Li")
    (task,) = sim.post(TASK, {"msgid": msgid})["task_list"]
    assert task["status"] == 2 and task["send_time"] <= time.time()
    assert statuses(sim, msgid, "Anna.Li") == {first: 1, second: 2}


def test_strangers_stand_on_the_fail_list(sim: Caller, customer: Make) -> None:
    known, half = customer(), customer(half=True)
    answer = sim.post(ADD, {"sender": "Anna.Li", "external_userid": [known, half, "wmGONE"], **TEXT})
    assert answer["errcode"] == 0 and answer["fail_list"] == [half, "wmGONE"]
    assert sim.post(ADD, {"sender": "bob", "external_userid": [known], **TEXT})["errcode"] == 41048


def test_without_a_sender_who_chatted_last_sends(sim: Caller, customer: Make) -> None:
    habits(sim, dispatch_seconds=0)
    who = customer()
    sim.act("add_contact", userid="bob", external_userid=who, quiet=True)
    sim.act("start_chat", userid="Anna.Li", external_userid=who)
    msgid = sim.post(ADD, {"external_userid": [who], **TEXT})["msgid"]
    assert [row["userid"] for row in sim.post(TASK, {"msgid": msgid})["task_list"]] == ["Anna.Li"]


def test_limits_are_refused_before_anything_is_made(sim: Caller, customer: Make) -> None:
    who = customer()
    for body, expected in (
        ({}, 40063),
        ({"external_userid": ["wm"] * 3 + [f"wm{n}" for n in range(10_000)], **TEXT}, 40058),
        ({"sender": "Anna.Li", "external_userid": [who]}, 40063),
        ({"sender": "Anna.Li", "external_userid": [who], "text": {"content": "长" * 1334}}, 45002),
        ({"sender": "Anna.Li", "external_userid": [who], "attachments": [{"msgtype": "link"}] * 10}, 41064),
        ({"sender": "Anna.Li", "external_userid": [who], "attachments": [{"msgtype": "card", "card": {}}]}, 41065),
        (
            {
                "sender": "Anna.Li",
                "external_userid": [who],
                "attachments": [{"msgtype": "image", "image": {"media_id": "gone"}}],
            },
            40007,
        ),
        ({"sender": "carl", "external_userid": [who], **TEXT}, 60111),
        ({"sender": "nobody", "external_userid": [who], **TEXT}, 60111),
        ({"chat_type": "group", "sender": "Anna.Li", **TEXT}, 86214),
        ({"tag_filter": {"group_list": [{"tag_list": ["et-none"]}]}, **TEXT}, 40068),
    ):
        assert sim.post(ADD, body)["errcode"] == expected, body
    assert sim.post(ADD, {"sender": "Anna.Li", "external_userid": [who], **TEXT}, "contacts")["errcode"] == 48002
    assert sim.control("GET", f"corps/{CORP}/group_messages")["items"] == []


def test_a_customer_receives_no_more_than_the_quota(sim: Caller, customer: Make) -> None:
    habits(sim, dispatch_seconds=0, group_send_seconds=0, group_quota="day")
    who, fresh = customer(), customer()
    sim.act("send_group_message", userid="Anna.Li", text="自己发的", customers=[who])
    msgid = made(sim, "Anna.Li", who, fresh)
    sim.act("confirm_group_messages")
    assert statuses(sim, msgid, "Anna.Li") == {who: 3, fresh: 1}


def test_a_new_message_is_41063_for_a_moment_and_results_come_late(sim: Caller, customer: Make) -> None:
    habits(sim, dispatch_seconds=0.3, group_send_seconds=60)
    who = customer()
    msgid = made(sim, "Anna.Li", who)
    assert sim.post(TASK, {"msgid": msgid})["errcode"] == 41063
    assert sim.post(RESULT, {"msgid": msgid, "userid": "Anna.Li"})["errcode"] == 41063
    time.sleep(0.35)
    sim.act("confirm_group_message", msgid=msgid, userid="Anna.Li")
    assert sim.post(TASK, {"msgid": msgid})["task_list"][0]["status"] == 2
    assert statuses(sim, msgid, "Anna.Li") == {who: 0}


def test_a_listing_tells_the_text_and_not_who(sim: Caller, customer: Make) -> None:
    who, now = customer(), int(time.time())
    ids = [made(sim, "Anna.Li", who) for _ in range(3)]
    sim.act("send_group_message", userid="Anna.Li", text="自己发的", customers=[who])
    span = {"chat_type": "single", "start_time": now - 60, "end_time": now + 60}
    page = sim.post(LIST, {**span, "filter_type": 0, "limit": 2})
    rest = sim.post(LIST, {**span, "filter_type": 0, "limit": 2, "cursor": page["next_cursor"]})
    rows = page["group_msg_list"] + rest["group_msg_list"]
    assert [row["msgid"] for row in rows] == sorted(ids, key=lambda one: [row["msgid"] for row in rows].index(one))
    assert {row["msgid"] for row in rows} == set(ids) and rest["next_cursor"] == ""
    assert set(rows[0]) == {"msgid", "create_time", "create_type", "text", "attachments"}
    (own,) = sim.post(LIST, {**span, "filter_type": 1})["group_msg_list"]
    assert own["creator"] == "Anna.Li" and own["create_type"] == 1
    assert sim.post(LIST, {**span, "end_time": now + 40 * 86_400})["errcode"] == 40058
    assert sim.post(LIST, {"chat_type": "single"})["errcode"] == 40063


def test_results_come_in_pages(sim: Caller, customer: Make) -> None:
    habits(sim, dispatch_seconds=0)
    people = [customer() for _ in range(5)]
    msgid = made(sim, "Anna.Li", *people)
    seen: list[str] = []
    cursor = ""
    while True:
        page = sim.post(RESULT, {"msgid": msgid, "userid": "Anna.Li", "limit": 2, "cursor": cursor})
        seen += [row["external_userid"] for row in page["send_list"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert sorted(seen) == sorted(people)
    assert sim.post(RESULT, {"msgid": msgid, "userid": "Anna.Li", "cursor": "mine"})["errcode"] == 50100
    assert len(sim.post(RESULT, {"msgid": msgid, "userid": "Anna.Li", "limit": 5000})["send_list"]) == 5
    assert sim.post(RESULT, {"msgid": msgid, "userid": "bob"})["errcode"] == 40003


def test_three_reminders_a_day_and_none_after_a_cancel(sim: Caller, customer: Make) -> None:
    msgid = made(sim, "Anna.Li", customer())
    assert [sim.post(REMIND, {"msgid": msgid})["errcode"] for _ in range(4)] == [0, 0, 0, 41094]
    sim.act("pass_time", seconds=86_401)
    assert sim.post(REMIND, {"msgid": msgid})["errcode"] == 0
    assert sim.post(CANCEL, {"msgid": msgid})["errcode"] == 0
    assert sim.post(CANCEL, {"msgid": msgid})["errcode"] == 41093
    assert sim.post(REMIND, {"msgid": msgid})["errcode"] == 41093
    assert sim.post(CANCEL, {"msgid": "msgNONE"})["errcode"] == 41047
    refused = sim.control(
        "POST", f"corps/{CORP}/actions/confirm_group_message", {"msgid": msgid, "userid": "Anna.Li"}, status=400
    )
    assert "cancelled" in refused["error"]


def test_a_picture_lives_three_days(sim: Caller, customer: Make) -> None:
    params = {"access_token": sim.token(), "type": "image"}
    url = f"{sim.url}/cgi-bin/media/upload"
    media = requests.post(url, params=params, files={"media": ("a.png", PNG, "image/png")}, timeout=5).json()
    picture = {"msgtype": "image", "image": {"media_id": media["media_id"]}}
    assert made(sim, "Anna.Li", customer(), attachments=[picture])
