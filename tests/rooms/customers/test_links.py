"""Links between persons and companies: what fits, no circle, one primary contact, and only who sees both."""

import pytest

from scrm.core.audit import AuditEvent
from scrm.customers.links.models import Link
from scrm.identity.models import Role
from tests.rooms.given import Given
from tests.rooms.house import Console, House


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def bob(house: House) -> Console:
    return house.console(Role.SALES, userid="bob")


def made(console: Console, kind: str, name: str) -> int:
    number: int = console.status("POST", "/customers", {"kind": kind, "name": name}).json()["id"]
    return number


def asked(console: Console, method: str, path: str, body: object = None) -> tuple[int, str]:
    answer = console.status(method, path, body)
    return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


def linked(console: Console, here: int, relation: str, other: int, **body: object) -> tuple[int, str]:
    return asked(console, "POST", f"/customers/{here}/links", {"relation": relation, "customer_id": other, **body})


def links(console: Console, here: int) -> list[tuple[str, str]]:
    return [(row["relation"], row["customer"]["name"]) for row in console.get(f"/customers/{here}/links")["items"]]


def test_link_is_seen_from_both_ends(house: House, bob: Console) -> None:
    firm, person = made(bob, "company", "甲公司"), made(bob, "person", "赵先生")
    assert linked(bob, person, "works_at", firm, title=" 采购 经理 ", department="采购部") == (201, "")
    assert links(bob, person) == [("works_at", "甲公司")] and links(bob, firm) == [("employs", "赵先生")]
    (row,) = bob.get(f"/customers/{firm}/links")["items"]
    assert (row["title"], row["department"], row["primary"], row["reports_to"]) == ("采购 经理", "采购部", True, None)
    assert linked(bob, firm, "employs", person) == (409, "link_known")
    assert bob.get(f"/customers/{firm}")["version"] == bob.get(f"/customers/{person}")["version"] == 2
    (event,) = house.rows(AuditEvent, AuditEvent.verb == "customer.linked")
    assert event.facts == {"relation": "works_at", "other": f"customer:{firm}"}


@pytest.mark.parametrize(
    ("first", "relation", "second", "code"),
    [
        ("company", "works_at", "company", "link_unfit"),
        ("person", "works_at", "person", "link_unfit"),
        ("person", "employs", "company", "link_unfit"),
        ("person", "subsidiary_of", "company", "link_unfit"),
        ("company", "agent_of", "person", "link_unfit"),
        ("person", "partner_of", "company", "link_unfit"),
        ("company", "friend_of", "company", "validation_failed"),
    ],
)
def test_what_does_not_fit_is_refused(
    house: House, bob: Console, first: str, relation: str, second: str, code: str
) -> None:
    here, other = made(bob, first, "甲"), made(bob, second, "乙")
    assert linked(bob, here, relation, other) == (422, code)
    assert house.rows(Link) == []


@pytest.mark.parametrize(("up", "down"), [("subsidiary_of", "parent_of"), ("agent_of", "represented_by")])
def test_links_close_no_circle(bob: Console, up: str, down: str) -> None:
    a, b, c, d = (made(bob, "company", name) for name in "甲乙丙丁")
    assert linked(bob, a, up, a) == (422, "link_to_itself")
    assert [linked(bob, low, up, high)[0] for low, high in ((a, b), (b, c), (c, d))] == [201] * 3
    for low, high in ((b, a), (c, a), (d, a), (d, b)):
        assert linked(bob, low, up, high) == (422, "link_circle")
        assert linked(bob, high, down, low) == (422, "link_circle")
    assert linked(bob, a, up, d) == (201, "")  # a shorter way up is none
    (cut,) = [row for row in bob.get(f"/customers/{b}/links")["items"] if row["relation"] == up]
    assert asked(bob, "DELETE", f"/customers/{b}/links/{cut['id']}") == (204, "")
    assert linked(bob, c, up, a) == (201, "")


def test_partners_are_partners_of_each_other(bob: Console) -> None:
    a, b = made(bob, "company", "甲"), made(bob, "company", "乙")
    assert linked(bob, b, "partner_of", a) == (201, "")
    assert links(bob, a) == [("partner_of", "乙")] and links(bob, b) == [("partner_of", "甲")]
    assert linked(bob, a, "partner_of", b) == linked(bob, b, "partner_of", a) == (409, "link_known")


