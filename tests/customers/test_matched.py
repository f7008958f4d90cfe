"""A list that is filtered by relations shows of each customer the relation that matched, whatever else it has."""

import datetime as dt
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from scrm.core import clock
from scrm.core.db import transaction
from scrm.customers.file.models import Customer, FollowRelation, FollowStatus
from scrm.identity.models import Role, Staff, StaffStatus
from tests.support.company import SPEC, befriend
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Json, Simulator

ENDED = dt.timedelta(days=3)
STATES: list[FollowStatus | None] = [None, *FollowStatus]
# Bob is in service, Carl has left, Dora is of another department; every pair of states of two of them.
PAIRS = [(who, pair) for who in (("bob", "carl"), ("bob", "dora")) for pair in product(STATES, STATES) if any(pair)]
DAY = (clock.now() - ENDED).astimezone(clock.CHINA).date().isoformat()
NOBODY = {"status": "active", "lost": "true"}
FILTERS: list[dict[str, Any]] = [
    *({"status": status.value} for status in FollowStatus),
    {"lost": "true"},
    {"awaiting_handover": "true"},
    {"lost_from": DAY, "lost_to": DAY},
    {"userid": "bob"},
    {"userid": "carl", "awaiting_handover": "true"},
    *({"userid": "bob", "status": status.value} for status in FollowStatus),
    {"userid": "dora", "lost": "true"},
    NOBODY,
]


@pytest.fixture(scope="module")
def corp(service: str, sim: Simulator) -> Iterator[Corp]:
    with connected(sim, service, "wj", **SPEC) as made:
        for number, (who, pair) in enumerate(PAIRS):
            for userid, status in zip(who, pair, strict=True):
                if status is not None:
                    befriend(made, userid, f"客户{number}", external_userid=f"wmMATCH{number}")
        made.sync()
        with transaction(made.number) as session:
            staff = {row.id: row.userid for row in session.scalars(select(Staff))}
            rows = session.execute(select(FollowRelation, Customer.external_userid).join(Customer)).all()
            for relation, external_userid in rows:
                who, pair = PAIRS[int((external_userid or "").removeprefix("wmMATCH"))]
                status = pair[who.index(staff[relation.staff_id])]
                assert status is not None
                relation.status = status.value
                live = status in {FollowStatus.ACTIVE, FollowStatus.HALF}
                relation.ended_at = None if live else clock.now() - ENDED
            session.scalars(select(Staff).where(Staff.userid == "carl")).one().status = StaffStatus.LEFT
        yield made


def fits(follow: Json, wanted: dict[str, Any]) -> bool:
    """Whether one relation is all of what a filter asks for."""
    lost = follow["status"] in {"deleted_by_staff", "deleted_by_customer"}
    day = (
        follow["ended_at"] and dt.datetime.fromisoformat(follow["ended_at"]).astimezone(clock.CHINA).date().isoformat()
    )
    return all(
        (
            wanted.get("status") in {None, follow["status"]},
            wanted.get("userid") in {None, follow["userid"]},
            lost or "lost" not in wanted,
            "awaiting_handover" not in wanted or (follow["userid"] == "carl" and follow["status"] == "active"),
            "lost_from" not in wanted or (lost and day == wanted["lost_from"]),
        )
    )


def rows(console: Console, **wanted: Any) -> list[Json]:
    found: list[Json] = console.get("/customers", limit=200, **wanted)["items"]
    return found


@pytest.fixture(scope="module")
def viewers(corp: Corp) -> dict[str, Console]:
    """Who sees all; and a member, a leader of members, and one of another department."""
    people = {userid: corp.console(Role.SALES, userid=userid) for userid in ("bob", "anna.li", "dora")}
    return {"officer": corp.console(Role.COMPLIANCE), **people}


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_each_row_shows_the_relation_that_matched(viewers: dict[str, Console], wanted: dict[str, Any]) -> None:
    for who, console in viewers.items():
        whole = {row["external_userid"]: row for row in rows(console)}
        assert all(row["matched"] is None for row in whole.values())
        found = {row["external_userid"]: row for row in rows(console, **wanted)}
        for row in found.values():
            assert row["matched"] in row["follows"] and fits(row["matched"], wanted), (who, row)
        if who == "officer":
            expected = {own for own, row in whole.items() if any(fits(follow, wanted) for follow in row["follows"])}
            assert found.keys() == expected
            assert expected or wanted == NOBODY


def test_what_is_not_asked_for_is_left_out(corp: Corp) -> None:
    console = corp.console(Role.COMPLIANCE)
    everybody = {row["external_userid"] for row in rows(console)}
    for name in ("lost", "awaiting_handover"):
        with_it = {row["external_userid"] for row in rows(console, **{name: "true"})}
        without = {row["external_userid"] for row in rows(console, **{name: "false"})}
        assert with_it and without and with_it | without == everybody and not with_it & without


def test_leavers_customers_await_handover(viewers: dict[str, Console]) -> None:
    console = viewers["officer"]
    found = rows(console, awaiting_handover="true")
    assert {row["matched"]["userid"] for row in found} == {"carl"}
    assert all(row["matched"]["awaiting_handover"] for row in found)
    assert console.get("/customers/summary")["awaiting_handover"] == len(found)
    # A leader sees those of members below, another member none.
    assert viewers["anna.li"].get("/customers/summary")["awaiting_handover"] == len(found)
    assert viewers["dora"].get("/customers/summary")["awaiting_handover"] == 0


def test_nonsense_is_refused(corp: Corp) -> None:
    console = corp.console(Role.COMPLIANCE)
    for name in ("lost", "awaiting_handover"):
        assert console.status("GET", f"/customers?{name}=vielleicht").status_code == 422
