"""Upgrade: a corp whose background work is unfinished, put off and leased as the version before left it.

Each queue that claimed its rows in a way of its own until then is finished by the one machine.
"""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select

from scrm.compliance.archive.models import Message, MessageKey
from scrm.compliance.handovers.models import Handover
from scrm.core import migrate, revisions
from scrm.core.db import corp_schema, transaction
from scrm.core.queue import figures
from scrm.core.settings import settings
from scrm.customers.file.models import Customer
from scrm.customers.groups.models import GroupChat
from scrm.customers.tags.models import Tag
from scrm.marketing.broadcasts.models import Broadcast
from scrm.wecom.archive.models import ArchiveCursor, ArchiveMedia
from tests.support.chats import pull, say
from tests.support.company import befriend
from tests.support.database import owner
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp

_BLANK = {
    "ARRAY": "'{}'",
    "bytea": "''",
    "text": "''",
    "bigint": "0",
    "integer": "0",
    "numeric": "0",
    "boolean": "false",
    "jsonb": "'{}'",
}
_QUEUES = {"handovers", "broadcasts", "archive", "archive_media", "deleted_tags", "search_texts", "group_texts"}
_QUEUES |= {"alert_texts", "message_keys", "message_texts"}


def _revision_before() -> str:
    """The head of the version before every queue was one machine."""
    for script in ScriptDirectory.from_config(revisions._config("corp")).walk_revisions():
        if Path(script.path).stem.endswith("every_queue_one_machine"):
            return str(script.down_revision)
    raise AssertionError("no such revision")


def _rebuilt(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The corp's schema anew, as the version before had it."""
    before, upgrade = _revision_before(), revisions.upgrade

    def to_before(connection: Connection, line: str, schema: str) -> None:
        if line != "corp":
            upgrade(connection, line, schema)
            return
        config = revisions._config(line)
        config.attributes.update(connection=connection, schema=schema)
        command.upgrade(config, before)

    with owner() as connection:
        connection.execute(f"DROP SCHEMA {corp_schema(corp.number)} CASCADE".encode())
    with monkeypatch.context() as patched:
        patched.setattr(revisions, "upgrade", to_before)
        migrate.create_corp_schema(settings().database_url, corp.number)


class Old:
    """Rows of the version before, written as it wrote them: by name, whatever a table knows today."""

    def __init__(self, corp: Corp) -> None:
        self.schema = corp_schema(corp.number)

    def row(self, table: str, **values: str) -> int:
        with owner() as connection:
            query = (
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s"
                " AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
            )
            needed: list[Any] = connection.execute(query, (self.schema, table)).fetchall()
            blank = {name: _BLANK.get(kind, "now()") for name, kind in needed}
            columns = {**blank, **values}
            statement = (
                f"INSERT INTO {self.schema}.{table} ({', '.join(columns)}) VALUES ({', '.join(columns.values())})"
                f" RETURNING {'id' if table != 'message_unkeyed' else '1'}"
            )
            row = connection.execute(statement.encode()).fetchone()
        assert row is not None
        return int(str(row[0]))


def test_work_that_the_version_before_left_is_finished_by_the_one_machine(
    archived: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = befriend(archived, "bob", "王小明")
    said = say(archived, customer, "bob", msgtype="image", size=2_000)["msgid"]
    pull(archived)
    (known,) = archived.rows(ArchiveMedia)
    _rebuilt(archived, monkeypatch)
    old = Old(archived)
    group = old.row("tag_group", group_id="'eg1'", name="'等级'")
    tag = old.row("tag", group_id=str(group), tag_id="'et1'", name="'旧标签'", deleted_at="now()", worn_from="0")
    carries = {"external_userid": "'wmOLD'", "name": "'赵一'", "tag_ids": f"'{{{tag}}}'", "text_version": "0"}
    old.row("customer", **carries)
    old.row("group_chat", chat_id="'wrOLD'", name="'老客户群'", text_version="0")
    old.row("alert", kind="'customer_left'", state="'open'", text_version="0")
    chat = old.row("conversation", kind="'direct'")
    spoken = {"conversation_id": str(chat), "words": "'臺灣的茶葉'", "bigrams": "'{}'", "digest": "''"}
    old.row("message", msgid="'m0'", at="now()", seq="'1'", time_known="NULL", **spoken)
    old.row("message_unkeyed", msgid="''", onwards="true")
    old.row("message_unfolded", id="1", at="'1900-01-01+00'", behind="0")
    staff = old.row("staff", userid="'bob'", name="'鲍勃'", status="'active'")
    case = {"kind": "'departure'", "userid": "'bob'", "staff_id": str(staff), "state": "'running'"}
    running = old.row("handover", assigned_to="'[]'", poll_at="now()", **case)
    # It had failed: the version before looked at it again ten minutes later, and again.
    case["userid"] = "'carl'"
    put_off = old.row("handover", assigned_to="'[]'", poll_at="now() + interval '10 minutes'", **case)
    sent = {"attachments": "'[]'", "audience": """'{"everyone": true}'""", "author": "'user:1'"}
    planning = old.row("broadcast", title="'甲'", state="'planning'", due_at="now()", **sent)
    begun = {"state": "'sending'", "started_at": "now()", "reason": "'KeyError at scrm'"}
    failed = old.row("broadcast", title="'乙'", due_at="now() + interval '1 minute'", **begun, **sent)
    cursor = {"id": "1", "page_limit": "1000", "attempts": "5", "reason": "'0: away'", "failing_since": "now()"}
    old.row("archive_cursor", due_at="now() + interval '100 seconds'", **cursor)
    # In the hands of a worker of the version before, which died.
    file = {"sdkfileid": f"'{known.sdkfileid}'", "state": "'waiting'", "due_at": "now() + interval '10 minutes'"}
    old.row("archive_media", attempts="1", md5sum=f"'{known.md5sum}'", **file)

    migrate.upgrade(settings().database_url, settings().secret_key)
    assert migrate.differences(settings().database_url, corps=[archived.number]) == []
    with transaction(archived.number) as session:
        waiting = {one.queue for one in figures.figures(session) if one.waiting}
    assert waiting >= _QUEUES
    archived.drain()
    with later(15 * 60):
        archived.drain()

    assert [(row.worn_from, row.name) for row in archived.rows(Tag)] == [(None, "旧标签")]
    assert [row.tag_ids for row in archived.rows(Customer, Customer.external_userid == "wmOLD")] == [[]]
    found = {row.external_userid: row.search_text for row in archived.rows(Customer)}
    assert found["wmOLD"].startswith("赵一")
    assert any(row.search_text.startswith("老客户群") for row in archived.rows(GroupChat))
    words = {row.msgid: row.words for row in archived.rows(Message)}
    assert words["m0"] == "台湾的茶叶" and said in words
    assert archived.scalar(lambda session: set(session.scalars(select(MessageKey.msgid)))) >= {"m0", said}
    assert {row.id: row.state for row in archived.rows(Handover)} == {running: "done", put_off: "done"}
    assert {row.id: row.state for row in archived.rows(Broadcast)} == {planning: "finished", failed: "finished"}
    (pulled,) = archived.rows(ArchiveCursor)
    assert (pulled.attempts, pulled.reason, pulled.stored, pulled.lease) == (0, None, 1, None)
    assert [(row.state, row.checked) for row in archived.rows(ArchiveMedia)] == [("stored", "same")]
    with transaction(archived.number) as session:
        left = {one.queue: (one.waiting, one.parked) for one in figures.figures(session) if one.queue in _QUEUES}
    assert left == {queue: (1 if queue == "archive" else 0, 0) for queue in _QUEUES}
