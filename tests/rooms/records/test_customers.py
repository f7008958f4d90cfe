"""Customers filtered by what stands on them, on relations as far as these are seen, and by what other rooms know."""

import datetime as dt
from typing import Any

import pytest

from scrm.core import clock
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import Console, House
from tests.rooms.records.asking import Filter, explained, ids, leaf, refusal


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def officer(house: House) -> Console:
    return house.console(Role.COMPLIANCE)


@pytest.fixture
def numbers(house: House, given: Given, officer: Console) -> dict[str, int]:
    """By name: bob's two, one that bob shares with dora, carl's own; whom dora deleted."""
    red, blue = given.tag("红"), given.tag("蓝")
    given.customer("王一", of="bob", tag_ids=[red, blue], remark="老街茶楼", add_way=1, state="展会A", days_ago=40)
    given.customer("李二", of="bob", tag_ids=[red], add_way=2, days_ago=3, remark_mobiles=["13800138000"])
    both = given.customer("赵四", of=["bob", "dora"], remark="装修", days_ago=2)
    given.customer("张三", of="carl", tag_ids=[blue], remark="装修公司", days_ago=1)
    given.lost(both, "dora")
    return {row["name"]: row["id"] for row in officer.get("/customers")["items"]}


def tag_of(officer: Console, name: str) -> str:
    tags = [tag for group in officer.get("/tags")["items"] for tag in group["tags"]]
    return str(next(tag["tag_id"] for tag in tags if tag["name"] == name))


def names(console: Console, numbers: dict[str, int], filter: Filter, **query: Any) -> set[str]:
    called = {number: name for name, number in numbers.items()}
    return {called[number] for number in ids(console, "/customers", filter, **query)}


def test_tags_any_all_none(officer: Console, numbers: dict[str, int]) -> None:
    red, blue = tag_of(officer, "红"), tag_of(officer, "蓝")
    worn = officer.get("/customers", columns="tags", q="王一")["items"][0]["cells"]["tags"]
    assert [(tag["tag_id"], tag["name"]) for tag in worn] == [(red, "红"), (blue, "蓝")]
    for one, other in ((red, blue), (worn[0]["id"], worn[1]["id"])):  # by either's number
        assert names(officer, numbers, leaf("tags", "any", [one, other])) == {"王一", "李二", "张三"}
        assert names(officer, numbers, leaf("tags", "all", [one, other])) == {"王一"}
        assert names(officer, numbers, leaf("tags", "none", [one])) == {"赵四", "张三"}
    assert names(officer, numbers, leaf("tags", "any", ["no-such-tag"])) == set()
    assert names(officer, numbers, leaf("tags", "none", ["no-such-tag"])) == set(numbers)
    assert names(officer, numbers, leaf("tags", "empty")) == {"赵四"}
    assert names(officer, numbers, leaf("tags", "not_empty")) == {"王一", "李二", "张三"}


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (leaf("remark", "contains", "装修"), {"赵四", "张三"}),
        (leaf("remark", "contains", "laojie"), {"王一"}),
        (leaf("remark", "contains", "王一"), set()),
        (leaf("name", "contains", "zhangsan"), {"张三"}),
        (leaf("phone", "is", "138 0013 8000"), {"李二"}),
        (leaf("phone", "is", "8000"), {"李二"}),
        (leaf("member", "is", "bob"), {"王一", "李二", "赵四"}),
        (leaf("member", "is", "dora"), set()),  # she follows nobody any more
        (leaf("deleted_by", "is", "dora"), {"赵四"}),
        (leaf("left", "any", ["dora", "bob"]), set()),
        (leaf("status", "is", "deleted_by_staff"), {"赵四"}),
        ({"and": [leaf("member", "is", "bob"), leaf("status", "none", ["deleted_by_staff"])]}, {"王一", "李二"}),
        (leaf("add_way", "any", ["2", "202"]), {"李二"}),
        (leaf("channel", "contains", "展会"), {"王一"}),
        (leaf("first_added_at", "older_days", 30), {"王一"}),
        (leaf("last_talk_at", "empty"), {"王一", "李二", "赵四", "张三"}),
        (leaf("lost_at", "preset", "today"), {"赵四"}),
        (leaf("open_alert", "is", True), {"赵四"}),
        ({"not": leaf("open_alert", "is", True)}, {"王一", "李二", "张三"}),
        (leaf("kind", "any", ["company"]), set()),
        (leaf("type", "is", "1"), {"王一", "李二", "赵四", "张三"}),
        (leaf("awaiting", "is", True), set()),
        (leaf("owner", "empty"), {"王一", "李二", "赵四", "张三"}),
    ],
)
def test_each_question_finds_who_it_says(
    officer: Console, numbers: dict[str, int], filter: Filter, found: set[str]
) -> None:
    assert names(officer, numbers, filter) == found


