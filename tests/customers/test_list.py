"""The customer list, its filters and search, and what a customer's page shows and hides."""

import datetime as dt
from typing import Any

import pytest

from scrm.core import clock, search
from scrm.core.numbers import mask
from scrm.core.reading import Reading
from scrm.customers.file.models import Customer
from scrm.identity.models import Role
from tests.support.company import befriend
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


@pytest.fixture(scope="module")
def console(shared: Corp) -> Console:
    named: dict[str, dict[str, Any]] = {
        "张三丰": {"remark": "VIP 客户", "remark_mobiles": ["13800000001", "10086"]},
        "Zhang Wei": {"remark": "上海张总"},
        "李四%百分号_下划线": {"remark": ""},
        "ＡＢＣ公司": {"remark": ""},
    }
    (userid, *_) = sorted(
        {item["userid"] for item in shared.sim.call("GET", f"/corps/{shared.corp_id}/relations")["items"]}
    )
    tag_id = _tags(shared)[0]
    for name, values in named.items():
        customer = befriend(shared, userid, name)
        shared.act("edit_contact", userid=userid, external_userid=customer, quiet=True, add_tags=[tag_id], **values)
    shared.sync()
    return shared.console(Role.ADMINISTRATOR)


def _tags(corp: Corp) -> list[str]:
    groups = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["tag_groups"]
    return [tag["id"] for group in groups for tag in group["tags"]]


def names(console: Console, **query: object) -> set[str]:
    return {row["name"] for row in console.get("/customers", limit=200, **query)["items"]}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("张三", {"张三丰"}),
        ("三丰", {"张三丰"}),
        ("上海张", {"Zhang Wei"}),
        ("zhang w", {"Zhang Wei"}),
        ("ZHANG  WEI", {"Zhang Wei"}),
        ("ｖｉｐ", {"张三丰"}),
        ("abc公", {"ＡＢＣ公司"}),
        ("%百", {"李四%百分号_下划线"}),
        ("_下", {"李四%百分号_下划线"}),
        ("四百", set()),
        ("三张", set()),
        ("\\", set()),
    ],
)
def test_search_finds_words_as_customers_write_them(console: Console, words: str, found: set[str]) -> None:
    assert names(console, q=words) & {"张三丰", "Zhang Wei", "李四%百分号_下划线", "ＡＢＣ公司"} == found


def test_single_character_is_found_too(console: Console) -> None:
    assert "张三丰" in names(console, q="丰")


def test_external_userid_is_found_whole(console: Console) -> None:
    row = console.get("/customers", q="张三")["items"][0]
    assert names(console, q=row["external_userid"]) == {"张三丰"}


def test_external_userid_is_found_from_its_beginning_on_and_by_no_letters_of_its_middle(console: Console) -> None:
    whole: str = console.get("/customers", q="张三")["items"][0]["external_userid"]
    assert names(console, q=whole[:8].upper()) >= {"张三丰"}
    assert "张三丰" not in names(console, q=whole[2:]) and "张三丰" not in names(console, q=whole[:2])


def test_tag_filter_takes_any_of_several(console: Console, shared: Corp) -> None:
    first, second, *_ = _tags(shared)
    both = console.get("/customers", tag_id=[first, second], limit=200)
    one, other = (console.get("/customers", tag_id=tag, limit=200) for tag in (first, second))
    ids = [{row["external_userid"] for row in page["items"]} for page in (both, one, other)]
    assert ids[0] == ids[1] | ids[2]
    assert "张三丰" in {row["name"] for row in one["items"]}
    assert console.get("/customers", tag_id="no-such-tag")["total"] == 0


def test_filters_narrow_each_other(console: Console) -> None:
    row = console.get("/customers", q="张三")["items"][0]
    userid = row["follows"][0]["userid"]
    assert names(console, q="张三", userid=userid.upper(), status="active") == {"张三丰"}
    assert names(console, q="张三", userid="nobody") == set()
    assert names(console, q="张三", status="deleted_by_staff") == set()
    assert names(console, q="张三", type=row["type"]) == {"张三丰"}


def test_days_are_chinas(console: Console) -> None:
    today = clock.now().astimezone(clock.CHINA).date()
    tomorrow = today + dt.timedelta(days=1)
    assert "张三丰" in names(console, added_from=str(today), added_to=str(today))
    assert "张三丰" not in names(console, added_from=str(tomorrow))


def test_pages_join_to_the_whole(console: Console, shared: Corp) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = console.get("/customers", limit=9, **({"cursor": cursor} if cursor else {}))
        seen += [row["external_userid"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page["total"] == len(shared.rows(Customer))


def test_numbers_are_masked_until_revealed_for_a_reason(console: Console, shared: Corp) -> None:
    row = console.get("/customers", q="张三")["items"][0]
    path = f"/customers/{row['external_userid']}"
    (follow,) = console.get(path)["follows"]
    assert follow["remark_mobiles"] == ["138****0001", "***86"]
    assert "13800000001" not in str(console.get("/customers", q="张三"))
    assert console.status("POST", f"{path}/reveal", {}).status_code == 422
    assert console.status("POST", f"{path}/reveal", {"reason": ""}).status_code == 422
    assert console.status("POST", f"{path}/reveal", {"reason": "核对号码"}).json()["mobiles"] == [
        "13800000001",
        "10086",
    ]
    (event,) = shared.rows(Reading, Reading.verb == "customer.mobiles_revealed")
    assert (event.subject, event.facts) == (f"customer:{row['external_userid']}", {"reason": "核对号码", "count": 2})


def test_timeline_is_newest_first_and_filtered(console: Console) -> None:
    row = console.get("/customers", q="张三")["items"][0]
    page = console.get(f"/customers/{row['external_userid']}/timeline")
    assert [entry["kind"] for entry in page["items"]] == ["added"]
    assert console.get(f"/customers/{row['external_userid']}/timeline", q="edit")["total"] == 0


def test_summary_counts_what_the_lists_show(console: Console, shared: Corp) -> None:
    summary = console.get("/customers/summary", days=7)
    assert summary["customers"] == console.get("/customers")["total"]
    assert summary["groups"] == 4
    assert len(summary["days"]) == 7
    assert summary["days"][-1]["added"] == summary["added_today"] >= 4


def test_summary_counts_the_groups_that_the_scope_owns(shared: Corp) -> None:
    groups = shared.sim.call("GET", f"/corps/{shared.corp_id}/state")["groups"]
    owner = groups[0]["owner"]
    summary = shared.console(Role.SALES, userid=owner).get("/customers/summary", days=7)
    assert 0 < summary["groups"] == sum(1 for group in groups if group["owner"] == owner) < 4


@pytest.mark.parametrize(
    ("mobile", "masked"), [("13800000001", "138****0001"), ("1234567", "123****4567"), ("10086", "***86"), ("7", "7")]
)
def test_mask(mobile: str, masked: str) -> None:
    assert mask(mobile) == masked


@pytest.mark.parametrize(
    ("words", "folded"), [("  张  三 ", "张 三"), ("ＶＩＰ", "vip"), ("ﬁ", "fi"), ("", ""), ("\t\n", "")]
)
def test_fold(words: str, folded: str) -> None:
    assert search.fold(words) == folded


def test_bigrams_are_sorted_and_unique() -> None:
    codes = search.bigrams("张三张三")
    assert codes == sorted(set(codes))
    assert len(codes) == 2