def test_a_company_has_one_primary_contact(bob: Console) -> None:
    firm = made(bob, "company", "甲")
    first, second = made(bob, "person", "赵"), made(bob, "person", "钱")
    assert linked(bob, firm, "employs", first) == (201, "")
    answer = bob.status("POST", f"/customers/{firm}/links", _contact(second, primary=True))
    assert (answer.status_code, answer.json()["code"]) == (422, "primary_taken")
    assert "赵" in answer.json()["detail_zh"] and "赵" in answer.json()["detail_en"]
    assert linked(bob, firm, "employs", second) == (201, "")
    rows = {row["customer"]["name"]: row for row in bob.get(f"/customers/{firm}/links")["items"]}
    assert [rows[name]["primary"] for name in "赵钱"] == [True, False]
    path = f"/customers/{firm}/links"
    assert asked(bob, "PUT", f"{path}/{rows['钱']['id']}", {"primary": True}) == (422, "primary_taken")
    assert asked(bob, "PUT", f"{path}/{rows['赵']['id']}", {"primary": False}) == (200, "")
    assert asked(bob, "PUT", f"{path}/{rows['钱']['id']}", {"primary": True, "title": "经理"}) == (200, "")
    assert [(row["customer"]["name"], row["title"]) for row in bob.get(path)["items"] if row["primary"]] == [
        ("钱", "经理")
    ]


def _contact(person: int, **body: object) -> dict[str, object]:
    return {"relation": "employs", "customer_id": person, **body}


def test_superiors_work_there_too_and_close_no_circle(bob: Console) -> None:
    firm, other = made(bob, "company", "甲"), made(bob, "company", "乙")
    boss, lead, clerk, stranger = (made(bob, "person", name) for name in ("总", "长", "员", "外"))
    for person, above in ((boss, 0), (lead, boss), (clerk, lead)):
        assert linked(bob, firm, "employs", person, reports_to=above or None) == (201, "")
    assert linked(bob, other, "employs", stranger) == (201, "")
    path = f"/customers/{firm}/links"
    rows = {row["customer"]["name"]: row for row in bob.get(path)["items"]}
    assert rows["员"]["reports_to"]["name"] == "长" and rows["总"]["reports_to"] is None
    for name, above, code in (
        ("总", clerk, "link_circle"),
        ("总", lead, "link_circle"),
        ("总", boss, "link_to_itself"),
        ("总", stranger, "superior_elsewhere"),
        ("总", 2**40, "other_customer_unknown"),
    ):
        assert asked(bob, "PUT", f"{path}/{rows[name]['id']}", {"reports_to": above}) == (422, code)
    assert asked(bob, "DELETE", f"{path}/{rows['长']['id']}") == (204, "")
    assert {row["customer"]["name"]: row["reports_to"] for row in bob.get(path)["items"]} == {"总": None, "员": None}
    assert linked(bob, firm, "parent_of", other, title="经理") == (422, "not_a_contact")


def test_the_other_end_is_shown_and_linked_by_who_sees_it(house: House, bob: Console) -> None:
    dora, chief = house.console(Role.SALES, userid="dora"), house.console(Role.ADMINISTRATOR)
    firm, person = made(bob, "company", "甲公司"), made(dora, "person", "朵的客户")
    assert linked(bob, firm, "employs", person) == (422, "other_customer_unknown")
    assert linked(bob, firm, "employs", 2**40) == (422, "other_customer_unknown")
    assert linked(bob, person, "works_at", firm) == (404, "customer_not_found")
    assert linked(chief, firm, "employs", person) == (201, "")
    (row,) = chief.get(f"/customers/{firm}/links")["items"]
    assert links(bob, firm) == [] and links(dora, person) == []
    path = f"/customers/{firm}/links/{row['id']}"
    assert asked(bob, "DELETE", path) == asked(bob, "PUT", path, {"title": "x"}) == (404, "link_not_found")
    mine = made(bob, "person", "钱")
    taken = bob.status("POST", f"/customers/{firm}/links", _contact(mine, primary=True))
    assert taken.json()["code"] == "primary_taken" and "朵" not in taken.text
    assert asked(chief, "DELETE", f"/customers/{person}/links/{row['id']}") == (204, "")


def test_another_corp_reaches_neither_end(bob: Console, neighbour: House) -> None:
    firm, person = made(bob, "company", "甲"), made(bob, "person", "赵")
    assert linked(bob, firm, "employs", person) == (201, "")
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert asked(stranger, "GET", f"/customers/{firm}/links") == (404, "customer_not_found")
    own = made(stranger, "company", "他们的")
    assert linked(stranger, own, "employs", person)[0] == 422
