"""Who sees whose customers, and which role may do what."""

import pytest
import requests

from scrm.core.operation import PATH_PART
from scrm.identity import queries
from scrm.identity.models import Department, Role, Staff
from scrm.identity.permissions import ROLE_PERMISSIONS, WHOLE_CORP, Permission
from scrm.wiring import APIS
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp

OPERATIONS = [operation for api in APIS for operation in api.operations]
LISTS = ["/customers", "/alerts", "/staff", "/callbacks", "/tasks", "/audit", "/sync-runs"]
GUARDED = [operation for operation in OPERATIONS if isinstance(operation.permission, Permission)]


@pytest.fixture
def known(company: Corp) -> Corp:
    for userid, name in (
        ("Anna.Li", "安娜的客户"),
        ("bob", "鲍勃的客户"),
        ("carl", "卡尔的客户"),
        ("dora", "朵拉的客户"),
    ):
        befriend(company, userid, name)
    company.sync()
    return company


def customers_of(corp: Corp, role: Role, userid: str | None) -> set[str]:
    return {row["name"] for row in corp.console(role, userid=userid).get("/customers")["items"]}


def test_seller_sees_its_own_and_a_leader_those_below(known: Corp) -> None:
    assert customers_of(known, Role.SALES, "bob") == {"鲍勃的客户"}
    assert customers_of(known, Role.SALES, "dora") == {"朵拉的客户"}
    assert customers_of(known, Role.SALES, "anna.li") == {"安娜的客户", "鲍勃的客户", "卡尔的客户"}
    assert customers_of(known, Role.SALES, "emil") == set()
    assert customers_of(known, Role.SALES, None) == set()


@pytest.mark.parametrize("role", sorted(WHOLE_CORP))
def test_other_roles_see_the_whole_corp(known: Corp, role: Role) -> None:
    assert len(customers_of(known, role, None)) == 4


def test_scope_holds_for_every_way_to_a_customer(known: Corp) -> None:
    own, foreign = (befriend(known, userid, "新客户") for userid in ("bob", "dora"))
    known.sync()
    known.act("delete_contact", userid="dora", external_userid=foreign)
    known.settle()
    (alert,) = known.console(Role.COMPLIANCE).get("/alerts")["items"]
    bob = known.console(Role.SALES, userid="bob")
    for path in (f"/customers/{foreign}", f"/customers/{foreign}/timeline", f"/alerts/{alert['id']}"):
        assert bob.status("GET", path).status_code == 404
    assert bob.status("POST", f"/customers/{foreign}/reveal", {"reason": "好奇"}).status_code == 404
    assert bob.status("GET", f"/customers/{own}").status_code == 200
    assert bob.get("/alerts")["total"] == 0
    assert bob.get("/alerts/summary")["open"] == 0
    assert {row["userid"] for row in bob.get("/staff")["items"]} == {"bob"}
    assert bob.get("/customers/summary")["customers"] == 2
    assert bob.get("/pulse")["alerts_open"] == 0


def test_member_who_left_is_out(known: Corp) -> None:
    bob = known.console(Role.SALES, userid="bob")
    known.act("resign", userid="bob")
    known.settle()
    assert bob.status("GET", "/customers").status_code == 401


def test_another_corps_user_finds_nothing_of_ours(known: Corp, shared: Corp) -> None:
    (customer, *_) = known.console(Role.COMPLIANCE).get("/customers")["items"]
    stranger = shared.console(Role.ADMINISTRATOR)
    own = known.console(Role.ADMINISTRATOR)
    for path in LISTS:
        ours = own.get(path, limit=200)["items"]
        theirs = stranger.get(path, limit=200)["items"]
        same = [row for row in ours if row in theirs]
        assert same == [], path
    assert stranger.status("GET", f"/customers/{customer['external_userid']}").status_code == 404
    assert stranger.get("/customers", q=customer["external_userid"])["items"] == []


@pytest.mark.parametrize("role", list(Role))
def test_role_may_do_what_its_permissions_say_and_nothing_else(shared: Corp, role: Role) -> None:
    console = shared.console(role)
    allowed = {permission.value for permission in ROLE_PERMISSIONS[role]}
    for operation in GUARDED:
        if operation.method == "POST" and operation.name in {"start_sync"} and operation.permission.value in allowed:
            continue
        path = PATH_PART.sub("999999", operation.path)
        status = console.status(operation.method, path, {} if operation.method == "POST" else None).status_code
        assert (status == 403) == (operation.permission.value not in allowed), (operation.name, status)


@pytest.mark.parametrize("path", [operation.path for operation in GUARDED if operation.method == "GET"])
def test_nobody_reads_without_signing_in(shared: Corp, path: str) -> None:
    answer = requests.get(f"{shared.web}/api/v1{PATH_PART.sub('1', path)}", timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_supervisors_are_the_direct_leader_else_the_leaders_above(known: Corp) -> None:
    def supervisors(userid: str) -> list[str]:
        (staff,) = known.rows(Staff, Staff.userid == userid)
        found: list[str] = known.scalar(lambda session: [row.userid for row in queries.supervisors_of(session, staff)])
        return found

    assert supervisors("carl") == ["dora"]
    assert supervisors("bob") == ["Anna.Li"], "no leader in the group itself: one department up"
    assert supervisors("Anna.Li") == [], "nobody is one's own supervisor"
    assert supervisors("emil") == []
    known.act("resign", userid="dora")
    known.settle()
    assert supervisors("carl") == ["Anna.Li"], "a leader who left answers for nobody"


def test_address_book_is_what_wecom_says(known: Corp) -> None:
    assert {row.userid for row in known.rows(Staff)} == {"Anna.Li", "bob", "carl", "dora", "emil", "frida"}
    assert {row.name for row in known.rows(Department)} == {"示例公司", "销售部", "销售一组", "客服部", "顾问室"}
    known.act("hire", userid="gustav", name="古斯塔夫", department=4)
    known.act("change_userid", userid="bob", new_userid="robert")
    known.act("resign", userid="emil")
    known.settle()
    staff = {row.userid: row for row in known.rows(Staff)}
    assert staff["gustav"].name == "古斯塔夫"
    assert "robert" in staff and "bob" not in staff
    assert (staff["emil"].status, staff["emil"].left_at is not None) == ("left", True)
