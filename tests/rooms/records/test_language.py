"""The filter language on a list: what it means, what is refused, pages in both directions, columns, why."""

import datetime as dt
import json
from typing import Any

import pytest

from scrm.core import clock
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.records.asking import Filter, explained, ids, leaf, refusal
from tests.support.moved_clock import later


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def officer(house: House) -> Console:
    return house.console(Role.COMPLIANCE)


@pytest.fixture
def lost(given: Given) -> dict[str, int]:
    """Alerts by customer: two of bob's, by either side, one of carl's."""
    return {
        "王一": given.alert("王一", of="bob"),
        "李二": given.alert("李二", of="bob", by_staff=False),
        "张三": given.alert("张三", of="carl"),
    }


OF_BOB = leaf("member", "is", "bob")
BY_STAFF = leaf("kind", "is", "staff_deleted_customer")


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({}, {"王一", "李二", "张三"}),
        ({"and": []}, {"王一", "李二", "张三"}),
        ({"or": []}, set()),
        (OF_BOB, {"王一", "李二"}),
        ({"and": [OF_BOB, BY_STAFF]}, {"王一"}),
        ({"or": [leaf("customer", "contains", "张三"), leaf("kind", "any", ["customer_left"])]}, {"李二", "张三"}),
        ({"not": {"and": [OF_BOB, BY_STAFF]}}, {"李二", "张三"}),
        ({"and": [{"not": {"or": [leaf("member", "any", ["CARL", "dora"])]}}, {}]}, {"王一", "李二"}),
        (leaf("member", "none", ["bob"]), {"张三"}),
        (leaf("member", "is", "nobody.we.know"), set()),
        (leaf("customer", "contains", "wangyi"), {"王一"}),
        (leaf("closed_at", "empty"), {"王一", "李二", "张三"}),
        (leaf("close_reason", "none", ["other"]), {"王一", "李二", "张三"}),
        (leaf("event_at", "preset", "today"), {"王一", "李二", "张三"}),
        (leaf("event_at", "older_days", 1), set()),
        (leaf("event_at", "last_days", 1), {"王一", "李二", "张三"}),
    ],
)
def test_a_filter_finds_what_it_says(officer: Console, lost: dict[str, int], filter: Filter, found: set[str]) -> None:
    assert set(ids(officer, "/alerts", filter)) == {lost[name] for name in found}


def test_a_filter_is_and_ed_to_what_the_list_takes_beside(officer: Console, lost: dict[str, int]) -> None:
    assert ids(officer, "/alerts", BY_STAFF, userid="carl") == [lost["张三"]]
    assert ids(officer, "/alerts", BY_STAFF, q="李二") == []


def test_days_are_chinas_and_ranges_hold_both(officer: Console, lost: dict[str, int]) -> None:
    today = clock.now().astimezone(clock.CHINA).date()
    tomorrow, every = today + dt.timedelta(days=1), set(lost.values())

    def found(op: str, value: Any) -> set[int]:
        return set(ids(officer, "/alerts", leaf("event_at", op, value)))

    assert found("on", f"{today}") == found("between", [f"{today}", f"{today}"]) == every
    assert found("before", f"{tomorrow}") == found("after", f"{today - dt.timedelta(days=1)}") == every
    assert found("before", f"{today}") == found("after", f"{today}") == found("on", f"{tomorrow}") == set()
    assert found("after", clock.now().isoformat()) == set()
    with later(dt.timedelta(days=1).total_seconds()):
        fresh = Console.get(officer, "/alerts", filter=json.dumps(leaf("event_at", "preset", "yesterday")))
        assert {row["id"] for row in fresh["items"]} == every
        assert found("last_days", 1) == set() and found("last_days", 2) == found("older_days", 1) == every


DEEP: Filter = {"not": {"not": {"not": {"not": {"not": OF_BOB}}}}}


