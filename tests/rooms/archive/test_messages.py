"""Reading the chat archive: who may, what is found, what it shows, that it is recorded."""

import datetime as dt
import json

import pytest

from scrm.compliance.archive.models import Conversation
from scrm.core.outbox import OutboxRow
from scrm.core.reading import Reading
from scrm.identity.models import Role
from scrm.wecom import corps
from tests.rooms.given import Given
from tests.rooms.house import Console, House


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def customer(given: Given) -> str:
    """A customer of Bob's whom the archive knows by name."""
    return given.customer("王小明", of="bob")


@pytest.fixture
def console(house: House) -> Console:
    return house.console(Role.COMPLIANCE)


def test_conversation_is_read_in_order_with_names(house: House, given: Given, customer: str, console: Console) -> None:
    for number in range(5):
        given.said(*(("bob", customer) if number % 2 else (customer, "bob")), f"第{number}句")
    given.said("bob", "carl", "内部的话")
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


def test_conversation_is_walked_both_ways_from_a_hit(
    house: House, given: Given, customer: str, console: Console
) -> None:
    said = [given.said("bob", customer, f"第{number}句", seconds_ago=100 - number) for number in range(30)]
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


def test_chinese_words_are_found_with_filters(house: House, given: Given, customer: str, console: Console) -> None:
    other = given.customer("李女士", of="dora")
    given.said("bob", customer, "甲醛检测报告在合同附件里")
    given.said("dora", other, "检测报告明天寄出", seconds_ago=7200)
    given.said(
        customer,
        "bob",
        msgtype="file",
        file={"filename": "检测报告.pdf", "md5sum": "", "filesize": 1, "fileext": "pdf"},
    )

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


def test_search_is_walked_page_by_page(house: House, given: Given, customer: str, console: Console) -> None:
    said = [given.said("bob", customer, f"报价单 {n}", seconds_ago=50 - n) for n in range(7)]
    found: list[str] = []
    cursor = None
    while True:
        page = console.get("/messages", q="报价单", limit=3, **({"cursor": cursor} if cursor else {}))
        found += [row["msgid"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == said[::-1]


def test_recall_marks_the_original_which_stays(house: House, given: Given, customer: str, console: Console) -> None:
    said = given.said("bob", customer, "发错了")
    given.said("bob", customer, action="recall", msgtype="revoke", revoke={"pre_msgid": said})
    (row,) = console.get("/messages/conversations")["items"]
    original, recall = console.get(f"/messages/conversations/{row['id']}")["items"]
    assert original["body"]["content"] == "发错了"
    assert original["recalled_at"] is not None
    assert recall["msgtype"] == "revoke"


def test_what_a_forwarded_record_hides_does_not_stop_the_archive(
    house: House, given: Given, customer: str, console: Console
) -> None:
    """JSON in a string of JSON: a NUL and half of a character come to light only when the record is opened."""
    inner = json.dumps({"content": "转发\0的\ud83d合同"})
    given.said(
        "bob",
        customer,
        msgtype="chatrecord",
        chatrecord={"title": "聊天记录", "item": [{"type": "ChatRecordText", "content": inner}]},
    )
    given.said("bob", customer, "后面的一句")
    (row,) = console.get("/messages/conversations")["items"]
    record, after = console.get(f"/messages/conversations/{row['id']}")["items"]
    assert record["body"]["item"][0]["body"]["content"] == "转发\ufffd的\ufffd合同"
    assert after["body"]["content"] == "后面的一句"
    assert console.get("/messages", q="合同")["total"] == 1


def test_group_is_one_conversation_found_by_each_member(
    house: House, given: Given, customer: str, console: Console
) -> None:
    room = "wr-inside"
    given.said("bob", room, "大家好", tolist=["carl", "dora"])
    given.said("dora", room, "收到", tolist=["bob", "carl"])
    (row,) = console.get("/messages/conversations", chat_id=room)["items"]
    assert (row["kind"], row["messages"]) == ("group", 2)
    assert [item["id"] for item in console.get("/messages/conversations", userid="carl")["items"]] == [row["id"]]
    assert console.get("/messages/conversations", userid="emil")["items"] == []


def test_readings_are_recorded(house: House, given: Given, customer: str, console: Console) -> None:
    said = given.said("bob", customer, "合同已寄出")
    (row,) = console.get("/messages/conversations")["items"]
    console.get(f"/messages/conversations/{row['id']}", around=said)
    console.get("/messages", q="合同")
    readings = {row.subject: row for row in house.rows(Reading)}
    people = {f"conversation:{row['id']}", "staff:bob", f"customer:{customer}"}
    assert readings["conversations"].facts == {} and people <= set(readings["conversations"].about)
    assert readings[f"conversation:{row['id']}"].facts == {"around": said}
    assert people <= set(readings[f"conversation:{row['id']}"].about)
    assert readings["messages"].facts == {"searched": True} and people <= set(readings["messages"].about)
    assert corps.open_words(house.number, readings["messages"].words) == "合同"


@pytest.mark.parametrize("role", [Role.SALES, Role.MARKETER])
def test_other_roles_may_not_read(house: House, given: Given, customer: str, role: Role) -> None:
    other = house.console(role, userid="Anna.Li")
    for path in ("/messages", "/messages/conversations", "/messages/archive", "/messages/media/1", "/rules"):
        assert other.status("GET", path).status_code == 403


def test_another_corp_sees_nothing(house: House, given: Given, customer: str, neighbour: House) -> None:
    given.said("bob", customer, "只给自己看")
    (conversation,) = house.rows(Conversation)
    stranger = neighbour.console(Role.COMPLIANCE)
    assert stranger.get("/messages/conversations")["items"] == []
    assert stranger.get("/messages", q="只给自己")["items"] == []
    assert stranger.status("GET", f"/messages/conversations/{conversation.id}").status_code == 404
    assert stranger.get("/messages/archive")["configured"] is False


def test_conversations_are_told_once_per_page(house: House, given: Given, customer: str) -> None:
    for number in range(4):
        given.said("bob", customer, f"第{number}句")
    told = house.rows(OutboxRow, OutboxRow.event == "ConversationsSeen")
    assert all(len(row.payload["latest"]) == 1 for row in told)
