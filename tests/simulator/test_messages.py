"""Welcome messages, app messages and media (core sheet E1, E2; external-contact sheet 7.6)."""

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.simulator.conftest import CORP, Caller, Receiver

WELCOME, SEND = "externalcontact/send_welcome_msg", "message/send"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def code(sim: Caller, app: str = "customer", userid: str = "bob") -> dict[str, str]:
    codes: dict[str, str] = sim.act("add_contact", userid=userid)["welcome_codes"]
    return codes


def message(**values: object) -> dict[str, object]:
    return {"touser": "bob", "agentid": 1000002, "msgtype": "text", "text": {"content": "客户流失"}, **values}


def test_the_first_app_wins_the_welcome(sim: Caller, receiver: Receiver) -> None:
    codes, text = code(sim), {"text": {"content": "您好"}}
    assert sim.post(WELCOME, {"welcome_code": codes["customer"], **text}, "assistant")["errcode"] == 41050
    assert sim.post(WELCOME, {"welcome_code": codes["assistant"], **text}, "assistant")["errcode"] == 0
    assert sim.post(WELCOME, {"welcome_code": codes["customer"], **text})["errcode"] == 41051
    assert [row["app"] for row in sim.control("GET", f"corps/{CORP}/welcomes")["items"]] == ["assistant"]


def test_a_welcome_on_its_way_is_41096(sim: Caller, receiver: Receiver) -> None:
    codes, text = code(sim), {"text": {"content": "您好"}}
    sim.token("assistant")
    sim.token("customer")
    sim.control("PUT", "misfortunes", {"rules": [{"match": WELCOME, "kind": "latency", "seconds": 0.3}]})
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(sim.post, WELCOME, {"welcome_code": codes[app], **text}, app) for app in codes]
        assert sorted(call.result()["errcode"] for call in calls) == [0, 41096]


def test_a_code_ends_after_twenty_seconds(sim: Caller, receiver: Receiver) -> None:
    codes = code(sim)
    sim.act("expire_welcome")
    assert sim.post(WELCOME, {"welcome_code": codes["customer"], "text": {"content": "x"}})["errcode"] == 41050


def test_a_welcome_is_checked_before_its_code_is_spent(sim: Caller, receiver: Receiver) -> None:
    welcome_code = code(sim)["customer"]
    assert sim.post(WELCOME, {"text": {"content": "x"}})["errcode"] == 41049
    for body, expected in (
        ({}, 40063),
        ({"text": {"content": "长" * 1334}}, 45002),
        ({"attachments": [{"msgtype": "link", "link": {"title": "t", "url": "u"}}] * 10}, 41064),
        ({"attachments": [{"msgtype": "card", "card": {}}]}, 41065),
        ({"attachments": [{"msgtype": "image", "image": {"media_id": "x"}}]}, 40007),
        ({"attachments": [{"msgtype": "image", "image": {"pic_url": "https://example.com/a.png"}}]}, 40058),
    ):
        assert sim.post(WELCOME, {"welcome_code": welcome_code, **body})["errcode"] == expected
    assert sim.post(WELCOME, {"welcome_code": welcome_code, "text": {"content": "好"}})["errcode"] == 0


def test_a_message_names_who_did_not_get_it(sim: Caller) -> None:
    sent = sim.post(SEND, message(touser="bob|NoBody"))
    assert sent["errcode"] == 0 and sent["invaliduser"] == "nobody" and sent["msgid"]
    assert sim.post(SEND, message(touser="NoBody"))["errcode"] == 81013
    inbox = sim.control("GET", f"corps/{CORP}/messages")["items"]
    assert [(row["touser"], row["content"]) for row in inbox] == [(["bob"], {"content": "客户流失"})]
    assert sim.ledger(SEND)[0]["delivered_to"] == ["bob"]


def test_message_refusals(sim: Caller) -> None:
    for body, expected in (
        (message(touser=""), 82001),
        (message(touser="|".join(["bob"] * 1001)), 40032),
        (message(agentid=1000003), 301002),
        (message(agentid="1000002"), 40056),
        (message(msgtype="tweet"), 40008),
        (message(text={"content": ""}), 44004),
        (message(msgtype="markdown", markdown={"content": "长" * 700}), 45002),
        (message(msgtype="textcard", textcard={"title": "t", "description": "d"}), 40063),
        (message(msgtype="textcard", textcard={"title": "t", "description": "d", "url": "nowhere"}), 40058),
        (message(msgtype="image", image={"media_id": "x"}), 40007),
    ):
        assert sim.post(SEND, body)["errcode"] == expected, body
    assert sim.post(SEND, message(), "contacts")["errcode"] == 48002
    assert sim.control("GET", f"corps/{CORP}/messages")["items"] == []


def test_the_duplicate_check_accepts_and_does_not_deliver_again(sim: Caller) -> None:
    body = message(enable_duplicate_check=1)
    assert [sim.post(SEND, body)["errcode"] for _ in range(2)] == [0, 0]
    assert len(sim.control("GET", f"corps/{CORP}/messages")["items"]) == 1
    assert [row["duplicate"] for row in sim.ledger(SEND)] == [False, True]
    sim.post(SEND, message())
    sim.post(SEND, message())
    assert len(sim.control("GET", f"corps/{CORP}/messages")["items"]) == 3


def test_media_come_back_as_they_went(sim: Caller) -> None:
    params = {"access_token": sim.token(), "type": "image"}
    url = f"{sim.url}/cgi-bin/media/upload"
    made = requests.post(url, params=params, files={"media": ("图.png", PNG, "image/png")}, timeout=5).json()
    assert made["errcode"] == 0 and isinstance(made["created_at"], str)
    query = {"access_token": sim.token("assistant"), "media_id": made["media_id"]}
    assert requests.get(f"{sim.url}/cgi-bin/media/get", params=query, timeout=5).content == PNG
    part = requests.get(f"{sim.url}/cgi-bin/media/get", params=query, headers={"Range": "bytes=0-15"}, timeout=5)
    assert part.status_code == 206 and part.content == PNG[:16]
    assert sim.get("media/get", media_id="x")["errcode"] == 40007
    bad = requests.post(url, params=params, files={"media": ("a.png", b"no picture", "image/png")}, timeout=5).json()
    assert bad["errcode"] == 40123
