"""Touches: every change of what a page shows is told with its commit, in whatever order transactions end."""

import threading
from collections import defaultdict
from contextlib import ExitStack

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from scrm import wiring
from scrm.core import clock, touches
from scrm.core.db import CorpBase, corp_schema, transaction
from scrm.core.touches import EVERYBODY, UNKNOWN, WHOLE_CORP, Mark, TopicTouch, touched
from scrm.customers.tags.models import Tag, TagGroup
from scrm.wecom.models import SyncRun, SyncState
from tests.support.database import owner

# What no list of a topic shows; a page that shows it fetches it when it is opened.
_SHOWN_BY_NO_TOPIC = {
    "api_pause",
    "audit_event",
    "broadcast_media",
    "broadcast_recipient",  # its slice tells
    "broadcast_unlisted",
    "company_name",
    "customer_identity",  # with each the version of the customer grows
    "customer_link",  # with each the versions of both
    "contact_split",  # how far a back-fill is: 异常任务 shows its queue
    "conversation_member",
    "department",
    "departure_hold",
    "field_log",
    "group_day",  # counted with the events
    "group_log",
    "handover_policy",
    "message",  # its page of the archive moves the cursor
    "message_key",
    "message_recall",
    "message_unfolded",
    "message_unkeyed",
    "message_version",
    "owner_log",  # with each the version of the customer grows
    "saved_view",  # fetched when its list is opened
    "export",  # one's own, asked for again while something is being written
    "job",
    "job_item",
    "record_share",  # with each the version of the customer grows
    "outbox",  # but for what is parked
    "reading",
    "staff",
    "tag_link",  # with each the tags that stand on the customer change
    "topic_touch",
    "unknown_message_type",
    "wecom_call",
    "welcome",
    "welcome_policy",
    "work_in_hand",
}


def a_tag(session: Session, name: str) -> None:
    group = TagGroup(group_id=f"eg-{name}", name=name, position=0)
    session.add(group)
    session.flush()
    session.add(Tag(tag_id=f"et-{name}", group_id=group.id, name=name, position=0))
    session.flush()


def look(
    corp: int, since: Mark, topics: set[str] | None = None, scope: set[int] | None = None
) -> tuple[Mark, set[str]]:
    with transaction(corp) as session:
        mark, found = touched(session, since, topics or {"customers", "sync"}, scope)
    return mark, {topic for topic, _ in found}


def test_what_is_changed_is_news_once(bare: int) -> None:
    mark, _ = look(bare, UNKNOWN)
    assert look(bare, mark)[1] == set()
    with transaction(bare) as session:
        a_tag(session, "news")
    later, changed = look(bare, mark)
    assert changed == {"customers"} and look(bare, later)[1] == set()
    assert look(bare, mark, {"sync"})[1] == set()


def test_a_slower_transaction_is_news_when_it_commits(bare: int) -> None:
    start, _ = look(bare, UNKNOWN)
    with ExitStack() as slow:
        session = slow.enter_context(transaction(bare))
        a_tag(session, "slow")
        with transaction(bare) as quick:
            a_tag(quick, "quick")
        seen, changed = look(bare, start)
        assert changed == {"customers"} and seen.running
        assert look(bare, seen)[1] == set()
    after, changed = look(bare, seen)
    assert changed == {"customers"} and look(bare, after)[1] == set()


def test_what_is_rolled_back_is_no_news(bare: int) -> None:
    mark, _ = look(bare, UNKNOWN)
    with transaction(bare) as session, session.begin_nested() as savepoint:
        a_tag(session, "undone")
        savepoint.rollback()
    assert look(bare, mark)[1] == set()
    with transaction(bare) as session:
        with session.begin_nested() as savepoint:
            a_tag(session, "undone")
            savepoint.rollback()
        a_tag(session, "done")
    assert look(bare, mark)[1] == {"customers"}


def test_writers_of_one_topic_do_not_wait_for_each_other(bare: int) -> None:
    ended: list[str] = []

    def write() -> None:
        with transaction(bare) as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            a_tag(session, "beside")
        ended.append("beside")

    with transaction(bare) as session:
        a_tag(session, "first")
        beside = threading.Thread(target=write)
        beside.start()
        beside.join(10)
        assert ended == ["beside"]


