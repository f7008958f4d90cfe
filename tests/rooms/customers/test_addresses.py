"""A customer's address: our number, and WeCom's id for what 0.1 wrote down."""

import pytest

from scrm.core.reading import Reading
from scrm.customers.file.models import Customer
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import House


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def number(house: House, external_userid: str) -> int:
    (customer,) = house.rows(Customer, Customer.external_userid == external_userid)
    found: int = customer.id
    return found


def test_one_customer_answers_to_all_its_addresses(house: House, given: Given) -> None:
    customer = given.customer("王小明", of="bob")
    own = number(house, customer)
    console = house.console(Role.COMPLIANCE)
    (listed,) = console.get("/customers", q="王小明")["items"]
    assert (listed["id"], listed["external_userid"]) == (own, customer)
    pages = [console.get(f"/customers/{name}") for name in (own, customer, f"by-external/{customer}")]
    assert pages[0] == pages[1] == pages[2] and pages[0]["id"] == own
    assert console.get(f"/customers/{own}/timeline") == console.get(f"/customers/{customer}/timeline")
    officer = house.console(Role.ADMINISTRATOR)
    answers = [officer.status("POST", f"/customers/{name}/reveal", {"reason": "回访客户"}) for name in (own, customer)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_number_of_ours_goes_before_an_id_that_looks_like_one(house: House, given: Given) -> None:
    ours = number(house, given.customer("先来的", of="bob"))
    given.follows(str(ours), "bob", name="后来的")
    console = house.console(Role.COMPLIANCE)
    assert console.get(f"/customers/{ours}")["name"] == "先来的"
    assert console.get(f"/customers/by-external/{ours}")["name"] == "后来的"


@pytest.mark.parametrize("name", ["0", "999999", "9" * 19, "9" * 40, "-1", "٣", "1e3", "wmNobody", "by-external/1"])
def test_nobody_is_a_404_in_both_languages(house: House, name: str) -> None:
    answer = house.console(Role.COMPLIANCE).status("GET", f"/customers/{name}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "customer_not_found"


def test_none_of_the_addresses_goes_round_the_data_scope(house: House, given: Given) -> None:
    foreign = given.customer("别人的", of="dora")
    bob = house.console(Role.SALES, userid="bob")
    own = number(house, foreign)
    for name in (own, foreign, f"by-external/{foreign}", f"{own}/timeline"):
        assert bob.status("GET", f"/customers/{name}").status_code == 404
    assert bob.status("POST", f"/customers/{own}/reveal", {"reason": "好奇一下"}).status_code == 404


def test_trail_finds_a_customer_by_either_name_under_whichever_it_was_written(house: House, given: Given) -> None:
    customer = given.customer("李雷", of="bob")
    own = number(house, customer)
    officer = house.console(Role.COMPLIANCE)
    officer.get(f"/customers/{own}")
    officer.get(f"/customers/{customer}")  # as 0.1 wrote it down
    officer.get("/customers", q="李雷")
    given.customer("旁人", of="bob")
    subjects = [f"customer:{own}", f"customer:{customer}"]
    assert {row.subject for row in house.rows(Reading, Reading.verb == "customer.read")} == set(subjects)
    found = [officer.get("/audit", about=about)["items"] for about in subjects]
    seen = [[(row["verb"], row["subject"], row["id"]) for row in rows] for rows in found]
    assert seen[0] == seen[1]
    assert [verb for verb, _, _ in seen[0]] == ["list.read", "customer.read", "customer.read"]
    assert all("李雷" in row["zh"] for row in found[0] if row["verb"] == "customer.read")
