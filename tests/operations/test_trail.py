"""The trail in sentences: filtered by who, what, about whom and when, folded where it is shown, and as a table."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

import scrm
from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.reading import Reads
from scrm.identity.models import Role
from scrm.operations import trail
from scrm.operations.sentences import LISTS, SENTENCES
from scrm.wiring import APIS
from tests.support.chats import pull, say
from tests.support.company import befriend
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


@pytest.fixture
def console(synced: Corp) -> Iterator[Console]:
    yield synced.console(Role.COMPLIANCE)


@pytest.fixture
def customer(archived: Corp) -> str:
    """A customer of Bob's whom the archive knows by name."""
    found = befriend(archived, "bob", "王小明")
    archived.sync()
    return found


def recorded() -> Iterator[str]:
    """Every verb that the code records, as it stands there."""
    for path in Path(scrm.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 2):
                continue
            if node.func.attr in {"record", "record_all"}:
                said = [one.value for one in ast.walk(node.args[2]) if isinstance(one, ast.Constant)]
                yield from (one for one in said if isinstance(one, str) and "." in one[1:-1])


def test_every_verb_and_list_has_its_sentence() -> None:
    reads = [item.reads for api in APIS for item in api.operations if isinstance(item.reads, Reads)]
    verbs = {*recorded(), *(one.verb for one in reads)}
    assert len(verbs) > 40
    assert sorted(verbs - SENTENCES.keys()) == []
    lists = {one.template.rpartition(":")[2] for one in reads if one.verb == "list.read"}
    assert sorted(lists - LISTS.keys()) == []


def test_chat_is_told_by_who_talks(archived: Corp, customer: str) -> None:
    say(archived, "bob", customer, "合同已寄出")
    pull(archived)
    officer = archived.console(Role.COMPLIANCE, userid="frida")
    (row,) = officer.get("/messages/conversations")["items"]
    officer.get(f"/messages/conversations/{row['id']}")
    (told,) = officer.get("/audit", q="conversation.read")["items"]
    name = row["peer"]["name"]
    assert told["zh"] == f"〈{told['actor_name']}〉查看了〈鲍勃〉与〈{name}〉的会话，1 条"
    assert told["en"].endswith(f"read the conversation of 〈鲍勃〉与〈{name}〉, 1 message")
    for about in (f"customer:{customer}", "staff:bob"):
        found = [item["verb"] for item in officer.get("/audit", about=about)["items"]]
        assert "conversation.read" in found and "list.read" in found, about
    detail = officer.get(f"/audit/readings/{told['id']}")
    assert {thing["thing"] for thing in detail["about"]} == {
        f"conversation:{row['id']}",
        f"customer:{customer}",
        "staff:bob",
    }


def test_repetitions_are_folded_where_they_are_shown(synced: Corp, console: Console) -> None:
    for _ in range(4):
        console.get("/customers", limit=3, q="小")
    officer = synced.console(Role.ADMINISTRATOR)
    (row,) = officer.get("/audit", q="list.read", actor=_actor(console), what="reading")["items"]
    assert (row["repeated"], row["kind"]) == (3, "reading") and row["last_at"] > row["at"]
    assert len(officer.get("/audit", actor=_actor(console), what="reading", again=True)["items"]) == 4
    detail = officer.get(f"/audit/readings/{row['id']}")
    assert detail["words"] == "小" and len(detail["repetitions"]) == 3
    assert officer.status("GET", "/audit/readings/999999999").status_code == 404


def test_trail_is_paged_over_both_of_its_tables(synced: Corp, console: Console) -> None:
    for number in range(7):
        console.get("/customers", q=f"第{number}")
        console.status("POST", "/rules", {"name": f"规则{number}", "severity": "high", "words": "返点"})
    mine: dict[str, Any] = {"actor": _actor(console), "limit": 4}
    seen, page = [], console.get("/audit", **mine)
    seen += page["items"]
    while page["next_cursor"]:
        page = console.get("/audit", **mine, cursor=page["next_cursor"])
        seen += page["items"]
    verbs = [row["verb"] for row in seen if row["verb"] in {"rule.created"} or row["subject"] == "customers"]
    assert verbs == ["rule.created", "list.read"] * 7
    keys = [(row["kind"], row["id"]) for row in seen]
    assert len(set(keys)) == len(keys)
    assert [row["at"] for row in seen] == sorted((row["at"] for row in seen), reverse=True)


def test_what_and_when_narrow_the_trail(synced: Corp, console: Console) -> None:
    console.get("/customers")
    console.status("GET", "/customers/wmNobody")
    console.status("POST", "/rules", {"name": "甲", "severity": "high", "words": "返点"})
    mine = {"actor": _actor(console)}
    found = {
        what: [row["verb"] for row in console.get("/audit", **mine, what=what)["items"]]
        for what in ("refused", "action", "sign_in")
    }
    assert found == {"refused": ["customer.read"], "action": ["rule.created"], "sign_in": ["login.done"]}
    (refused,) = console.get("/audit", **mine, what="refused")["items"]
    assert refused["zh"].endswith("试图查看了客户〈wmNobody〉，被拒绝") and refused["refused"] == "customer_not_found"
    with later(3600):
        since = clock.now().isoformat()
        console.get("/customers", q="晚")
        rows = console.get("/audit", **mine, since=since)["items"]
    assert [row["subject"] for row in rows] == ["customers"]
    assert console.get("/audit", **mine, until="2020-01-01T00:00:00Z")["items"] == []
    assert console.status("GET", "/audit?since=2020-01-01T00:00:00").status_code == 422


def test_rows_of_before_are_found_by_whom_they_are_about(synced: Corp, console: Console) -> None:
    customer = console.get("/customers", limit=1)["items"][0]["external_userid"]
    old = [
        {
            "verb": "customer.mobiles_revealed",
            "subject": f"customer:{customer}",
            "facts": {"reason": "回访", "count": 1},
        },
        {"verb": "list.read", "subject": "alerts", "facts": {"external_userid": customer}},
        {"verb": "list.read", "subject": "customers", "facts": {"userid": "somebody"}},
    ]
    with transaction(synced.number) as session:
        session.execute(insert(AuditEvent), [{"actor": "user:before", **row} for row in old])
    rows = console.get("/audit", about=f"customer:{customer}", actor="user:before")["items"]
    assert {row["zh"] for row in rows} >= {"〈before〉查看了风险提醒列表"}
    assert len(rows) == 2
    (row,) = console.get("/audit", about="staff:somebody", actor="user:before")["items"]
    assert row["subject"] == "customers"


def test_table_holds_every_repetition_and_is_itself_recorded(
    synced: Corp, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "_PART", 2)
    for _ in range(3):
        console.get("/customers", limit=2)
    answer = console.status("GET", f"/audit/export.csv?actor={_actor(console)}&what=reading")
    assert answer.status_code == 200
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line["是否重复刷新"] for line in lines] == ["是", "是", ""]
    (row,) = console.get("/audit", what="export")["items"]
    assert row["verb"] == "trail.exported" and row["actor"] == _actor(console)
    assert synced.console(Role.SALES).status("GET", "/audit/export.csv").status_code == 403


def _actor(console: Console) -> str:
    return f"user:{console.get('/me')['name']}"
