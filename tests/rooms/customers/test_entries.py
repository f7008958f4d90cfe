"""Companies and persons that are entered by hand: whose they are, who sees them, and what is refused."""

from collections.abc import Mapping

import pytest

from scrm.contracts.directory import StaffMerged
from scrm.core.audit import AuditEvent
from scrm.customers.file.models import Customer, FieldLog, Owner
from scrm.identity.models import Role, Staff
from scrm.wecom.port.contacts import Contacts
from tests.rooms.given import Given, contact
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom

COMPANY = {"kind": "company", "name": "上海某某科技有限公司"}


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def bob(house: House) -> Console:
    return house.console(Role.SALES, userid="bob")


def made(console: Console, **body: object) -> dict[str, object]:
    answer = console.status("POST", "/customers", {**COMPANY, **body})
    assert answer.status_code == 201, answer.text
    entered: dict[str, object] = answer.json()
    return entered


def refused(console: Console, method: str, path: str, body: Mapping[str, object]) -> tuple[int, str]:
    answer = console.status(method, path, body)
    problem = answer.json()
    assert problem["detail_zh"] and problem["detail_en"]
    return answer.status_code, problem["code"]


def test_company_is_entered_found_and_shown(house: House, bob: Console) -> None:
    entered = made(bob)
    assert (entered["kind"], entered["external_userid"], entered["version"]) == ("company", None, 1)
    assert entered["owner"]["userid"] == "bob"  # type: ignore[index]
    for words in ("某某科技", "mmkj", "上海"):
        assert [row["id"] for row in bob.get("/customers", q=words)["items"]] == [entered["id"]]
    (row,) = bob.get("/customers", kind="company")["items"]
    assert (row["name"], row["follows"], row["tags"], row["external_userid"]) == (COMPANY["name"], [], [], None)
    assert bob.get("/customers", kind="person")["items"] == []
    assert bob.get(f"/customers/{entered['id']}") == entered
    assert bob.get(f"/customers/{entered['id']}/timeline")["items"] == []
    (event,) = house.rows(AuditEvent, AuditEvent.verb == "customer.created")
    assert (event.subject, event.facts) == (f"customer:{entered['id']}", {"kind": "company", "owner": "bob"})


def test_only_whose_it_is_and_who_leads_them_sees_it(house: House, bob: Console, given: Given) -> None:
    entered = made(bob)
    path = f"/customers/{entered['id']}"
    for userid in ("dora", "carl"):
        console = house.console(Role.SALES, userid=userid)
        assert console.status("GET", path).status_code == 404
        assert console.get("/customers", q="某某科技")["items"] == []
        assert refused(console, "PUT", path, {"version": 1, "name": "抢走"}) == (404, "customer_not_found")
    for role in (Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MARKETER):
        assert house.console(role).get(path)["id"] == entered["id"]


def test_neither_compliance_nor_marketing_enters_customers(house: House) -> None:
    for role in (Role.COMPLIANCE, Role.MARKETER):
        assert refused(house.console(role), "POST", "/customers", dict(COMPANY)) == (403, "not_permitted")


def test_another_corp_sees_and_changes_nothing(bob: Console, neighbour: House) -> None:
    entered = made(bob)
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert stranger.status("GET", f"/customers/{entered['id']}").status_code == 404
    body = {"version": 1, "name": "抢走"}
    assert refused(stranger, "PUT", f"/customers/{entered['id']}", body) == (404, "customer_not_found")


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200d", "\ufe0f", "\n\t"])
def test_nobody_is_entered_without_a_name(house: House, bob: Console, name: str) -> None:
    assert refused(bob, "POST", "/customers", {"kind": "company", "name": name}) == (422, "name_missing")
    assert house.rows(Customer) == [] and house.rows(Owner) == []


@pytest.mark.parametrize("spelt", ["{}", " {} ", "{}\u200d", "\u200b{}"])
def test_company_of_the_same_name_is_a_conflict(house: House, bob: Console, spelt: str) -> None:
    name = spelt.format(made(bob)["name"])
    # Whoever asks need not see the other.
    dora = house.console(Role.SALES, userid="dora")
    assert refused(dora, "POST", "/customers", {"kind": "company", "name": name}) == (409, "company_exists")


def test_persons_of_one_name_are_two(bob: Console) -> None:
    ids = {made(bob, kind="person", name="王伟")["id"] for _ in range(2)}
    assert {row["id"] for row in bob.get("/customers", q="王伟")["items"]} == ids


