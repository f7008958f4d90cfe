"""By what a customer is known besides WeCom's id: one spelling, sealed, found whole or by the last four."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import text

from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.customers.identities.models import Identity
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import Console, House

CODE = "9144030071526726XG"


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def bob(house: House) -> Console:
    return house.console(Role.SALES, userid="bob")


@pytest.fixture
def firm(bob: Console) -> str:
    return str(bob.status("POST", "/customers", {"kind": "company", "name": "某某贸易"}).json()["id"])


@pytest.fixture
def person(bob: Console) -> str:
    return str(bob.status("POST", "/customers", {"kind": "person", "name": "赵先生"}).json()["id"])


def told(console: Console, customer: str, kind: str, value: str) -> tuple[int, str]:
    answer = console.status("POST", f"/customers/{customer}/identities", {"kind": kind, "value": value})
    return answer.status_code, answer.json().get("code", "")


def shown(console: Console, customer: str) -> list[tuple[str, str, str]]:
    rows = console.get(f"/customers/{customer}/identities")["items"]
    return [(row["kind"], row["shown"], row["source"]) for row in rows]


def found(console: Console, words: str) -> list[str]:
    return [str(row["id"]) for row in console.get("/customers", q=words)["items"]]


@pytest.mark.parametrize(
    "value",
    [
        "13900001234",
        "139 0000 1234",
        "139-0000-1234",
        "+86 139 0000 1234",
        "0086-13900001234",
        "１３９００００１２３４",
    ],
)
def test_phone_in_any_spelling_is_one_number(house: House, bob: Console, person: str, value: str) -> None:
    assert told(bob, person, "phone", value) == (201, "")
    assert shown(bob, person) == [("phone", "139****1234", "hand")]
    assert told(bob, person, "phone", "13900001234") == (409, "identity_known")
    for words in ("13900001234", "+86 139-0000-1234", "1234"):
        assert found(bob, words) == [person]
    for words in ("1390000", "0000", "13900001235", "234"):
        assert found(bob, words) == []
    (row,) = bob.get("/customers", q="1234")["items"]
    assert row["found_by"] == {"field": "phone_end", "text": "139****1234", "staff_name": ""}


@pytest.mark.parametrize("value", ["021-1234 5678", "(021)12345678", "02112345678", "+86 21 12345678"])
def test_landline_with_or_without_country_code_is_one_number(bob: Console, firm: str, value: str) -> None:
    assert told(bob, firm, "phone", value) == (201, "")
    assert found(bob, "021 12345678") == [firm] and shown(bob, firm) == [("phone", "021****5678", "hand")]


@pytest.mark.parametrize(
    ("value", "written"),
    [("+65 9123 4567", "+65****4567"), ("400-820-8820", "400****8820"), ("0571 8888 1234", "057****1234")],
)
def test_number_is_shown_as_people_write_it(bob: Console, firm: str, value: str, written: str) -> None:
    assert told(bob, firm, "phone", value) == (201, "")
    assert shown(bob, firm) == [("phone", written, "hand")] and found(bob, value) == [firm]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("phone", "12345", "phone_invalid"),
        ("phone", "12345678901", "phone_invalid"),
        ("phone", "1390000123", "phone_invalid"),
        ("phone", "139000012345678901", "phone_invalid"),
        ("phone", "电话", "phone_invalid"),
        ("phone", "\u200b", "phone_invalid"),
        ("phone", "139********", "phone_invalid"),
        ("mail", "nobody", "mail_invalid"),
        ("mail", "a@b", "mail_invalid"),
        ("mail", "a b@example.com", "mail_invalid"),
        ("bank", "1234", "bank_invalid"),
        ("bank", "62220000000000000O", "bank_invalid"),
        ("credit_code", CODE[:-1] + "X", "credit_code_invalid"),
        ("credit_code", CODE[:-1], "credit_code_invalid"),
        ("credit_code", CODE.replace("0", "O"), "credit_code_invalid"),
        ("unionid", "oABC", "validation_failed"),
        ("fax", "1", "validation_failed"),
    ],
)
def test_what_is_none_is_refused_with_a_sentence_that_says_how(
    house: House, bob: Console, firm: str, kind: str, value: str, code: str
) -> None:
    assert told(bob, firm, kind, value) == (422, code)
    assert house.rows(Identity) == []


def test_credit_code_is_one_companys(house: House, bob: Console, firm: str, person: str) -> None:
    assert told(bob, person, "credit_code", CODE) == (422, "company_alone")
    assert told(bob, firm, "credit_code", f" {CODE.lower()[:8]} {CODE[8:]} ") == (201, "")
    assert shown(bob, firm) == [("credit_code", CODE, "hand")]
    assert found(bob, CODE.lower()) == [firm]
    dora = house.console(Role.SALES, userid="dora")
    other = str(dora.status("POST", "/customers", {"kind": "company", "name": "另一家"}).json()["id"])
    assert told(dora, other, "credit_code", CODE) == (409, "credit_code_taken")


def test_nothing_stands_in_the_table_in_the_clear(house: House, bob: Console, firm: str) -> None:
    for kind, value in (("phone", "13900001234"), ("mail", "Buyer@Example.com"), ("bank", "6222 0000 1111 2222")):
        assert told(bob, firm, kind, value) == (201, "")
    with transaction(house.number) as session:
        stored = str(session.execute(text("SELECT customer_identity::text FROM customer_identity")).all())
    hexed = re.compile("|".join(one.encode().hex() for one in ("13900001234", "1234", "buyer", "62220000")))
    assert "1390000" not in stored and not hexed.search(stored)
    assert [one for _, one, _ in shown(bob, firm)] == ["139****1234", "b***@example.com", "622****2222"]


def test_same_number_has_another_digest_in_another_corp(
    house: House, bob: Console, firm: str, neighbour: House
) -> None:
    assert told(bob, firm, "phone", "13900001234") == (201, "")
    theirs = neighbour.console(Role.ADMINISTRATOR)
    other = str(theirs.status("POST", "/customers", {"kind": "company", "name": "某某贸易"}).json()["id"])
    assert told(theirs, other, "phone", "13900001234") == (201, "")
    (ours,), (others,) = house.rows(Identity), neighbour.rows(Identity)
    assert ours.whole != others.whole and ours.tail != others.tail


def test_what_members_noted_in_wecom_is_known_and_goes_with_it(house: House, given: Given) -> None:
    customer = given.customer("李四", of="bob", remark_mobiles=["138 0000 0001", "不是号码"])
    officer = house.console(Role.COMPLIANCE)
    rows = officer.get(f"/customers/{customer}/identities")["items"]
    assert [(row["shown"], row["source"], row["staff_name"]) for row in rows] == [
        ("138****0001", "member", rows[0]["staff_name"])
    ]
    kept = house.rows(Identity)
    given.follows(customer, "bob", name="李四", remark_mobiles=["13800000001"])
    assert [row.id for row in house.rows(Identity)] == [row.id for row in kept], "nothing is written anew"
    given.follows(customer, "bob", name="李四", remark_mobiles=["13800000002"])
    assert shown(officer, customer) == [("phone", "138****0002", "member")]
    admin = house.console(Role.ADMINISTRATOR)
    (row,) = admin.get(f"/customers/{customer}/identities")["items"]
    answer = admin.status("DELETE", f"/customers/{customer}/identities/{row['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "identity_not_found")


def test_entered_by_hand_outlives_what_wecom_says(house: House, given: Given, bob: Console) -> None:
    customer = given.customer("李四", of="bob", remark_mobiles=["13800000001"])
    assert told(bob, customer, "phone", "13700000009") == (201, "")
    given.follows(customer, "bob", name="李四", remark_mobiles=[])
    assert shown(bob, customer) == [("phone", "137****0009", "hand")]
    assert len(found(bob, "13700000009")) == 1
    admin = house.console(Role.ADMINISTRATOR)
    mobiles = admin.status("POST", f"/customers/{customer}/reveal", {"reason": "客户要求回电"}).json()["mobiles"]
    assert mobiles == ["13700000009"]
    (row,) = bob.get(f"/customers/{customer}/identities")["items"]
    assert bob.status("DELETE", f"/customers/{customer}/identities/{row['id']}").status_code in {200, 204}
    assert shown(bob, customer) == [] and found(bob, "13700000009") == []
    verbs = [event.verb for event in house.rows(AuditEvent, AuditEvent.verb.startswith("customer.identity"))]
    assert verbs == ["customer.identity_added", "customer.identity_removed"]


def test_who_does_not_see_the_customer_neither_reads_nor_finds_nor_writes(
    house: House, bob: Console, firm: str, neighbour: House
) -> None:
    assert told(bob, firm, "phone", "13900001234") == (201, "")
    (row,) = bob.get(f"/customers/{firm}/identities")["items"]
    for console in (house.console(Role.SALES, userid="dora"), neighbour.console(Role.ADMINISTRATOR)):
        assert console.status("GET", f"/customers/{firm}/identities").status_code == 404
        assert told(console, firm, "phone", "13900001235") == (404, "customer_not_found")
        assert console.status("DELETE", f"/customers/{firm}/identities/{row['id']}").status_code == 404
        assert found(console, "13900001234") == []
    assert len(house.rows(Identity)) == 1


def test_former_follower_does_not_find_by_what_was_entered_since(house: House, given: Given, bob: Console) -> None:
    customer = given.customer("李四", of="bob")
    given.lost(customer, "bob", by_staff=False)
    admin = house.console(Role.ADMINISTRATOR)
    assert told(admin, customer, "phone", "13700000009") == (201, "")
    assert found(bob, "13700000009") == [] and found(admin, "13700000009") != []


def test_reading_and_writing_ask_for_their_permissions(house: House, bob: Console, firm: str) -> None:
    body: Mapping[str, str] = {"kind": "phone", "value": "13900001234"}
    marketer = house.console(Role.MARKETER)
    assert marketer.status("POST", f"/customers/{firm}/identities", body).status_code == 403
    assert marketer.get(f"/customers/{firm}/identities")["items"] == []
