"""Upgrade: a database of 0.1, dumped with its work unfinished, is brought to today's tables and works on.

`tests/data/release-0.1.sql` is the plain dump of one small corp as 0.1 left it: accounts with tokens, customers with
relations, tags and a group, alerts, a handover, broadcasts, archived messages and one that does not open, callbacks,
events, calls and a sync that were ready, leased, parked or running. Nothing here names a revision.
"""

import dataclasses
import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import pytest
import requests
from sqlalchemy import text

from scrm.compliance.archive.actions import keying, messages, versions
from scrm.compliance.archive.actions.prepared import prepare
from scrm.compliance.archive.models import Conversation, Message, MessageVersion
from scrm.contracts.archive import OpenedMessage
from scrm.core import clock, migrate
from scrm.core.db import database, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.core.settings import settings
from scrm.identity import tokens
from scrm.marketing.broadcasts.actions import listing
from scrm.runtime import postgres
from scrm.runtime.places import Places
from tests.support.company import SPEC
from tests.support.database import owner
from tests.support.moved_clock import later
from tests.support.patience import Patience
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

DUMP = Path(__file__).parents[1] / "data" / "release-0.1.sql"
NUMBER, CORP_ID = 9001, "wwold0000000001"
LIVE = {"bob": [1, 2, 4, 5, 6, 9, 10], "carl": [7, 8], "dora": [3]}  # who follows wmOLD01 … wmOLD10 at WeCom
# Without the questions after tasks of broadcasts, which this WeCom has never heard of.
UNFINISHED: LiteralString = """
    SELECT 'callback', state, count(*) FROM corp_9001.wecom_inbox WHERE state IN ('ready', 'parked') GROUP BY 2
    UNION ALL SELECT 'event', state, count(*) FROM corp_9001.outbox WHERE state IN ('ready', 'parked') GROUP BY 2
    UNION ALL SELECT 'call', state, count(*) FROM corp_9001.wecom_call WHERE state IN ('ready', 'leased', 'parked')
        AND method <> 'group_messages.get_groupmsg_task' GROUP BY 2
    UNION ALL SELECT 'sync', state, count(*) FROM corp_9001.sync_run WHERE state = 'running' GROUP BY 2
"""
# What 0.1 made of a msgid that came again a year before, and of a message without a time.
_COLUMNS: LiteralString = "conversation_id, sender, sender_kind, msgtype, body, words, bigrams, digest, archived_at"
_AGAIN: LiteralString = f"""
    INSERT INTO corp_9001.message (msgid, at, seq, publickey_ver, {_COLUMNS})
    SELECT msgid, at - interval '400 days', seq, 1, {_COLUMNS} FROM corp_9001.message
    WHERE words = '您可以私下转账给我';
"""
DOUBTFUL: LiteralString = f"""{_AGAIN}
    INSERT INTO corp_9001.message (msgid, at, seq, publickey_ver, {_COLUMNS})
    SELECT 'untimed', to_timestamp(0), '1', 1, {_COLUMNS} FROM corp_9001.message WHERE words = '好的';
    UPDATE corp_9001.conversation SET messages = messages + 2, first_at = to_timestamp(0);
"""
# Somebody who has not used the one-time password of before yet; what it is nobody asks here.
_UNUSED: LiteralString = """
    INSERT INTO scrm.account (name, corp_no, role, password_hash, must_change_password, failed_logins, created_at)
    SELECT 'old-unused', corp_no, 'sales', password_hash, true, 0, created_at FROM scrm.account WHERE name = 'old-desk';
"""
# Whenever this is run: the broadcast of the dump is one of the last 92 days.
_LATELY: LiteralString = "UPDATE corp_9001.broadcast SET started_at = now() - interval '1 day' WHERE id = 1"


@pytest.fixture(scope="module")
def old(postgres_places: Places, service: str, sim: Simulator) -> Iterator[Corp]:
    """The corp of the dump, restored into a database of its own, upgraded, and served."""
    apps = [_app("customer", agent_id=1000002), _app("assistant", agent_id=1000003)]
    apps += [_app("contacts", "contact_sync"), _app("archive", "archive")]
    sim.create_corp(CORP_ID, **{**SPEC, "archive": True, "apps": apps})
    for userid, numbers in LIVE.items():
        for number in numbers:
            sim.act(CORP_ID, "add_contact", userid=userid, external_userid=f"wmOLD{number:02}", quiet=True)
    url = postgres.create_database(postgres_places, "scrm_release")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCRM_DATABASE_URL", url)
        _look_anew()
        migrate.prepare_roles(url, settings().secret_key, [NUMBER])
        with owner() as connection:
            connection.execute(DUMP.read_bytes())
            connection.execute("UPDATE scrm.corp SET api_base = %s", (sim.address,))
            connection.execute(DOUBTFUL)
            connection.execute(_UNUSED)
            connection.execute(_LATELY)
        migrate.upgrade(url, settings().secret_key)
        try:
            yield Corp(NUMBER, CORP_ID, service, sim)
        finally:
            sim.call("DELETE", f"/corps/{CORP_ID}")
            patch.undo()
            _look_anew()


