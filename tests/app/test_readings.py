"""Who saw what of whom, when, from where: each reading is one row, and nobody can make it say something else."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scrm.core import clock, reading
from scrm.core.db import transaction
from scrm.core.reading import NothingPersonal, Reading, Reads
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wecom import corps
from scrm.wiring import APIS
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


@pytest.fixture
def console(synced: Corp) -> Iterator[Console]:
    yield synced.console(Role.COMPLIANCE)


def readings(corp: Corp, *where: Any) -> list[Reading]:
    return corp.rows(Reading, *where)


def test_every_route_that_reads_says_what() -> None:
    operations = [item for api in APIS for item in api.operations]
    assert all(isinstance(item.reads, Reads | NothingPersonal) for item in operations if item.method == "GET")
    assert all(item.reads.reason for item in operations if isinstance(item.reads, NothingPersonal))


def test_each_page_of_a_list_is_a_row_with_whom_it_showed(synced: Corp, console: Console) -> None:
    first = console.get("/customers", limit=5)
    second = console.get("/customers", limit=5, cursor=first["next_cursor"])
    rows = readings(synced, Reading.subject == "customers")
    shown = [[f"customer:{item['id']}" for item in page["items"]] for page in (first, second)]
    assert [row.about for row in rows] == [sorted(one) for one in shown]
    assert [row.facts for row in rows] == [{}, {"further_page": True}]
    assert {(row.verb, row.shown, row.address, row.first_id) for row in rows} == {("list.read", 5, "127.0.0.1", None)}


def test_each_customer_page_and_each_search_is_a_row(synced: Corp, console: Console) -> None:
    people = [item["external_userid"] for item in console.get("/customers", limit=20)["items"]]
    for external_userid in people:
        console.get(f"/customers/{external_userid}")
    for number in range(8):
        console.get("/customers", q=f"词{number}")
    assert [row.subject for row in readings(synced, Reading.verb == "customer.read")] == [
        f"customer:{one}" for one in people
    ]
    searches = readings(synced, Reading.words.is_not(None))
    assert [corps.open_words(synced.number, row.words) for row in searches if row.words] == [f"词{n}" for n in range(8)]
    assert not any("词".encode() in bytes(row.words or b"") for row in searches)


def test_open_page_that_asks_again_names_its_first_reading(synced: Corp, console: Console) -> None:
    other = synced.console(Role.COMPLIANCE)
    for browser in (console, console, other, console):
        browser.get("/customers", limit=3)
    first, again, others, third = readings(synced, Reading.subject == "customers")
    assert (again.first_id, again.about, again.shown) == (first.id, [], 3)
    assert others.first_id is None and others.session != first.session
    assert third.first_id == first.id
    with later(reading.AGAIN.total_seconds() + 1):
        console.get("/customers", limit=3)
    assert readings(synced, Reading.subject == "customers")[-1].first_id is None


def test_program_is_named_by_its_token(synced: Corp) -> None:
    accounts.create_account("robot", role=Role.COMPLIANCE, corp_id=synced.corp_id, password="a-long-test-password")
    token = accounts.create_token("robot")
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{synced.web}/api/v1/customers", headers=headers, timeout=10).status_code == 200
    (row,) = readings(synced, Reading.actor == "user:robot")
    assert row.session.startswith("token:") and token not in row.session


def test_what_is_refused_is_kept_with_a_bound(synced: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    sales = synced.console(Role.SALES)
    compliance = synced.console(Role.COMPLIANCE)
    assert sales.status("GET", "/messages").status_code == 403
    assert compliance.status("GET", "/customers/wmNobody").status_code == 404
    assert compliance.status("POST", "/broadcasts", {}, csrf=False).status_code == 403
    found = {(row.subject, row.refused) for row in readings(synced, Reading.refused.is_not(None))}
    assert found == {
        ("messages", "not_permitted"),
        ("customer:wmNobody", "customer_not_found"),
        ("/api/v1/broadcasts", "csrf_token_wrong"),
    }
    monkeypatch.setattr(reading, "REFUSALS", 5)
    for number in range(20):
        compliance.status("GET", f"/customers/wmNobody{number}")
    mine = [row for row in readings(synced, Reading.refused.is_not(None)) if row.subject.startswith("customer:")]
    assert len(mine) <= 5


@pytest.mark.parametrize("table", ["reading", "audit_event"])
def test_moment_and_number_are_the_database_s_own(synced: Corp, console: Console, table: str) -> None:
    console.get("/customers")
    columns = {
        "reading": "actor, address, session, verb, subject, facts, about, shown, same",
        "audit_event": "actor, verb, subject, facts",
    }[table]
    values = {
        "reading": "'user:x', '', '', 'list.read', 'customers', '{}', '{}', 0, 0",
        "audit_event": "'user:x', 'x.y', 'z', '{}'",
    }[table]
    hour_ago = clock.now() - dt.timedelta(hours=1)
    with transaction(synced.number) as session:
        asked = f"INSERT INTO {table} (at, {columns}) VALUES (:at, {values}) RETURNING at"
        if hour_ago.month == clock.now().month:
            assert abs(session.execute(text(asked), {"at": hour_ago}).scalar_one() - clock.now()) < dt.timedelta(
                minutes=1
            )
    refused = [
        f"INSERT INTO {table} (id, {columns}) VALUES (7, {values})",
        f"INSERT INTO {table} (at, {columns}) VALUES ('2001-01-01', {values})",
        f"INSERT INTO {table}_default (at, {columns}) VALUES ('2001-01-01', {values})",
        f"INSERT INTO {table}_{clock.now():%Y%m} ({columns}) VALUES ({values})",
        f"UPDATE {table} SET subject = 'x'",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ]
    for statement in refused:
        with pytest.raises(DBAPIError), transaction(synced.number) as session:
            session.execute(text(statement))
