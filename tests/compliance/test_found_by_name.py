"""Groups, rules, broadcasts and alerts are found as people type their names; texts of before are derived anew."""

from typing import Any

import pytest
from sqlalchemy import text

from scrm.compliance.alerts.models import TEXT_VERSION, Alert
from scrm.compliance.archive.models import Message, UnfoldedMessages
from scrm.core import chinese
from scrm.core.db import corp_schema, transaction
from scrm.core.doorbell import Lane
from scrm.customers.groups.models import TEXT_VERSION as GROUP_TEXT_VERSION
from scrm.customers.groups.models import GroupChat
from scrm.identity.models import Role
from scrm.wiring import QUEUES
from tests.support.chats import pull, say
from tests.support.database import owner
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

SPELLINGS = ["臺灣茶友", "台湾", "tw", "taiwan", "TWCY", "cy", "湾"]
QUEUE = {queue.name: queue for queue in QUEUES}


def total(console: Console, path: str, **query: Any) -> int:
    found: int = console.get(path, **query)["total"]
    return found


@pytest.mark.parametrize("words", [*SPELLINGS, "无此名", "aiw"])
def test_rules_and_broadcasts_are_found_as_they_are_typed(archived: Corp, words: str) -> None:
    officer, marketer = archived.console(Role.COMPLIANCE), archived.console(Role.MARKETER)
    assert officer.status("POST", "/rules", {"name": "臺灣茶友", "words": "返点"}).status_code < 300
    body = {"title": "臺灣茶友", "text": "您好", "audience": {"everyone": True}}
    assert marketer.status("POST", "/broadcasts", body).status_code == 201
    expected = 1 if words in SPELLINGS else 0
    assert total(officer, "/rules", q=words) == expected
    assert total(marketer, "/broadcasts", q=words) == expected


def test_groups_and_alerts_are_found_by_an_index_and_derived_anew(archived: Corp, customer: str) -> None:
    officer = archived.console(Role.COMPLIANCE)
    group = archived.act("create_group", owner="bob", name="臺灣茶友", quiet=True)["chat_id"]
    archived.sync()
    say(archived, "bob", group, "大家好")
    pull(archived)
    archived.act("delete_contact", userid="bob", external_userid=customer)
    archived.settle()

    def all_found() -> bool:
        groups = [total(officer, "/messages/conversations", q=words) for words in SPELLINGS]
        alerts = [
            total(officer, "/alerts", q=words) for words in ("王小明", "wxm", "xiaoming", "小", "鲍勃", "bob", customer)
        ]
        return groups == [1] * len(SPELLINGS) and alerts == [1] * 7

    assert all_found()
    assert total(officer, "/alerts", q="李") == total(officer, "/messages/conversations", q="北京") == 0
    with owner() as connection:
        for table in ("group_chat", "alert"):
            name = f"{corp_schema(archived.number)}.{table}"
            connection.execute(f"UPDATE {name} SET search_text = '', bigrams = '{{}}', text_version = 0".encode())
    assert not all_found()
    archived.drain()
    assert all_found()
    assert {row.text_version for row in archived.rows(Alert)} == {TEXT_VERSION}
    assert {row.text_version for row in archived.rows(GroupChat)} == {GROUP_TEXT_VERSION}


def test_messages_of_before_are_folded_as_new_ones_and_nothing_else_of_them_changes(
    archived: Corp, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = archived.console(Role.COMPLIANCE)
    for number in range(5):
        say(archived, customer, "bob", f"臺灣的茶葉第{number}批", seconds_ago=60 - number)
    say(archived, customer, "bob", "普通话")
    pull(archived)
    before = archived.rows(Message)
    schema = corp_schema(archived.number)
    spelt = "replace(replace(words, '台湾', '臺灣'), '茶叶', '茶葉')"
    old = f"UPDATE {schema}.message SET words = {spelt}, bigrams = '{{}}' WHERE words LIKE '%批%'"
    with owner() as connection:
        connection.execute(old.encode())
        connection.execute(f"INSERT INTO {schema}.message_unfolded VALUES (1, '1900-01-01+00', 0)".encode())
    assert total(officer, "/messages", q="台湾") == 0
    monkeypatch.setattr("scrm.compliance.archive.actions.refolding.BATCH", 2)
    taken = [QUEUE["message_texts"].drain_batch(archived.number, Lane.BULK) for _ in range(6)]
    assert taken == [1, 1, 1, 1, 0, 0]
    assert archived.rows(UnfoldedMessages) == []
    assert total(officer, "/messages", q="台湾") == total(officer, "/messages", q="臺灣") == 5
    after = archived.rows(Message)
    assert [(row.msgid, row.body, row.digest, row.at) for row in after] == [
        (row.msgid, row.body, row.digest, row.at) for row in before
    ]
    assert all(row.words == chinese.simplified(row.words) for row in after)


def test_words_of_a_message_are_not_changed_once_that_is_done(archived: Corp, customer: str) -> None:
    say(archived, customer, "bob", "原来的话")
    pull(archived)
    (row,) = archived.rows(Message)
    with transaction(archived.number) as session:
        changed = text("SELECT refold_message(:at, :id, '别人的话', '{}')")
        session.execute(changed, {"at": row.at, "id": row.id})
    assert [one.words for one in archived.rows(Message)] == [row.words]