def test_upgraded_database_is_a_fresh_one(old: Corp) -> None:
    assert migrate.differences(settings().database_url) == []


def test_whom_a_broadcast_of_before_went_to_is_gathered_in_the_background(old: Corp) -> None:
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")

    def got() -> tuple[list[tuple[str, str]], list[str]]:
        page = admin.get("/customers/wmOLD04/timeline", source="broadcasts")
        told = [(row["facts"]["title"], row["facts"]["recipient_state"]) for row in page["items"]]
        return told, page["gathering"]

    assert got() == ([], ["broadcasts"])
    slices = 0
    while taken := listing.QUEUE.drain_batch(NUMBER, Lane.BULK):
        slices += taken
    assert slices == 3 and got() == ([("已发出的群发", "created")], [])


def test_accounts_and_tokens_of_before_open_the_same_doors(old: Corp) -> None:
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")
    assert admin.get("/me")["role"] == "administrator"
    found = {row["external_userid"] for row in admin.get("/customers")["items"]}
    assert found >= {f"wmOLD{number:02}" for number in range(1, 10)}
    (group,) = admin.get("/tags")["items"]
    assert [tag["name"] for tag in group["tags"]] == ["重要", "一般"]
    answer = requests.get(
        f"{old.web}/api/v1/customers", headers={"Authorization": "Bearer token of old-bob"}, timeout=10
    )
    assert answer.status_code == 200
    assert {row["external_userid"] for row in answer.json()["items"]} <= found - {"wmOLD07", "wmOLD08"}


def test_tokens_of_before_get_a_year_and_administrators_are_told_once(old: Corp) -> None:
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")
    (row,) = admin.get("/me/tokens")["items"]
    left = dt.datetime.fromisoformat(row["ends_at"]) - clock.now()
    assert dt.timedelta(days=364) < left <= dt.timedelta(days=365)

    def told() -> list[str]:
        with transaction(NUMBER) as session:
            tokens.watch(session, {})
        there = Console.signed_in(old.web, "old-admin", "password of old-admin")
        return [alarm["zh"] for alarm in there.get("/alarms")["items"] if "令牌" in alarm["zh"]]

    (sentence,) = told()
    assert "2 个访问令牌有了到期日" in sentence and row["ends_at"][:4] in sentence
    assert told() == [sentence]
    for days in (8, 9):
        with later(days * 86_400):
            assert told() == [], "it is told once and goes after a week"
    with later(366 * 86_400):
        bearer = {"Authorization": "Bearer token of old-bob"}
        assert requests.get(f"{old.web}/api/v1/customers", headers=bearer, timeout=10).status_code == 401


def test_one_time_password_of_before_runs_out_three_days_after_the_upgrade(old: Corp) -> None:
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")
    rows = {row["name"]: row for row in admin.get("/accounts")["items"]}
    left = dt.datetime.fromisoformat(rows["old-unused"]["one_time_until"]) - clock.now()
    assert dt.timedelta(hours=71) < left <= dt.timedelta(hours=72)
    assert rows["old-desk"]["one_time_until"] is None
    signed_in = Console.signed_in(old.web, "old-unused", "password of old-desk")
    assert signed_in.get("/me")["must_change_password"] is True
    with later(73 * 3_600):
        body = {"name": "old-unused", "password": "password of old-desk"}
        assert requests.post(f"{old.web}/api/v1/session", json=body, timeout=10).status_code == 401


def test_session_of_before_ends_like_any_other(old: Corp) -> None:
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")
    with owner() as connection:  # the dump is older than its sessions would live
        connection.execute(
            "UPDATE scrm.login_session SET created_at = now(), seen_at = now(), expires_at = now() + interval '7 days'"
            " WHERE browser IS NULL"
        )
    before = [row for row in admin.get("/me/sessions")["items"] if row["browser"] is None]
    assert len({row["id"] for row in before}) == len(before) == 1
    assert (before[0]["address"], before[0]["way"]) == (None, "password")
    assert admin.status("DELETE", f"/me/sessions/{before[0]['id']}").status_code == 204


