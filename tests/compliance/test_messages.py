"""Reading the chat archive: who may, what is found, what it shows, that it is recorded."""

import pytest

from scrm.compliance.archive.models import Message
from scrm.core.outbox import OutboxRow
from scrm.identity.models import Role
from tests.support.chats import pull, say
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


@pytest.fixture
def console(archived: Corp) -> Console:
    return archived.console(Role.COMPLIANCE)


def test_conversation_is_read_in_order_with_names(archived: Corp, customer: str, console: Console) -> None:
    for number in range(5):
        say(archived, *(("bob", customer) if number % 2 else (customer, "bob")), f"第{number}句")
    say(archived, "bob", "carl", "内部的话")
    pull(archived)
    rows = console.get("/messages/conversations")["items"]
    assert [(row["kind"], row["title"], row["messages"]) for row in rows] == [
        ("internal", "卡尔", 1),
        ("customer", "王小明", 5),
    ]
    assert (rows[1]["member"]["name"], rows[1]["last_words"]) == ("鲍勃", "第4句")
    window = console.get(f"/messages/conversations/{rows[1]['id']}")
    assert [row["body"]["content"] for row in window["items"]] == [f"第{number}句" for number in range(5)]
    assert [row["sender"]["name"] for row in window["items"]] == ["王小明", "鲍勃"] * 2 + ["王小明"]
    assert (window["before"], window["after"]) == (None, None)


def test_every_type_can_be_shown_and_pictures_open(archived: Corp, customer: str, console: Console) -> None:
    from simulator.chatter import TYPES

    for msgtype in TYPES:
        say(archived, "bob", customer, msgtype=msgtype)
    archived.act("switch_corp", userid="bob")
    pull(archived)
    assert len(archived.rows(Message)) == len(TYPES) + 1
    (row,) = console.get("/messages/conversations", kind="customer")["items"]
    items = console.get(f"/messages/conversations/{row['id']}", limit=100)["items"]
    assert {item["msgtype"] for item in items} == set(TYPES)
    assert "sdkfileid" not in str(items)
    image = next(item for item in items if item["msgtype"] == "image")["body"]["media"]
    answer = console.http.get(f"{console.web}/api/v1/messages/media/{image['id']}", timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    voice = next(item for item in items if item["msgtype"] == "voice")["body"]["media"]
    answer = console.http.get(f"{console.web}/api/v1/messages/media/{voice['id']}", timeout=10)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    record = next(item for item in items if item["msgtype"] == "chatrecord")["body"]["item"]
    assert [part["type"] for part in record] == ["text", "image"]
    assert record[1]["body"]["media"]["state"] == "stored"
    meeting = next(item for item in items if item["msgtype"] == "meeting")["body"]
    assert meeting["meetingid"] == "6000000000000000001"


def test_conversations_are_told_once_per_page(archived: Corp, customer: str) -> None:
    for number in range(4):
        say(archived, "bob", customer, f"第{number}句")
    pull(archived)
    told = archived.rows(OutboxRow, OutboxRow.event == "ConversationsSeen")
    assert all(len(row.payload["latest"]) == 1 for row in told)


def test_status_tells_of_the_pull(archived: Corp, customer: str, console: Console) -> None:
    say(archived, "bob", customer, poison="key")
    say(archived, "bob", customer, "好")
    pull(archived)
    status = console.get("/messages/archive")
    assert (status["configured"], status["stored"], status["reason"]) == (True, 1, None)
    assert status["parked"] == [{"reason": "wrong_key", "publickey_ver": 1, "count": 1}]
    assert status["lag_seconds"] < 60
    assert console.status("POST", "/messages/archive/retry").status_code == 403
    administrator = archived.console(Role.ADMINISTRATOR)
    assert administrator.status("POST", "/messages/archive/retry").json() == {"waiting": 1}
