"""Saved views: whose they are, who changes them, and what a reader gets of what they may not read."""

from typing import Any

import pytest

from scrm.core.audit import AuditEvent
from scrm.core.records.field import Served
from scrm.core.records.fields import Flag
from scrm.core.records.kind import Extends
from scrm.identity.models import Role
from scrm.shared.records import catalogue
from scrm.shared.records.models import SavedView
from scrm.wiring import ROOMS
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.records.asking import ids, leaf

OPEN = leaf("open_alert", "is", True)


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def saved(console: Console, **values: Any) -> dict[str, Any]:
    answer = console.status("POST", "/views", {"kind": "customer", "name": "我的", **values})
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


def code(console: Console, method: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = console.status(method, path, body)
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


def views(console: Console, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = console.get("/views", **query)["items"]
    return items


def changed(view: dict[str, Any], **values: Any) -> dict[str, Any]:
    told = {key: value for key, value in view.items() if key not in {"id", "mine", "problems"}}
    return {**told, **values}


def test_a_view_is_kept_as_it_was_saved_and_seen_by_its_maker_alone(house: House) -> None:
    bob, carl = house.console(Role.SALES, userid="bob"), house.console(Role.SALES, userid="carl")
    view = saved(bob, filter=OPEN, sort="first_added_at", columns=["name", "tags"], density="compact", pinned=True)
    assert views(bob) == views(bob, kind="customer") == [view] and view["mine"] and view["problems"] == []
    assert (view["filter"], view["sort"], view["columns"]) == (OPEN, "first_added_at", ["name", "tags"])
    assert views(carl) == views(bob, kind="alert") == []
    for method, body in (("PUT", changed(view)), ("DELETE", None)):
        for other in (carl, house.console(Role.ADMINISTRATOR)):
            assert code(other, method, f"/views/{view['id']}", body) == (404, "view_not_found")
    assert code(bob, "DELETE", f"/views/{view['id']}") == (204, "")
    assert views(bob) == []
    assert [row.verb for row in house.rows(AuditEvent, AuditEvent.subject == f"view:{view['id']}")] == [
        "view.saved",
        "view.deleted",
    ]


def test_a_team_view_shows_each_reader_their_own_records(house: House, given: Given) -> None:
    given.customer("王一", of="bob"), given.customer("张三", of="carl")
    bob, carl = house.console(Role.SALES, userid="bob"), house.console(Role.SALES, userid="carl")
    view = saved(bob, scope="team", filter=leaf("member", "is", "@me"))
    (seen,) = views(carl)
    assert (seen["id"], seen["mine"], seen["scope"]) == (view["id"], False, "team")
    found = [ids(console, "/customers", seen["filter"]) for console in (bob, carl)]
    assert [len(one) for one in found] == [1, 1] and found[0] != found[1]


def test_a_team_view_is_changed_by_its_maker_or_an_administrator(house: House) -> None:
    bob, carl = house.console(Role.SALES, userid="bob"), house.console(Role.SALES, userid="carl")
    admin = house.console(Role.ADMINISTRATOR)
    view = saved(bob, scope="team")
    path = f"/views/{view['id']}"
    assert code(carl, "PUT", path, changed(view)) == code(carl, "DELETE", path) == (403, "view_not_yours")
    assert code(admin, "PUT", path, changed(view, scope="own")) == (403, "view_not_yours")
    assert code(admin, "PUT", path, changed(view, name="团队的", pinned=True)) == (200, "")
    answer = bob.status("PUT", path, changed(view, name="又改"))
    assert (answer.status_code, answer.json()["code"]) == (409, "view_changed")
    standing = answer.json()["standing"]
    assert (standing["name"], standing["version"], standing["pinned"]) == ("团队的", 2, True)
    assert code(bob, "PUT", path, changed(standing, name="又改", scope="own")) == (200, "")
    assert views(carl) == [] and [one["name"] for one in views(bob)] == ["又改"]


def test_names_are_taken_once_for_a_person_and_once_for_the_team(house: House) -> None:
    bob, carl = house.console(Role.SALES, userid="bob"), house.console(Role.SALES, userid="carl")
    saved(bob), saved(carl), saved(bob, scope="team")
    body = {"kind": "customer", "name": " 我的 "}
    assert code(carl, "POST", "/views", body) == (409, "view_name_taken")
    assert code(carl, "POST", "/views", {**body, "scope": "team"}) == (409, "view_name_taken_by_team")
    saved(bob, kind="alert")  # of another list
    other = saved(carl, name="第二个")
    assert code(carl, "PUT", f"/views/{other['id']}", changed(other, name="我的")) == (409, "view_name_taken")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"filter": leaf("colour", "is", "red")}, "field_unknown"),
        ({"filter": leaf("broadcast", "has", 1)}, "field_unknown"),  # hidden from sales
        ({"filter": {"xor": []}}, "filter_malformed"),
        ({"filter": {"and": [OPEN] * 51}}, "filter_too_large"),
        ({"sort": "colour"}, "sort_unknown"),
        ({"columns": ["colour"]}, "column_unknown"),
        ({"name": "  "}, "validation_failed"),
        ({"kind": "colour"}, "kind_not_found"),
        ({"kind": "broadcast"}, "kind_not_found"),  # which sales may not read
    ],
)
def test_what_a_list_would_refuse_is_not_saved(house: House, values: dict[str, Any], told: str) -> None:
    bob = house.console(Role.SALES, userid="bob")
    assert code(bob, "POST", "/views", {"kind": "customer", "name": "我的", **values})[1] == told
    assert house.rows(SavedView) == []