def test_owner_is_a_member_in_service_and_in_sight(house: House, bob: Console, given: Given) -> None:
    for userid in ("nobody", "dora"):  # the latter is another department's
        body = {**COMPANY, "owner_userid": userid}
        assert refused(bob, "POST", "/customers", body) == (422, "owner_unknown")
    admin = house.console(Role.ADMINISTRATOR)
    assert made(admin)["owner"] is None
    entered = made(admin, name="另一家公司", owner_userid="bob")
    assert bob.get(f"/customers/{entered['id']}")["owner"]["userid"] == "bob"
    given.left("dora")
    assert refused(admin, "POST", "/customers", {**COMPANY, "name": "三", "owner_userid": "dora"})[1] == "owner_unknown"


def test_who_changes_an_older_version_is_told_what_stands_now(house: House, bob: Console) -> None:
    entered = made(bob)
    path, admin = f"/customers/{entered['id']}", house.console(Role.ADMINISTRATOR)
    assert refused(bob, "PUT", path, {"name": "新名"}) == (422, "version_missing")
    first = admin.status("PUT", path, {"version": 1, "name": "上海某某集团"})
    assert (first.status_code, first.json()["version"], first.json()["name"]) == (200, 2, "上海某某集团")
    late = bob.status("PUT", path, {"version": 1, "name": "上海某某控股"})
    assert (late.status_code, late.json()["code"]) == (409, "customer_changed")
    assert (late.json()["name"], late.json()["version"]) == ("上海某某集团", 2)
    assert bob.get("/customers", q="集团")["total"] == 1 and bob.get("/customers", q="科技")["total"] == 0
    (log,) = house.rows(FieldLog)
    assert (log.field, log.before, log.after) == ("name", COMPANY["name"], "上海某某集团")


def test_nothing_asked_for_changes_nothing(house: House, bob: Console) -> None:
    entered = made(bob)
    for body in ({}, {"version": 1}, {"version": 1, "name": entered["name"]}, {"version": 9, "owner_userid": "bob"}):
        answer = bob.status("PUT", f"/customers/{entered['id']}", body)
        assert (answer.status_code, answer.json()) == (200, entered)
    assert house.rows(AuditEvent, AuditEvent.verb == "customer.changed") == []


def test_given_away_it_is_the_others_and_the_log_says_since_when(house: House, bob: Console) -> None:
    entered = made(bob)
    admin = house.console(Role.ADMINISTRATOR)
    path = f"/customers/{entered['id']}"
    assert admin.status("PUT", path, {"version": 1, "owner_userid": "dora"}).json()["owner"]["userid"] == "dora"
    assert bob.status("GET", path).status_code == 404
    assert house.console(Role.SALES, userid="dora").get(path)["id"] == entered["id"]
    first, second = house.rows(Owner)
    assert first.until == second.since and second.until is None


def test_what_two_rows_of_one_member_own_is_the_members(house: House, bob: Console) -> None:
    entered = made(bob)
    staff = {row.userid: row.id for row in house.rows(Staff)}
    house.tell(StaffMerged(staff_id=staff["dora"], merged_id=staff["bob"]))
    assert house.console(Role.SALES, userid="dora").get(f"/customers/{entered['id']}")["owner"]["userid"] == "dora"


def test_nickname_of_a_contact_is_wecoms_own(house: House, given: Given) -> None:
    customer = given.customer("微信昵称", of="bob")
    admin = house.console(Role.ADMINISTRATOR)
    assert refused(admin, "PUT", f"/customers/{customer}", {"version": 1, "name": "改名"}) == (422, "name_is_wecoms")
    given_to = admin.status("PUT", f"/customers/{customer}", {"version": 1, "owner_userid": "dora"}).json()
    assert given_to["owner"]["userid"] == "dora"
    assert house.console(Role.SALES, userid="dora").get(f"/customers/{customer}")["name"] == "微信昵称"


def test_what_wecom_changes_is_kept_as_it_was(house: House, given: Given, wecom: Wecom) -> None:
    customer = given.customer("老名字", of="bob", remark="老备注")
    given.follows(customer, "bob", name="新名字", remark="新备注")
    kept = {(row.field, row.before, row.after, row.by) for row in house.rows(FieldLog)}
    assert kept == {("name", "老名字", "新名字", "wecom"), ("remark", "老备注", "新备注", "wecom")}
    given.follows(customer, "bob", name="新名字", remark="新备注")
    assert len(house.rows(FieldLog)) == 2
    assert wecom.asked(Contacts.get_contact) == [] and contact(customer, "bob").info.external_userid == customer