def test_what_was_recorded_is_still_shown(old: Corp) -> None:
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")
    detail = admin.get("/customers/wmOLD01")
    (follow,) = detail["follows"]
    assert (follow["staff_name"], follow["description"]) == ("鲍勃", "预算 3 万")
    assert [tag["name"] for tag in detail["tags"]] == ["重要"]
    assert {row["kind"] for row in admin.get("/alerts")["items"]} >= {
        "customer_left",
        "staff_deleted_customer",
        "word_hit",
    }
    (case,) = admin.get("/handovers")["items"]
    assert case["userid"] == "carl"
    desk = Console.signed_in(old.web, "old-desk", "password of old-desk")
    assert {"已发出的群发", "草稿"} <= {row["title"] for row in desk.get("/broadcasts")["items"]}
    eyes = Console.signed_in(old.web, "old-eyes", "password of old-eyes")
    (chat,) = eyes.get("/messages/conversations")["items"]
    said = eyes.get(f"/messages/conversations/{chat['id']}")["items"]
    assert "您可以私下转账给我" in [row["body"].get("content") for row in said]


def test_keys_of_messages_come_in_the_background_and_one_msgid_is_one_message_meanwhile(
    old: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (_all("message_key", "msgid"), _all("message_unkeyed", "msgid, onwards")) == ([], [("", True)])
    said = {row.msgid: row for row in old.rows(Message)}
    body = next(row.body for row in said.values() if row.words == "您可以私下转账给我")
    with transaction(NUMBER) as session:
        page = prepare([OpenedMessage(9, body["msgid"], 1, body, json.dumps(body).encode(), b"another")])
        assert messages.claimed(session, page) == ([], page)
        assert versions.keep(session, page) == []
    monkeypatch.setattr(keying, "BATCH", 2)
    queue = dataclasses.replace(keying.QUEUE, batch=2)
    batches = [queue.drain_batch(NUMBER, Lane.BULK)]
    with transaction(NUMBER) as session:  # 0.1 runs on for a while, and stores behind what has been filled
        session.execute(text(_AGAIN))
    while batches[-1]:
        batches.append(queue.drain_batch(NUMBER, Lane.BULK))
    assert batches == [1, 2, 1, 1, 1, 0] and turns.due_queues(NUMBER, Lane.BULK).count(keying.QUEUE) == 0
    assert _all("message_key", "msgid, at") == sorted((row.msgid, row.at) for row in old.rows(Message))
    assert sorted(row.msgid for row in old.rows(Message)) == sorted(said)
    assert [row.msgid for row in old.rows(MessageVersion)] == [body["msgid"]]
    (untimed,) = old.rows(Message, Message.msgid == "untimed")
    assert (untimed.at, untimed.time_known) == (untimed.archived_at, False)
    (chat,) = old.rows(Conversation)
    assert chat.first_at == min(row.at for row in old.rows(Message))


def test_what_was_under_way_is_carried_out_by_the_new_code(old: Corp) -> None:
    before = _unfinished()
    assert {("callback", "ready"), ("event", "ready"), ("call", "ready"), ("call", "leased"), ("sync", "running")} <= (
        before.keys()
    )
    patience = Patience(20)
    while old.drain() or ("sync", "running") in _unfinished():  # two answers that collide are taken a second later
        patience.go_on(_unfinished(), "what was under way does not end")
        time.sleep(0.05)
    after = _unfinished()
    parked = {what: count for what, count in before.items() if what[1] == "parked"}
    assert after == parked and len(parked) == 3
    admin = Console.signed_in(old.web, "old-admin", "password of old-admin")
    assert admin.get("/customers/wmOLD10")["name"]
    assert {run["state"] for run in admin.get("/sync-runs")["items"]} == {"done"}


def _app(key: str, kind: str = "app", **values: Any) -> dict[str, Any]:
    """With the secrets that stand sealed in the dump."""
    token, aes_key = f"token0of0{key}", (key * 10)[:42] + "A"
    return {"key": key, "kind": kind, "secret": f"secret-of-{key}", "token": token, "aes_key": aes_key, **values}


def _all(table: LiteralString, columns: LiteralString) -> list[Any]:
    with owner() as connection:
        return connection.execute(f"SELECT {columns} FROM corp_9001.{table} ORDER BY 1").fetchall()


def _look_anew() -> None:
    settings.cache_clear()
    database.dispose()


def _unfinished() -> dict[tuple[str, str], int]:
    with owner() as connection:
        return {(str(what), str(state)): int(str(n)) for what, state, n in connection.execute(UNFINISHED).fetchall()}
