"""Who follows a customer no longer keeps what was theirs, and sees nothing of what the successor makes of it."""

import json
from collections.abc import Iterator

import pytest

from scrm.identity.models import Role
from tests.support.company import SPEC, befriend
from tests.support.service import Console, connected
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Simulator

THEIRS = "wmFORMER1"  # Carl deleted him, Bob follows
SHARED = "wmFORMER2"  # both follow
LEFT = "wmFORMER3"  # he deleted Carl, Bob follows
SECRETS = ("新跟进人的备注", "预算30万", "13611112222", "136****2222", "后来的标签", "鲍勃")


@pytest.fixture(scope="module")
def handed(service: str, sim: Simulator) -> Iterator[Corp]:
    with connected(sim, service, "wf", **SPEC) as corp:
        corp.act("add_tag_group", name="级别", tags=["原来的标签", "后来的标签"], quiet=True)
        for external_userid in (THEIRS, SHARED, LEFT):
            befriend(corp, "carl", f"前任客户{external_userid}", external_userid=external_userid)
            mine = {"remark": "我的备注", "remark_mobiles": ["13500001111"], "add_tags": ["原来的标签"]}
            corp.act("edit_contact", userid="carl", external_userid=external_userid, quiet=True, **mine)
        corp.sync()
        corp.act("delete_contact", userid="carl", external_userid=THEIRS)
        corp.act("customer_deletes", userid="carl", external_userid=LEFT)
        corp.settle()
        for external_userid in (THEIRS, SHARED, LEFT):
            corp.act("add_contact", userid="bob", external_userid=external_userid)
            corp.act(
                "edit_contact",
                userid="bob",
                external_userid=external_userid,
                remark="新跟进人的备注",
                description="预算30万",
                remark_company="后来的公司",
                remark_mobiles=["136-1111 2222"],
                add_tags=["后来的标签"],
            )
        corp.settle()
        yield corp


@pytest.fixture(scope="module")
def carl(handed: Corp) -> Console:
    return handed.console(Role.SALES, userid="carl")


@pytest.fixture(scope="module")
def bob(handed: Corp) -> Console:
    return handed.console(Role.SALES, userid="bob")


def names(console: Console, **query: object) -> set[str]:
    return {row["external_userid"] for row in console.get("/customers", **query)["items"]}


@pytest.mark.parametrize("customer", [THEIRS, LEFT])
def test_former_follower_sees_nothing_of_the_successor(handed: Corp, carl: Console, customer: str) -> None:
    listed = [row for row in carl.get("/customers")["items"] if row["external_userid"] == customer]
    detail = carl.get(f"/customers/{customer}")
    answers = [listed, detail, carl.get(f"/customers/{customer}/timeline"), carl.get("/alerts")]
    answers.append(carl.status("POST", f"/customers/{customer}/reveal", {"reason": "回访"}).json())
    for answer in answers:
        shown = json.dumps(answer, ensure_ascii=False)
        assert [secret for secret in SECRETS if secret in shown] == []
    assert [follow["remark"] for follow in detail["follows"]] == ["我的备注"]
    assert [tag["name"] for tag in detail["tags"]] == ["原来的标签"]
    assert answers[-1].get("mobiles", ["13500001111"]) == ["13500001111"]
    assert {row["staff_name"] for row in answers[2]["items"]} == {"卡尔"}


@pytest.mark.parametrize(
    "query",
    [
        {"q": "新跟进人的备注"},
        {"q": "跟进人"},
        {"q": "13611112222"},
        {"q": "2222"},
        {"userid": "bob"},
    ],
    ids=str,
)
def test_former_follower_finds_nobody_by_the_successors_words(
    carl: Console, bob: Console, query: dict[str, str]
) -> None:
    assert names(carl, **query) == {SHARED}  # whom he follows still
    assert names(bob, **query) == {THEIRS, SHARED, LEFT}


def test_former_follower_finds_nobody_by_the_successors_tags(handed: Corp, carl: Console, bob: Console) -> None:
    ids = {tag["name"]: tag["tag_id"] for group in bob.get("/tags")["items"] for tag in group["tags"]}
    assert names(carl, tag_id=ids["后来的标签"]) == {SHARED}
    assert names(carl, tag_id=ids["原来的标签"]) == {THEIRS, SHARED, LEFT}


def test_what_was_theirs_is_found_and_stays(carl: Console) -> None:
    for words in ("我的备注", "13500001111", "前任客户", THEIRS):
        assert THEIRS in names(carl, q=words)


def test_follower_of_today_and_whoever_sees_all_see_both(handed: Corp, bob: Console) -> None:
    for console in (bob, handed.console(Role.ADMINISTRATOR), handed.console(Role.SALES, userid="Anna.Li")):
        follows = console.get(f"/customers/{THEIRS}")["follows"]
        assert {follow["remark"] for follow in follows} == {"我的备注", "新跟进人的备注"}


def test_stranger_finds_nobody(handed: Corp) -> None:
    assert names(handed.console(Role.SALES, userid="dora"), q="我的备注") == set()