def test_a_hidden_field_of_a_team_view_is_marked_and_not_told(house: House) -> None:
    officer, bob = house.console(Role.COMPLIANCE), house.console(Role.SALES, userid="bob")
    view = saved(officer, scope="team", filter={"and": [OPEN, {"not": leaf("broadcast", "has", 987654)}]})
    assert views(officer)[0]["problems"] == []
    (seen,) = views(bob)
    assert [(one["path"], one["code"]) for one in seen["problems"]] == [("and.1.not", "field_unknown")]
    assert seen["filter"] == {"and": [OPEN, {"not": {"field": "?", "op": "?"}}]}
    told = bob.status("GET", "/views").text
    assert "987654" not in told and "群发" not in told and "broadcast" not in told.lower()
    assert house.rows(SavedView)[0].filter == view["filter"]


def test_a_view_whose_field_is_gone_is_shown_with_what_is_broken(house: House) -> None:
    def rooms(*more: Extends) -> list[tuple[str, Any, Any]]:
        return [(room.name, room.kinds, room.extends) for room in ROOMS] + [("planted", (), more)]

    def late(number: Any) -> tuple[Flag, ...]:
        return (Flag("late", "很晚", "Late", served=Served.SMALL, made=lambda _: number > 5, sort=number),)

    bob = house.console(Role.SALES, userid="bob")
    try:
        catalogue.install(rooms(Extends("customer", late)))
        saved(bob, filter={"or": [leaf("late", "is", True), OPEN]}, sort="-late", columns=["late", "name"])
    finally:
        catalogue.install(rooms())
    (view,) = views(bob)
    assert {(one["path"], one["code"]) for one in view["problems"]} == {
        ("or.0", "field_unknown"),
        ("sort", "sort_unknown"),
        ("columns", "column_unknown"),
    }
    assert all(one["zh"] and one["en"] for one in view["problems"])
    assert (view["sort"], view["columns"], view["filter"]["or"][1]) == (None, ["name"], OPEN)


def test_views_of_one_list_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scrm.shared.records.saving.MOST", 2)
    bob = house.console(Role.SALES, userid="bob")
    saved(bob), saved(bob, name="二"), saved(bob, name="三", scope="team"), saved(bob, name="四", kind="alert")
    assert code(bob, "POST", "/views", {"kind": "customer", "name": "五"}) == (422, "views_full")


def test_other_corp_sees_nothing(house: House, neighbour: House) -> None:
    view = saved(house.console(Role.ADMINISTRATOR), scope="team")
    other = neighbour.console(Role.ADMINISTRATOR)
    assert views(other) == []
    assert code(other, "DELETE", f"/views/{view['id']}") == (404, "view_not_found")
