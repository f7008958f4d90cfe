"""Customers: tags heard of late, what a day lost, who sees whom."""

import datetime as dt
from typing import Any

import pytest

from scrm.contracts.callbacks import ContactEdited
from scrm.core import clock
from scrm.customers.file.models import Customer
from scrm.customers.tags.models import Tag
from scrm.identity.models import Role
from scrm.wecom.port.contacts import Contact, Contacts, CorpTag, CorpTagGroup, Tags
from tests.rooms.given import Given, contact
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def names(console: Console, **query: object) -> set[str]:
    return {row["name"] for row in console.get("/customers", limit=200, **query)["items"]}


def tags_of(house: House, external_userid: str) -> list[str]:
    (customer,) = house.rows(Customer, Customer.external_userid == external_userid)
    return [row.name for row in house.rows(Tag, Tag.id.in_(customer.tag_ids))]


def wears(external_userid: str, *tag_ids: str) -> Contact:
    return contact(external_userid, "bob", tag_ids=list(tag_ids))


def test_one_list_of_tags_serves_many_customers(house: House, given: Given, wecom: Wecom) -> None:
    """Twelve fetched customers wear a tag that nobody has heard of: the first list that comes answers for all."""
    customers = [given.customer(f"客户{number}", of="bob", days_ago=1) for number in range(12)]
    at = clock.now().replace(microsecond=0)
    house.tell(*(ContactEdited(userid="bob", external_userid=who, event_at=at, app="customer") for who in customers))
    for who in customers:
        wecom.answered(Contacts.get_contact, wears(who, "et-new"))
    assert wecom.asked(Tags.list_tags)
    told = CorpTagGroup(group_id="eg-1", name="等级", order=0, tags=[CorpTag(tag_id="et-new", name="VIP", order=0)])
    wecom.answered(Tags.list_tags, [told])
    assert wecom.asked(Tags.list_tags) == [], "the one list served the others"
    while wecom.asked(Contacts.get_contact):
        (who,) = wecom.asked(Contacts.get_contact)[0].values()
        wecom.answered(Contacts.get_contact, wears(who, "et-new"))
    assert [tags_of(house, who) for who in customers] == [["VIP"]] * 12


def test_losses_of_a_day_are_those_that_the_workbench_counts(house: House, given: Given) -> None:
    lost = {"bob": "鲍勃失去", "carl": "卡尔失去"}
    for userid, name in lost.items():
        given.lost(given.customer(name, of=userid, days_ago=1), userid, by_staff=False)
    given.customer("还在", of="bob")
    today = clock.now().astimezone(clock.CHINA).date()
    days = {"lost_from": str(today), "lost_to": str(today)}
    seen = {
        house.console(Role.ADMINISTRATOR): set(lost.values()),
        (bobs := house.console(Role.SALES, userid="bob")): {"鲍勃失去"},
        house.console(Role.SALES, userid="dora"): set[str](),
    }
    for there, found in seen.items():
        assert names(there, **days) == found
        assert there.get("/customers/summary")["lost_today"] == len(found)
        assert names(there, lost_to=str(today - dt.timedelta(days=1))) == set()
    # Shared by the two, and lost by carl alone: no loss of bob's.
    given.lost(given.customer("两人的客户", of=["bob", "carl"], days_ago=1), "carl", by_staff=False)
    assert names(bobs, q="两人") == {"两人的客户"}
    everybody = house.console(Role.COMPLIANCE)
    assert names(everybody, userid="bob", **days) == {"鲍勃失去"}
    assert names(everybody, status="active", **days) == set()
    assert names(bobs, **days) == {"鲍勃失去"}
    assert names(house.console(Role.SALES, userid="carl"), **days) == {"卡尔失去", "两人的客户"}


def test_another_corps_user_finds_nobody(house: House, neighbour: House, given: Given) -> None:
    customer = given.customer("王小明", of="bob", remark_mobiles=["13800000001"])
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert stranger.get("/customers")["items"] == [] and stranger.get("/customers", q=customer)["items"] == []
    for path in ("", "/timeline"):
        assert stranger.status("GET", f"/customers/{customer}{path}").status_code == 404
    reveal: dict[str, Any] = {"reason": "好奇"}
    assert stranger.status("POST", f"/customers/{customer}/reveal", reveal).status_code == 404
