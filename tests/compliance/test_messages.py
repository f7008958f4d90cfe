"""Reading the chat archive: who may, what is found, what it shows, that it is recorded."""

import datetime as dt
import json

import pytest

from scrm.compliance.archive.models import Conversation, Message
from scrm.core.outbox import OutboxRow
from scrm.core.reading import Reading
from scrm.identity.models import Role
from scrm.wecom import corps
from tests.support.chats import pull, say
from tests.support.company import befriend
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


def test_conversation_is_walked_both_ways_from_a_hit(archived: Corp, customer: str, console: Console) -> None:
    said = [say(archived, "bob", customer, f"第{number}句", seconds_ago=100 - number)["msgid"] for number in range(30)]
    pull(archived)
    (row,) = console.get("/messages/conversations", userid="BOB")["items"]
    path = f"/messages/conversations/{row['id']}"
    around = console.get(path, around=said[15], limit=10)
    assert [item["msgid"] for item in around["items"]] == said[10:21]
    older = console.get(path, before=around["before"], limit=4)
    assert [item["msgid"] for item in older["items"]] == said[6:10]
    newer = console.get(path, after=around["after"], limit=4)
    assert [item["msgid"] for item in newer["items"]] == said[21:25]
    assert console.get(path, limit=5)["after"] is None
    assert console.status("GET", f"{path}?around=nothing").status_code == 404
    assert console.status("GET", f"{path}?before=nonsense").status_code == 400


def test_chinese_words_are_found_with_filters(archived: Corp, customer: str, console: Console) -> None:
    other = befriend(archived, "dora", "李女士")
    archived.sync()
    say(archived, "bob", customer, "甲醛检测报告在合同附件里")
    say(archived, "dora", other, "检测报告明天寄出", seconds_ago=7200)
    say(archived, customer, "bob", msgtype="file", filename="检测报告.pdf")
    pull(archived)

    def found(**query: object) -> list[str]:
        return [row["conversation"]["title"] for row in console.get("/messages", **query)["items"]]

    assert found(q="检测报告") == ["王小明", "王小明", "李女士"]
    assert found(q="检测报告", userid="dora") == ["李女士"]
    assert found(q="检测报告", external_userid=customer, msgtype="text") == ["王小明"]
    now = dt.datetime.now(dt.UTC)
    assert found(q="检测", until=(now - dt.timedelta(hours=1)).isoformat()) == ["李女士"]
    assert found(q="检测", since=(now - dt.timedelta(hours=1)).isoformat(), msgtype="file") == ["王小明"]
    assert found(q="告检") == []
    assert console.get("/messages", q="检测报告", limit=2)["total"] == 3
    assert console.status("GET", "/messages?q=检").json()["code"] == "search_too_short"
    assert found(q="检", userid="dora") == ["李女士"]  # one character, where a filter narrows
    assert found(q="甲", external_userid=customer) == ["王小明"] and found(q="甲", userid="dora") == []
    assert found(q="檢測報\u200b告", userid="dora") == ["李女士"]
    for words in ("bolu", "鮑勃", "BB", "鲍\ufe0f勃"):
        expected = ["王小明"] if words != "bolu" else []
        rows = console.get("/messages/conversations", q=words)["items"]
        assert [row["title"] for row in rows] == expected, words


def test_search_is_walked_page_by_page(archived: Corp, customer: str, console: Console) -> None:
    said = [say(archived, "bob", customer, f"报价单 {n}", seconds_ago=50 - n)["msgid"] for n in range(7)]
    pull(archived)
    found: list[str] = []
    cursor = None
    while True:
        page = console.get("/messages", q="报价单", limit=3, **({"cursor": cursor} if cursor else {}))
        found += [row["msgid"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == said[::-1]


def test_recall_marks_the_original_which_stays(archived: Corp, customer: str, console: Console) -> None:
    said = say(archived, "bob", customer, "发错了")["msgid"]
    archived.act("recall_message", msgid=said)
    pull(archived)
    (row,) = console.get("/messages/conversations")["items"]
    original, recall = console.get(f"/messages/conversations/{row['id']}")["items"]
    assert original["body"]["content"] == "发错了"
    assert original["recalled_at"] is not None
    assert recall["msgtype"] == "revoke"


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


def test_what_a_forwarded_record_hides_does_not_stop_the_archive(
    archived: Corp, customer: str, console: Console
) -> None:
    """JSON in a string of JSON: a NUL and half of a character come to light only when the record is opened."""
    inner = json.dumps({"content": "转发\0的\ud83d合同"})
    say(archived, "bob", customer, msgtype="chatrecord", item=[{"type": "ChatRecordText", "content": inner}])
    say(archived, "bob", customer, "后面的一句")
    pull(archived)
    (row,) = console.get("/messages/conversations")["items"]
    record, after = console.get(f"/messages/conversations/{row['id']}")["items"]
    assert record["body"]["item"][0]["body"]["content"] == "转发\ufffd的\ufffd合同"
    assert after["body"]["content"] == "后面的一句"
    assert console.get("/messages", q="合同")["total"] == 1


def test_group_is_one_conversation_found_by_each_member(archived: Corp, customer: str, console: Console) -> None:
    room = archived.act("open_room", name="内部群", members=["bob", "carl", "dora"])["chat_id"]
    say(archived, "bob", room, "大家好")
    say(archived, "dora", room, "收到")
    pull(archived)
    (row,) = console.get("/messages/conversations", chat_id=room)["items"]
    assert (row["kind"], row["messages"]) == ("group", 2)
    assert [item["id"] for item in console.get("/messages/conversations", userid="carl")["items"]] == [row["id"]]
    assert console.get("/messages/conversations", userid="emil")["items"] == []


def test_readings_are_recorded(archived: Corp, customer: str, console: Console) -> None:
    said = say(archived, "bob", customer, "合同已寄出")["msgid"]
    pull(archived)
    (row,) = console.get("/messages/conversations")["items"]
    console.get(f"/messages/conversations/{row['id']}", around=said)
    console.get("/messages", q="合同")
    readings = {row.subject: row for row in archived.rows(Reading)}
    people = {f"conversation:{row['id']}", "staff:bob", f"customer:{customer}"}
    assert readings["conversations"].facts == {} and people <= set(readings["conversations"].about)
    assert readings[f"conversation:{row['id']}"].facts == {"around": said}
    assert people <= set(readings[f"conversation:{row['id']}"].about)
    assert readings["messages"].facts == {"searched": True} and people <= set(readings["messages"].about)
    assert corps.open_words(archived.number, readings["messages"].words) == "合同"


@pytest.mark.parametrize("role", [Role.SALES, Role.MARKETER])
def test_other_roles_may_not_read(archived: Corp, customer: str, role: Role) -> None:
    other = archived.console(role, userid="Anna.Li")
    for path in ("/messages", "/messages/conversations", "/messages/archive", "/messages/media/1", "/rules"):
        assert other.status("GET", path).status_code == 403


def test_another_corp_sees_nothing(archived: Corp, customer: str, company: Corp) -> None:
    say(archived, "bob", customer, "只给自己看")
    pull(archived)
    (conversation,) = archived.rows(Conversation)
    stranger = company.console(Role.COMPLIANCE)
    assert stranger.get("/messages/conversations")["items"] == []
    assert stranger.get("/messages", q="只给自己")["items"] == []
    assert stranger.status("GET", f"/messages/conversations/{conversation.id}").status_code == 404
    assert stranger.get("/messages/archive")["configured"] is False


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
