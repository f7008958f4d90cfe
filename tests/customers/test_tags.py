"""A tag that nobody has heard of when a customer with it is fetched: it ends on the customer all the same."""

import time

import pytest

from scrm.customers.models import Customer, Tag
from scrm.identity.models import Role
from scrm.wecom.models import CallState, WecomCall
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp

LIST, ONE = "externalcontact/get_corp_tag_list", "externalcontact/get"
APPS = 2  # each is told of an edit, and the customer is fetched with the credential of each


def tag(corp: Corp, *customers: str) -> str:
    """An admin makes the tag VIP, of which no callback tells, and Bob gives it to customers; the tag's id."""
    made = corp.act("add_tag_group", name="等级", tags=["VIP"], quiet=True)
    found: str = made["tags"][0]["id"]
    for external_userid in customers:
        corp.act("edit_contact", userid="bob", external_userid=external_userid, add_tags=[found])
    return found


def names(corp: Corp, external_userid: str) -> list[str]:
    (customer,) = corp.rows(Customer, Customer.external_userid == external_userid)
    return [row.name for row in corp.rows(Tag, Tag.id.in_(customer.tag_ids))]


@pytest.mark.parametrize("slow", [LIST, ONE])
def test_unknown_tag_ends_on_the_customer_whichever_answer_is_slow(company: Corp, slow: str) -> None:
    customer = befriend(company, "bob", "甲")
    company.sync()
    tag(company, customer)
    company.sim.misfortunes({"match": slow, "kind": "latency", "seconds": 0.5, "corp_id": company.corp_id})
    company.settle()
    assert names(company, customer) == ["VIP"]


def test_one_list_serves_many_customers(company: Corp) -> None:
    customers = [befriend(company, "bob", f"客户{n}") for n in range(60)]
    company.sync()
    before = len(company.sim.ledger(company.corp_id, LIST))
    tag(company, *customers)
    company.settle()
    assert [names(company, customer) for customer in customers] == [["VIP"]] * 60
    assert len(company.sim.ledger(company.corp_id, LIST)) - before < 60


def test_list_that_an_administrator_has_to_mend_serves_all_after_one_replay(company: Corp) -> None:
    customers = [befriend(company, "bob", name) for name in ("甲", "乙", "丙")]
    company.sync()
    company.sim.misfortunes({"match": LIST, "kind": "errcode", "errcode": 48002, "corp_id": company.corp_id})
    tag(company, *customers)
    company.settle()
    company.sim.misfortunes()
    assert len(company.rows(WecomCall, WecomCall.state == CallState.PARKED)) == 3 * APPS
    console = company.console(Role.ADMINISTRATOR)
    task = console.get("/tasks")["items"][0]
    assert console.status("POST", f"/tasks/{task['kind']}/{task['id']}/replay").ok
    company.drain()
    assert [names(company, customer) for customer in customers] == [["VIP"]] * 3
    assert company.rows(WecomCall, WecomCall.state == CallState.PARKED) == []


def test_tag_that_no_list_knows_is_looked_for_once(company: Corp) -> None:
    """WeCom still names a deleted tag on the customer: that is no reason to go on asking."""
    customer = befriend(company, "bob", "甲")
    company.sync()
    company.sim.call("PUT", f"/corps/{company.corp_id}/habits", {"deleted_tags_stay": True})
    gone = tag(company, customer)
    company.act("delete_tag", id=gone, quiet=True)
    lists, fetches = (len(company.sim.ledger(company.corp_id, path)) for path in (LIST, ONE))
    company.settle()
    assert names(company, customer) == []
    assert lists < len(company.sim.ledger(company.corp_id, LIST)) <= lists + APPS
    assert len(company.sim.ledger(company.corp_id, ONE)) == fetches + 2 * APPS
    time.sleep(1.1)  # two edits of one second are one callback, to the last byte
    tag(company, customer)  # a further one is looked for, although the other is unknown still
    company.settle()
    assert names(company, customer) == ["VIP"]