def test_what_changes_nothing_is_no_news(bare: int) -> None:
    with transaction(bare) as session:
        a_tag(session, "same")
    mark, _ = look(bare, UNKNOWN)
    with transaction(bare) as session:
        session.execute(update(Tag).values(name=Tag.name))
        session.execute(update(SyncRun).where(SyncRun.state == SyncState.RUNNING).values(reason="nobody"))
    assert look(bare, mark)[1] == set()


def test_a_mark_of_another_server_knows_nothing(bare: int) -> None:
    mark, _ = look(bare, UNKNOWN)
    assert look(bare, Mark(mark.before + 1_000_000))[1] == {"customers", "sync"}
    with transaction(bare) as session:
        session.add(TopicTouch(xid=mark.before + 1_000_000, topic="sync", staff_id=0, at=clock.now()))
    assert look(bare, mark)[1] == set()


def test_more_transactions_under_way_than_a_mark_holds_are_told_twice(
    bare: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(touches, "_MOST_RUNNING", 0)
    start, _ = look(bare, UNKNOWN)
    with transaction(bare) as slow:
        a_tag(slow, "one of many")
        with transaction(bare) as session:
            a_tag(session, "seen twice")
        seen, changed = look(bare, start)
        assert changed == {"customers"}
        assert look(bare, seen)[1] == {"customers"}
    assert look(bare, seen)[1] == {"customers"}


def test_only_the_members_concerned_hear_of_it(bare: int) -> None:
    mark, _ = look(bare, UNKNOWN)
    with transaction(bare) as session:
        rows = [("alerts", 7), ("rules", EVERYBODY), ("handovers", WHOLE_CORP)]
        xid = session.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
        session.add_all(TopicTouch(xid=xid, topic=topic, staff_id=staff, at=clock.now()) for topic, staff in rows)
    topics = {"alerts", "rules", "handovers"}
    assert look(bare, mark, topics, {7, 8})[1] == {"alerts", "rules"}
    assert look(bare, mark, topics, {8})[1] == {"rules"}
    assert look(bare, mark, topics, set())[1] == {"rules"}
    assert look(bare, mark, topics)[1] == topics


def test_who_changes_a_row_from_outside_tells_of_it_too(bare: int) -> None:
    mark, _ = look(bare, UNKNOWN)
    with owner() as connection, connection.transaction():
        connection.execute(f"INSERT INTO {corp_schema(bare)}.tag_group VALUES (DEFAULT, 'o', 'o', 0, NULL)".encode())
        assert connection.execute("SELECT current_setting('search_path')").fetchone() == ('"$user", public',)
    assert look(bare, mark)[1] == {"customers"}


def test_touches_are_forgotten(bare: int) -> None:
    with transaction(bare) as session:
        a_tag(session, "old")
        session.execute(update(TopicTouch).values(at=TopicTouch.at - 2 * touches.KEPT))
        a_tag(session, "old enough")
        touches.purge(session, {})
        assert session.query(TopicTouch).count() == 0


def test_every_table_that_a_topic_shows_touches_it(bare: int) -> None:
    declared: dict[str, set[str]] = defaultdict(set)
    for room in wiring.ROOMS:
        for topic, live in room.topics.items():
            declared[topic] |= {table.__tablename__ for table in live.tables}
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = text(
        "SELECT c.relname, t.tgtype, rtrim(encode(t.tgargs, 'escape'), '\\000') FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE p.proname LIKE 'touch%' AND p.pronamespace = CAST(:schema AS regnamespace)"
    )
    with transaction(bare) as session:
        for table, kind, topic in session.execute(query, {"schema": corp_schema(bare)}):
            found[topic][table] |= kind
    assert {topic: set(tables) for topic, tables in found.items()} == declared
    insert, delete, change = 4, 8, 16  # bits of pg_trigger.tgtype
    halves = [(topic, table) for topic, on in found.items() for table, kind in on.items() if kind & 28 != 28]
    assert insert | delete | change == 28 and halves == []


def test_every_table_is_shown_by_a_topic_or_known_to_be_by_none(bare: int) -> None:
    shown = {
        table.__tablename__
        for room in wiring.ROOMS
        for topic, live in room.topics.items()
        for table in live.tables
        if topic != "tasks" or table.__tablename__ in {"clock_job", "unread_item", "work_failure"}
    }
    assert set(CorpBase.metadata.tables) == shown | _SHOWN_BY_NO_TOPIC
    assert shown & _SHOWN_BY_NO_TOPIC == set()