def test_parts_of_a_number_find_nobody(officer: Console, numbers: dict[str, int]) -> None:
    assert names(officer, numbers, leaf("phone", "is", "138001")) == set()
    for part in ("800", "13", "abcd", ""):
        assert refusal(officer, "/customers", leaf("phone", "is", part))["code"] == "value_invalid"


def test_last_talk_and_whom_a_leaver_left(
    house: House, given: Given, officer: Console, numbers: dict[str, int]
) -> None:
    person = next(row for row in officer.get("/customers", q="王一")["items"])["external_userid"]
    given.said("bob", person, "你好", seconds_ago=8 * 86_400)
    assert names(officer, numbers, leaf("last_talk_at", "not_empty")) == {"王一"}
    assert names(officer, numbers, leaf("last_talk_at", "older_days", 7)) == {"王一"}
    assert names(officer, numbers, leaf("last_talk_at", "last_days", 7)) == set()
    given.left("carl")
    assert names(officer, numbers, leaf("awaiting", "is", True)) == {"张三"}


def test_the_relation_that_a_named_filter_matched_stays_in_the_item(officer: Console, numbers: dict[str, int]) -> None:
    (row,) = officer.get("/customers", status="deleted_by_staff", columns="name,owner,remark")["items"]
    assert (row["matched"]["userid"], row["matched"]["status"]) == ("dora", "deleted_by_staff")
    assert row["cells"] == {"name": "赵四", "owner": None, "remark": "装修"}


def test_what_others_wrote_is_not_found_by_who_follows_no_more(
    house: House, given: Given, numbers: dict[str, int]
) -> None:
    """carl followed 赵四's neighbour: he lost 张三, whom dora follows now with words and tags of her own."""
    secret = given.tag("机密")
    person = house.console(Role.ADMINISTRATOR).get("/customers", q="张三")["items"][0]["external_userid"]
    given.lost(person, "carl")
    given.follows(person, "dora", remark="竞品内线", tag_ids=[secret], state="内推")
    carl, officer = house.console(Role.SALES, userid="carl"), house.console(Role.COMPLIANCE)
    for filter in (
        leaf("remark", "contains", "竞品"),
        leaf("tags", "any", [secret]),
        leaf("member", "is", "dora"),
        leaf("channel", "contains", "内推"),
    ):
        assert names(officer, numbers, filter) == {"张三"}, filter
        assert names(carl, numbers, filter) == set(), filter
        told = explained(carl, "customer", numbers["张三"], filter)
        assert (told["visible"], told["matches"], [one["holds"] for one in told["leaves"]]) == (True, False, [False])
        assert names(carl, numbers, {"not": filter}) == {"张三"}
    cells = next(row for row in carl.get("/customers", columns="tags,remark")["items"])["cells"]
    assert [tag["name"] for tag in cells["tags"]] == ["蓝"] and cells["remark"] == "装修公司"


def test_customers_sort_by_when_they_were_added(officer: Console, numbers: dict[str, int]) -> None:
    order = [numbers[name] for name in ("王一", "李二", "赵四", "张三")]
    assert ids(officer, "/customers", sort="first_added_at") == order
    assert ids(officer, "/customers", sort="-first_added_at") == ids(officer, "/customers") == order[::-1]


def test_a_broadcast_finds_whom_it_went_to_under_its_own_permission(house: House, officer: Console) -> None:
    """The field is of another room: named as such, and unknown to who may not read broadcasts."""
    sales, asked = house.console(Role.SALES, userid="bob"), leaf("broadcast", "has", 1)
    field = next(one for one in officer.get("/kinds/customer")["fields"] if one["key"] == "broadcast")
    assert (field["from_room"], field["type"], field["operators"]) == (
        "marketing.broadcasts",
        "through",
        ["has", "has_not"],
    )
    assert ids(officer, "/customers", asked) == []
    told = refusal(sales, "/customers", asked)
    assert told["code"] == "field_unknown" and "broadcast" not in told["known"] and "open_alert" in told["known"]
    assert "broadcast" not in {one["key"] for one in sales.get("/kinds/customer")["fields"]}
    assert (
        sales.status(
            "GET",
            "/kinds/customer/explain?id=1&filter=%7B%22field%22%3A%22broadcast%22%2C%22op%22%3A%22has%22%2C%22value%22%3A1%7D",
        ).json()["code"]
        == "field_unknown"
    )


def test_moments_of_the_far_past_and_future_are_refused(officer: Console) -> None:
    far = (clock.now() + dt.timedelta(days=400_000)).date()
    assert refusal(officer, "/customers", leaf("first_added_at", "on", f"{far}"))["code"] == "value_invalid"
    assert refusal(officer, "/customers", leaf("first_added_at", "on", "0001-01-01"))["code"] == "value_invalid"
