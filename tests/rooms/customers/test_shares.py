"""Shares of single customers, who may do what with one, and what an owner who has left leaves behind."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import delete, update

from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.touches import TopicTouch
from scrm.customers.file.models import FollowRelation, FollowStatus
from scrm.identity.models import Role, Staff
from tests.rooms.given import Given
from tests.rooms.house import Console, House


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def bob(house: House) -> Console:
    return house.console(Role.SALES, userid="bob")


@pytest.fixture
def dora(house: House) -> Console:
    return house.console(Role.SALES, userid="dora")


def made(console: Console, name: str = "甲公司") -> int:
    number: int = console.status("POST", "/customers", {"kind": "company", "name": name}).json()["id"]
    return number


def asked(console: Console, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = console.status(method, path, body)
    return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


def shared(console: Console, customer: object, **body: object) -> tuple[int, str]:
    return asked(console, "POST", f"/customers/{customer}/shares", {"userid": "dora", **body})


def ids(console: Console, **query: Any) -> list[int]:
    return [row["id"] for row in console.get("/customers", **query)["items"]]


def test_shared_customer_is_seen_found_and_listed_until_taken_back(house: House, bob: Console, dora: Console) -> None:
    firm = made(bob)
    assert ids(dora) == [] and shared(bob, firm) == (201, "")
    assert ids(dora) == ids(dora, q="甲公司") == ids(dora, kind="company") == [firm]
    assert dora.get(f"/customers/{firm}")["may"] == "read"
    (row,) = bob.get(f"/customers/{firm}/shares")["items"]
    assert (row["userid"], row["level"], row["until"]) == ("dora", "read", None)
    assert asked(bob, "DELETE", f"/customers/{firm}/shares/dora") == (204, "")
    assert ids(dora) == [] and asked(dora, "GET", f"/customers/{firm}") == (404, "customer_not_found")
    assert asked(bob, "DELETE", f"/customers/{firm}/shares/dora") == (404, "share_not_found")
    verbs = [event.verb for event in house.rows(AuditEvent, AuditEvent.verb.like("customer.%shared"))]
    assert sorted(verbs) == ["customer.shared", "customer.unshared"]


def test_page_of_the_other_hears_of_what_is_shared_and_taken_back(house: House, bob: Console) -> None:
    firm = made(bob)
    (staff,) = house.rows(Staff, Staff.userid == "dora")

    def hears() -> bool:
        """Since it was last asked."""
        mine = delete(TopicTouch).where(TopicTouch.topic == "customers").returning(TopicTouch.staff_id)
        told: list[int] = house.scalar(lambda session: list(session.scalars(mine)))
        return staff.id in told

    path = f"/customers/{firm}"
    assert not hears()
    assert shared(bob, firm) == (201, "") and hears()
    assert asked(bob, "PUT", path, {"version": 2, "name": "乙公司"}) == (200, "") and hears()
    assert asked(bob, "DELETE", f"{path}/shares/dora") == (204, "") and hears()
    assert asked(bob, "PUT", path, {"version": 4, "name": "丙公司"}) == (200, "") and not hears()


def test_share_ends_by_itself(house: House, bob: Console, dora: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = made(bob)
    end = clock.now() + dt.timedelta(hours=1)
    assert shared(bob, firm, until=end.isoformat()) == (201, "")
    assert ids(dora) == [firm]
    monkeypatch.setattr(clock, "now", lambda: end + dt.timedelta(seconds=1))
    assert ids(dora) == [] and bob.get(f"/customers/{firm}/shares")["items"] == []
    assert asked(dora, "GET", f"/customers/{firm}") == (404, "customer_not_found")


def _changes(console: Console, customer: int) -> dict[str, tuple[int, str]]:
    """What each way of changing a customer comes to."""
    path, seen = f"/customers/{customer}", console.get(f"/customers/{customer}")
    return {
        "identity": asked(console, "POST", f"{path}/identities", {"kind": "mail", "value": "a@example.com"}),
        "link": asked(console, "POST", f"{path}/links", {"relation": "employs", "customer_id": 2**40}),
        "name": asked(console, "PUT", path, {"version": seen["version"], "name": seen["name"]}),
        "shares": asked(console, "GET", f"{path}/shares"),
        "share": shared(console, customer, userid="carl"),
        "owner": asked(console, "PUT", path, {"version": seen["version"], "owner_userid": console_userid(console)}),
    }


def console_userid(console: Console) -> str:
    userid: str = console.get("/me")["userid"]
    return userid


HELD, YOURS = (403, "customer_read_only"), (403, "customer_not_yours")


def test_who_reads_changes_nothing_and_who_edits_hands_nothing_on(bob: Console, dora: Console) -> None:
    firm = made(bob)
    shared(bob, firm)
    assert _changes(dora, firm) == dict.fromkeys(("identity", "link", "name", "shares"), HELD) | dict.fromkeys(
        ("share", "owner"), YOURS
    )
    assert shared(bob, firm, level="edit") == (201, "")
    assert dora.get(f"/customers/{firm}")["may"] == "edit"
    assert _changes(dora, firm) == {
        "identity": (201, ""),
        "link": (422, "other_customer_unknown"),
        "name": (200, ""),
        "shares": (200, ""),
        "share": YOURS,
        "owner": YOURS,
    }


@pytest.mark.parametrize(
    ("status", "may"),
    [
        (FollowStatus.ACTIVE, "own"),
        (FollowStatus.HALF, "own"),
        (FollowStatus.DELETED_BY_STAFF, "read"),
        (FollowStatus.DELETED_BY_CUSTOMER, "read"),
        (FollowStatus.TRANSFERRED, "read"),
    ],
)
def test_state_of_ones_own_relation_says_what_one_may(
    house: House, bob: Console, given: Given, status: FollowStatus, may: str
) -> None:
    customer = given.customer("王姐", of="bob")
    stands = {"status": status.value, "ended_at": None if may == "own" else clock.now()}
    house.scalar(lambda session: session.execute(update(FollowRelation).values(**stands)))
    seen = bob.get(f"/customers/{customer}")
    assert (seen["may"], seen["owner"]) == (may, None)
    if may == "read":
        assert set(_changes(bob, seen["id"]).values()) == {HELD, YOURS}
        assert bob.get(f"/customers/{customer}")["owner"] is None


def test_follower_of_anothers_customer_changes_but_does_not_take_it(house: House, bob: Console, given: Given) -> None:
    customer = given.customer("王姐", of=["bob", "dora"])
    chief = house.console(Role.ADMINISTRATOR)
    seen = chief.get(f"/customers/{customer}")
    path = f"/customers/{seen['id']}"
    assert asked(chief, "PUT", path, {"version": seen["version"], "owner_userid": "dora"}) == (200, "")
    assert bob.get(path)["may"] == "edit"
    body = {"version": bob.get(path)["version"], "owner_userid": "bob"}
    assert asked(bob, "PUT", path, body) == YOURS and shared(bob, customer, userid="carl") == YOURS
    assert bob.get(path)["owner"]["userid"] == "dora"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"userid": "nobody"}, "member_unknown"),
        ({"userid": "BOB"}, "share_with_yourself"),
        ({"userid": ""}, "validation_failed"),
        ({"level": "own"}, "validation_failed"),
        ({"until": "2020-01-01T00:00:00Z"}, "share_past"),
        ({"until": "2999-01-01T00:00:00"}, "validation_failed"),
        ({"until": "soon"}, "validation_failed"),
    ],
)
def test_what_cannot_be_shared_is_said(bob: Console, body: dict[str, str], code: str) -> None:
    firm = made(bob)
    assert shared(bob, firm, **body) == (422, code)
    assert bob.get(f"/customers/{firm}/shares")["items"] == []


def test_who_has_left_is_shared_nothing(bob: Console, given: Given) -> None:
    firm = made(bob)
    given.left("dora")
    assert shared(bob, firm) == (422, "member_unknown")


def test_another_corp_neither_shares_nor_sees_shares(bob: Console, neighbour: House) -> None:
    firm = made(bob)
    shared(bob, firm)
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert asked(stranger, "GET", f"/customers/{firm}/shares") == (404, "customer_not_found")
    assert shared(stranger, firm) == (404, "customer_not_found")
    assert asked(stranger, "DELETE", f"/customers/{firm}/shares/dora") == (404, "customer_not_found")


def test_what_an_owner_who_left_owns_waits_on_the_list_until_somebody_takes_it_over(
    house: House, bob: Console, given: Given
) -> None:
    chief = house.console(Role.ADMINISTRATOR)
    firm, kept = made(bob), made(chief, "乙公司")
    follows = given.customer("王姐", of="bob")
    assert ids(chief, awaiting_handover="true") == []
    given.left("bob")
    number = chief.get(f"/customers/{follows}")["id"]
    assert sorted(ids(chief, awaiting_handover="true")) == sorted([firm, number])
    assert ids(chief, awaiting_handover="false") == [kept]
    assert chief.get("/customers/summary")["awaiting_handover"] == 2
    (row,) = chief.get("/customers", awaiting_handover="true", kind="company")["items"]
    assert (row["owner"]["userid"], row["owner"]["awaiting_handover"], row["matched"]) == ("bob", True, None)
    assert asked(chief, "PUT", f"/customers/{firm}", {"version": 1, "owner_userid": "dora"}) == (200, "")
    assert ids(chief, awaiting_handover="true") == [number]
    assert chief.get("/customers/summary")["awaiting_handover"] == 1


def test_colleagues_are_named_to_whoever_shares_and_who_left_is_none(house: House, bob: Console, given: Given) -> None:
    assert [row["userid"] for row in bob.get("/staff")["items"]] == ["bob"]
    assert {"bob", "carl", "dora"} <= {row["userid"] for row in bob.get("/colleagues")["items"]}
    (found,) = bob.get("/colleagues", q="dora")["items"]
    assert set(found) == {"userid", "name", "departments"}
    given.left("dora")
    assert bob.get("/colleagues", q="dora")["items"] == []
    assert house.stranger().get("/api/v1/colleagues").status_code == 401


def test_another_corp_has_other_colleagues(bob: Console, neighbour: House) -> None:
    assert neighbour.console(Role.ADMINISTRATOR).get("/colleagues", q="bob")["items"] == []