@pytest.mark.parametrize(
    ("filter", "code", "at", "known"),
    [
        ("{", "filter_malformed", "", "field"),
        ("[]", "filter_malformed", "", "and"),
        ('{"xor": []}', "filter_malformed", "", "or"),
        ({"and": [OF_BOB, {"or": [3]}]}, "filter_malformed", "and.1.or.0", "not"),
        ({"and": [], "or": []}, "filter_malformed", "", "not"),
        ({**OF_BOB, "also": 1}, "filter_malformed", "", "field"),
        ({"field": "member"}, "filter_malformed", "", "field"),
        ('{"field": "customer", "op": "contains", "value": "\\ud800"}', "filter_malformed", "", "field"),
        ({"and": [leaf("colour", "is", "red")]}, "field_unknown", "and.0", "member"),
        ({"not": leaf("member", "like", "b")}, "operator_unknown", "not", "none"),
        (leaf("state", "is", "gone"), "value_invalid", "", "in_review"),
        (leaf("state", "is", ["open"]), "value_invalid", "", "text"),
        (leaf("state", "any", "open"), "value_invalid", "", "list"),
        (leaf("state", "any", []), "value_invalid", "", "list"),
        (leaf("member", "is", 7), "value_invalid", "", "text"),
        (leaf("customer", "contains", " \u200b"), "value_invalid", "", "text of 1 to 200 characters"),
        (leaf("event_at", "on", "2026-02-30"), "value_invalid", "", "day like 2026-01-31"),
        (leaf("event_at", "before", "2026-01-01T10:00:00"), "value_invalid", "", "day like 2026-01-31"),
        (leaf("event_at", "between", ["2026-01-01"]), "value_invalid", "", "[from, to]"),
        (leaf("event_at", "last_days", 10**9), "value_invalid", "", "number of days, 1 to 36500"),
        (leaf("event_at", "last_days", True), "value_invalid", "", "number of days, 1 to 36500"),
        (leaf("event_at", "preset", "someday"), "value_invalid", "", "last_month"),
        (leaf("event_at", "preset", ["today"]), "value_invalid", "", "last_month"),
        ({"not": DEEP}, "filter_too_large", "not.not.not.not.not", "5 levels"),
        ({"and": [OF_BOB] * 51}, "filter_too_large", "", "50 conditions"),
        ({"and": [{"or": [OF_BOB] * 30}] * 2}, "filter_too_large", "and.1.or.20", "50 conditions"),
        (leaf("member", "any", [f"u{n}" for n in range(1_001)]), "filter_too_large", "", "1000 values"),
    ],
)
def test_what_is_wrong_is_named_with_what_there_is(
    officer: Console, filter: Any, code: str, at: str, known: str
) -> None:
    told = refusal(officer, "/alerts", filter)
    assert (told["code"], told["at"]) == (code, at)
    assert known in told["known"] and told["detail_zh"] and told["detail_en"]


def test_limits_are_what_is_taken_still(officer: Console, lost: dict[str, int]) -> None:
    assert ids(officer, "/alerts", DEEP) == [lost["张三"]]
    assert len(ids(officer, "/alerts", {"or": [OF_BOB] * 50})) == 2
    assert len(ids(officer, "/alerts", leaf("member", "any", ["bob", *(f"u{n}" for n in range(999))]))) == 2


def test_unknown_sorts_and_columns_are_named(officer: Console) -> None:
    told = refusal(officer, "/alerts", sort="colour")
    assert (told["code"], told["field"]) == ("sort_unknown", "colour") and "event_at" in told["known"]
    assert refusal(officer, "/alerts", sort="--event_at")["code"] == "sort_unknown"
    assert refusal(officer, "/alerts", sort="closed_at")["code"] == "sort_unknown"  # may be null
    told = refusal(officer, "/alerts", columns="kind,colour")
    assert (told["code"], told["field"]) == ("column_unknown", "colour") and "kind" in told["known"]


@pytest.mark.parametrize("sort", ["event_at", "-event_at", "raised_at", "-raised_at"])
def test_pages_give_each_row_once_under_ties_in_both_directions(
    officer: Console, given: Given, house: House, sort: str
) -> None:
    moment = clock.now()
    for number in range(7):
        given.lost(given.customer(f"客户{number}", of="bob"), "bob", at=moment - dt.timedelta(minutes=number % 2))
    whole = officer.get("/alerts", sort=sort)["items"]
    order = sorted(whole, key=lambda row: (row[sort.removeprefix("-")], row["id"]), reverse=sort.startswith("-"))
    assert [row["id"] for row in whole] == [row["id"] for row in order] and len(whole) == 7
    walked: list[int] = []
    cursor = None
    for _ in range(4):
        page = officer.get("/alerts", sort=sort, limit=2, cursor=cursor, filter=json.dumps(OF_BOB), columns="kind")
        assert page["total"] == 7
        walked += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert walked == [row["id"] for row in whole] and cursor is None


