"""Who sees whose customers, and which role may do what."""

import pytest

from scrm.core.operation import PATH_PART
from scrm.identity import queries
from scrm.identity.models import Role, Staff
from scrm.identity.permissions import ROLE_PERMISSIONS, WHOLE_CORP, Permission
from scrm.wiring import APIS
from tests.rooms.given import Given
from tests.rooms.house import House

OPERATIONS = [operation for api in APIS for operation in api.operations]
LISTS = ["/customers", "/alerts", "/staff", "/callbacks", "/tasks", "/audit", "/sync-runs"]
GUARDED = [operation for operation in OPERATIONS if isinstance(operation.permission, Permission)]


@pytest.fixture
def known(house: House, given: Given) -> House:
    given.company()
    for userid, name in (
        ("Anna.Li", "安娜的客户"),
        ("bob", "鲍勃的客户"),
        ("carl", "卡尔的客户"),
        ("dora", "朵拉的客户"),
    ):
        given.customer(name, of=userid)
    return house


def customers_of(house: House, role: Role, userid: str | None) -> set[str]:
    return {row["name"] for row in house.console(role, userid=userid).get("/customers")["items"]}


def test_seller_sees_its_own_and_a_leader_those_below(known: House) -> None:
    assert customers_of(known, Role.SALES, "bob") == {"鲍勃的客户"}
    assert customers_of(known, Role.SALES, "dora") == {"朵拉的客户"}
    assert customers_of(known, Role.SALES, "anna.li") == {"安娜的客户", "鲍勃的客户", "卡尔的客户"}
    assert customers_of(known, Role.SALES, "emil") == set()
    assert customers_of(known, Role.SALES, None) == set()


@pytest.mark.parametrize("role", sorted(WHOLE_CORP))
def test_other_roles_see_the_whole_corp(known: House, role: Role) -> None:
    assert len(customers_of(known, role, None)) == 4


def test_scope_holds_for_every_way_to_a_customer(known: House, given: Given) -> None:
    own, foreign = (given.customer("新客户", of=userid) for userid in ("bob", "dora"))
    given.lost(foreign, "dora")
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


def test_member_who_left_is_out(known: House, given: Given) -> None:
    bob = known.console(Role.SALES, userid="bob")
    given.left("bob")
    assert bob.status("GET", "/customers").status_code == 401


def test_another_corps_user_finds_nothing_of_ours(known: House, neighbour: House, given: Given) -> None:
    given.alert()
    (customer, *_) = known.console(Role.COMPLIANCE).get("/customers")["items"]
    stranger, own = neighbour.console(Role.ADMINISTRATOR), known.console(Role.ADMINISTRATOR)
    for path in LISTS:
        ours = own.get(path, limit=200)["items"]
        theirs = stranger.get(path, limit=200)["items"]
        assert [row for row in ours if row in theirs] == [], path
    assert own.get("/alerts")["items"] and stranger.get("/alerts")["items"] == []
    assert stranger.status("GET", f"/customers/{customer['external_userid']}").status_code == 404
    assert stranger.get("/customers", q=customer["external_userid"])["items"] == []


@pytest.mark.parametrize("role", list(Role))
def test_role_may_do_what_its_permissions_say_and_nothing_else(house: House, role: Role) -> None:
    console = house.console(role)
    allowed = {permission.value for permission in ROLE_PERMISSIONS[role]}
    for operation in GUARDED:
        path = PATH_PART.sub("999999", operation.path)
        status = console.status(operation.method, path, {} if operation.method == "POST" else None).status_code
        assert (status == 403) == (operation.permission.value not in allowed), (operation.name, status)


@pytest.mark.parametrize("path", [operation.path for operation in GUARDED if operation.method == "GET"])
def test_nobody_reads_without_signing_in(house: House, path: str) -> None:
    answer = house.stranger().get(f"/api/v1{PATH_PART.sub('1', path)}")
    assert answer.json is not None and (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_supervisors_are_the_direct_leader_else_the_leaders_above(known: House, given: Given) -> None:
    def supervisors(userid: str) -> list[str]:
        (staff,) = known.rows(Staff, Staff.userid == userid)
        found: list[str] = known.scalar(lambda session: [row.userid for row in queries.supervisors_of(session, staff)])
        return found

    assert supervisors("carl") == ["dora"]
    assert supervisors("bob") == ["Anna.Li"], "no leader in the group itself: one department up"
    assert supervisors("Anna.Li") == [], "nobody is one's own supervisor"
    assert supervisors("emil") == []
    given.left("dora")
    assert supervisors("carl") == ["Anna.Li"], "a leader who left answers for nobody"
