"""Odd answers as they are kept: a page of them all, whose ordinary item is known afterwards as WeCom told it."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.core.db import transaction
from scrm.customers.file.actions import states
from scrm.customers.groups.actions import groups
from scrm.customers.groups.handlers.callbacks import group_fetched
from scrm.customers.groups.replies import GroupContext
from scrm.customers.tags.actions import lists as tags
from scrm.customers.tags.handlers.callbacks import tags_fetched
from scrm.customers.tags.replies import TagsContext
from scrm.identity import departments, directory
from scrm.wecom.client import contacts
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.errors import OutcomeUnknown
from scrm.wecom.port.unread import collected
from tests.core.conftest import bare_corp
from tests.support import odd
from tests.wecom.test_odd_answers import LISTS, SINGLES, Answering

NOW = dt.datetime(2024, 5, 6, tzinfo=dt.UTC)
Take = Callable[[Session, Any], Any]

# How each answer is kept; of a list, where an item's id stands, and the row of the ordinary one.
PAGES: dict[str, tuple[odd.Path, str, Take]] = {
    "list_contacts": (
        ("external_contact", "external_userid"),
        "customer WHERE external_userid = 'wmA'",
        lambda session, told: states.take_rows(session, told.items, asked_at=NOW, run_id=1),
    ),
    "list_tags": (
        ("group_id",),
        "tag_group WHERE group_id = 'g1'",
        lambda session, told: tags.take(session, told, whole=False),
    ),
    "list_department_ids": (
        ("id",),
        "department WHERE department_id = 1",
        lambda session, told: departments.take_department_ids(session, told, asked_at=NOW, run_id=1),
    ),
    "list_departments": (
        ("id",),
        "department WHERE department_id = 1",
        lambda session, told: departments.take_departments(session, told, asked_at=NOW, run_id=1),
    ),
    "list_member_ids": (
        ("userid",),
        "staff WHERE userid = 'bob'",
        lambda session, told: directory.take_memberships(session, told.items, asked_at=NOW, run_id=1),
    ),
    "list_members": (
        ("userid",),
        "staff WHERE userid = 'bob'",
        lambda session, told: directory.take_members(session, told, asked_at=NOW, run_id=1),
    ),
}
ALONE: dict[str, Take] = {
    "get_contact": lambda session, told: states.take_contact(session, told, asked_at=NOW),
    "get_group_chat": lambda session, told: groups.take(session, told),
    "get_member": lambda session, told: directory.take_members(session, [told], asked_at=NOW, run_id=None),
}
TABLES = ("customer", "follow_relation", "timeline_entry", "staff", "department", "tag", "tag_group")


@pytest.fixture(scope="module")
def corp(service: str) -> int:
    return bare_corp()


def own(item: Any, path: odd.Path, number: int) -> Any:
    """The item as another one: its id is the only value that items of a page do not share."""
    known = odd.at(item, path)
    return odd.replaced(item, path, 1_000 + number if isinstance(known, int) else f"{known}{number}")


def rows(session: Session, of: str) -> list[dict[str, Any]]:
    """What stands there, without the numbers and times that the database gives."""
    found = session.execute(text(f"SELECT row_to_json(t)::text FROM (SELECT * FROM {of}) t")).scalars()
    given = ("id", "updated_at", "first_added_at")
    return [{name: value for name, value in json.loads(row).items() if name not in given} for row in found]


def words_for_nothing(session: Session) -> list[dict[str, Any]]:
    found = [row for table in TABLES for row in rows(session, table)]
    return [row for row in found if any(word in row.values() for word in ("None", "null"))]


@pytest.mark.parametrize("name", PAGES)
def test_page_of_odd_items_is_kept_and_the_ordinary_one_among_them_as_if_alone(corp: int, name: str) -> None:
    ((call, answer, key),) = [found[1:] for found in LISTS if found[0] == name]
    path, row, take = PAGES[name]
    (item,) = answer[key]
    odd_items = [
        changed if at[: len(path)] == path or path[: len(at)] == at else own(changed, path, number)
        for number, (at, value, changed) in enumerate(odd.variants(item))
        if value not in ("None", "null")
    ]
    kept = []
    for items in ([item], [*odd_items, *odd_items, item]):
        with collected():
            told = call(Answering({**answer, key: items}))
        with transaction(corp) as session:
            take(session, told)
            session.flush()
            kept.append(rows(session, row))
            assert words_for_nothing(session) == []
            session.rollback()
    assert kept[0] == kept[1] and len(kept[0]) == 1


@pytest.mark.parametrize("name", ALONE)
def test_odd_answer_about_one_is_kept_or_has_told_nothing(corp: int, name: str) -> None:
    ((call, answer),) = [found[1:] for found in SINGLES if found[0] == name]
    seen = []
    with transaction(corp) as session:
        for _, value, changed in odd.variants(answer):
            try:
                told = call(Answering(changed)) if value in odd.FEW else None
            except OutcomeUnknown:
                continue
            if told is None or told in seen:
                continue
            seen.append(told)
            with session.begin_nested() as one:
                ALONE[name](session, told)
                session.flush()
                one.rollback()
        session.rollback()
    assert len(seen) > 20, seen


MEMBER = {"userid": "bob", "type": 1, "join_time": 5, "join_scene": 1, "name": "B"}


@pytest.mark.parametrize("odd_member", [{**MEMBER, "userid": None}, {**MEMBER, "type": "x"}, None, "bob"])
def test_member_of_a_group_who_cannot_be_read_has_not_left_it(corp: int, odd_member: Any) -> None:
    def fetched(session: Session, version: str, *members: Any) -> list[str]:
        answer = {"group_chat": {"chat_id": "c1", "member_version": version, "member_list": list(members)}}
        with collected() as aside:
            told = contacts.GroupChatsClient(Answering(answer)).get_group_chat(chat_id="c1")
        outcome = Outcome(state=CallState.DONE, result=told, aside=aside, asked_at=NOW)
        group_fetched(session, outcome, GroupContext("c1"))
        return sorted(row["userid"] for row in rows(session, "group_member"))

    anna = {**MEMBER, "userid": "anna"}
    with transaction(corp) as session:
        assert fetched(session, "1", MEMBER, anna) == ["anna", "bob"]
        assert fetched(session, "2", odd_member, anna) == ["anna", "bob"]
        assert fetched(session, "2", anna) == ["anna"], "who can be read again is read, of the same version too"
        session.rollback()


@pytest.mark.parametrize("odd_list", [None, "", {}, "None"])
def test_tags_of_a_group_that_tells_no_list_have_not_been_deleted(corp: int, odd_list: Any) -> None:
    group = {"group_id": "g1", "group_name": "G", "tag": [{"id": "t1", "name": "A"}]}
    with transaction(corp) as session:
        for changed in (group, {**group, "tag": odd_list}, {"group_id": "g1", "group_name": "G"}):
            with collected() as aside:
                told = contacts.TagsClient(Answering({"tag_group": [changed]})).list_tags()
            outcome = Outcome(state=CallState.DONE, result=told, aside=aside, asked_at=NOW)
            tags_fetched(session, outcome, TagsContext())
            assert [row["deleted_at"] for row in rows(session, "tag")] == [None]
        session.rollback()


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"tags": [{"tag_id": "t1", "type": 1}, {"tag_name": "own", "type": 2}]}, (["t1"], ["own"])),
        ({"tags": [{"tag_id": "t1", "type": 1}, {"tag_id": None, "type": 1}]}, (None, None)),
        ({"tags": [{"tag_id": "t1", "type": 1}, {"tag_name": None, "type": 2}]}, (None, None)),
        ({"tags": [{"tag_id": "t1"}, None]}, (None, None)),
        ({"tags": []}, ([], [])),
        ({"tag_id": ["t1", None]}, (None, None)),
        ({"tag_id": ["t1"]}, (["t1"], None)),
        ({}, ([], [])),
    ],
)
def test_tag_that_cannot_be_read_takes_none_off(told: dict[str, Any], read: tuple[Any, Any]) -> None:
    assert contacts._tags(told) == read