def test_a_cursor_is_of_one_filter_and_sort_and_of_any_columns(officer: Console, lost: dict[str, int]) -> None:
    cursor = officer.get("/alerts", limit=1)["next_cursor"]
    assert refusal(officer, "/alerts", OF_BOB, cursor=cursor)["code"] == "cursor_elsewhere"
    assert refusal(officer, "/alerts", sort="event_at", cursor=cursor)["code"] == "cursor_elsewhere"
    assert len(officer.get("/alerts", cursor=cursor, columns="state")["items"]) == 2


def test_cells_are_there_for_just_the_columns_that_were_asked_for(officer: Console, lost: dict[str, int]) -> None:
    assert all("cells" not in row for row in officer.get("/alerts")["items"])
    row = officer.get("/alerts", columns="member,customer,state,event_at,closed_at,member", q="张三")["items"][0]
    assert row["cells"] == {
        "member": {"userid": "carl", "name": "卡尔"},
        "customer": "张三",
        "state": "open",
        "event_at": row["cells"]["event_at"],
        "closed_at": None,
    }
    shown = dt.datetime.fromisoformat(row["cells"]["event_at"])
    assert shown == dt.datetime.fromisoformat(row["event_at"])
    assert list(row["cells"])[:2] == ["member", "customer"]


def test_me_is_who_reads_and_nobody_for_an_account_without_a_member(house: House, lost: dict[str, int]) -> None:
    mine = leaf("member", "is", "@me")
    assert set(ids(house.console(Role.COMPLIANCE, userid="bob"), "/alerts", mine)) == {lost["王一"], lost["李二"]}
    assert ids(house.console(Role.COMPLIANCE, userid="carl"), "/alerts", mine) == [lost["张三"]]
    local = house.console(Role.COMPLIANCE)
    assert ids(local, "/alerts", mine) == []
    assert len(ids(local, "/alerts", {"not": mine})) == len(ids(local, "/alerts", leaf("member", "none", ["@me"]))) == 3


def test_explanation_says_which_conditions_hold(house: House, officer: Console, lost: dict[str, int]) -> None:
    filter: Filter = {"and": [OF_BOB, {"or": [BY_STAFF, leaf("state", "is", "closed")]}]}
    told = explained(officer, "alert", lost["李二"], filter)
    assert (told["visible"], told["matches"]) == (True, False)
    assert [(one["path"], one["holds"]) for one in told["leaves"]] == [
        ("and.0", True),
        ("and.1.or.0", False),
        ("and.1.or.1", False),
    ]
    assert told["leaves"][0] == {"path": "and.0", "holds": True, **OF_BOB}
    assert explained(officer, "alert", lost["王一"], filter)["matches"] is True
    carl = house.console(Role.SALES, userid="carl")
    unseen = {"visible": False, "matches": False, "leaves": []}
    assert explained(carl, "alert", lost["王一"], filter) == unseen == explained(officer, "alert", 10**9, filter)
    answer = officer.status("GET", "/kinds/alert/explain?id=1&filter=%7B%22field%22%3A%22x%22%2C%22op%22%3A%22is%22%7D")
    assert answer.json()["code"] == "field_unknown"


def test_kinds_are_those_that_the_reader_may_read(house: House, officer: Console) -> None:
    marketer = house.console(Role.MARKETER)
    assert "alert" in {row["name"] for row in officer.get("/kinds")["items"]}
    assert "alert" not in {row["name"] for row in marketer.get("/kinds")["items"]}
    assert marketer.status("GET", "/kinds/alert").json()["code"] == "kind_not_found"
    assert marketer.status("GET", "/kinds/alert/explain?id=1").json()["code"] == "kind_not_found"
    told = officer.get("/kinds/alert")
    assert (told["list"], told["path"], told["default_sort"]) == ("/api/v1/alerts", "/alerts?open={id}", "-event_at")
    state = next(field for field in told["fields"] if field["key"] == "state")
    assert (state["type"], state["operators"], state["filter"]) == ("choice", ["is", "any", "none"], True)
    assert state["choices"][0] == {"value": "open", "zh": "待处理", "en": "Open"}
    assert "event_at" in told["sorts"] and set(told["default_columns"]) <= {one["key"] for one in told["fields"]}
