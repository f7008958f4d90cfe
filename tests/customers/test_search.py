"""Customers are found by what a person would type, and by nothing that was not theirs to find."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from scrm.core.search import within
from scrm.customers.file.actions import refolding
from scrm.customers.file.models import TEXT_VERSION, Customer, FollowRelation
from scrm.identity.models import Role
from tests.support.company import SPEC, befriend
from tests.support.database import owner
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

DATA = Path(__file__).parents[1] / "data"
SEARCHES: list[dict[str, Any]] = json.loads((DATA / "searches.json").read_text())
PHONES: dict[str, list[str]] = json.loads((DATA / "phones.json").read_text())


@pytest.fixture(scope="module")
def known(service: str, sim: Simulator) -> Iterator[Corp]:
    with connected(sim, service, "wq", **SPEC) as corp:
        for name in {row["name"] for row in SEARCHES}:
            befriend(corp, "bob", name)
        for number, spelling in enumerate(PHONES["numbers"]):
            added = befriend(corp, "bob", f"有电话{number}")
            corp.act("edit_contact", userid="bob", external_userid=added, remark_mobiles=[spelling], quiet=True)
        corp.sync()
        yield corp


@pytest.fixture(scope="module")
def console(known: Corp) -> Console:
    return known.console(Role.ADMINISTRATOR)


def found(console: Console, words: str) -> list[str]:
    return [row["name"] for row in console.get("/customers", q=words)["items"]]


@pytest.mark.parametrize("row", SEARCHES, ids=lambda row: ascii(f"{row['q']} in {row['name']}"))
def test_name_is_found_as_it_is_read(console: Console, row: dict[str, Any]) -> None:
    assert found(console, row["q"]).count(row["name"]) == row["total"]


@pytest.mark.parametrize("words", PHONES["found"], ids=ascii)
def test_phone_is_found_in_any_spelling_whole_or_by_its_end(console: Console, words: str) -> None:
    (name,) = found(console, words)
    assert name.startswith("有电话")


@pytest.mark.parametrize("words", PHONES["not_found"])
def test_part_of_a_phone_finds_nobody(console: Console, words: str) -> None:
    assert found(console, words) == []


def test_words_with_nul_are_refused(console: Console) -> None:
    assert console.status("GET", "/customers?q=%00").status_code == 400


@pytest.mark.parametrize(
    "place",
    [
        "/customers",
        "/staff",
        "/members",
        "/alerts",
        "/handovers",
        "/messages",
        "/messages/conversations",
        "/rules",
        "/broadcasts",
    ],
)
def test_words_that_filter_nothing_are_refused_everywhere(known: Corp, place: str) -> None:
    console = known.console(Role.COMPLIANCE if place.startswith(("/messages", "/rules")) else Role.ADMINISTRATOR)
    answer = console.status("GET", f"{place}?q=%E2%80%8B%20")
    assert (answer.status_code, answer.json()["code"]) == (422, "search_empty"), answer.text
    assert answer.json()["detail_zh"] and answer.json()["detail_en"]


def test_texts_of_an_earlier_folding_are_derived_anew(known: Corp, console: Console) -> None:
    schema = f"corp_{known.number}"
    with owner() as connection:
        connection.execute(f"UPDATE {schema}.follow_relation SET search_text = ''".encode())
        connection.execute(
            f"UPDATE {schema}.customer SET search_text = name, bigrams = '{{}}', text_version = 0".encode()
        )
    assert found(console, "13800138002") == []
    known.drain()
    assert len(found(console, "13800138002")) == 1 and refolding.QUEUE.name == "search_texts"
    assert {row.text_version for row in known.rows(Customer)} == {TEXT_VERSION}
    assert any(row.search_text for row in known.rows(FollowRelation))


@pytest.mark.parametrize("row", SEARCHES, ids=lambda row: ascii(f"{row['q']} in {row['name']}"))
def test_text_stored_as_it_came_is_found_alike(known: Corp, row: dict[str, Any]) -> None:
    """Lists without a folded text (alerts, handovers, rules, broadcasts, groups) ask PostgreSQL to fold."""
    names = known.scalar(
        lambda session: list(session.scalars(select(Customer.name).where(within(row["q"], Customer.name))))
    )
    assert names.count(row["name"]) == row["total"]
