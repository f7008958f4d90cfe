"""A tag that nobody has heard of when a customer with it is fetched: it ends on the customer all the same."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import select

from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.customers.file.actions import states
from scrm.customers.file.models import Customer, FollowRelation
from scrm.customers.tags.actions import deleted
from scrm.customers.tags.actions import lists as tags
from scrm.customers.tags.models import Tag
from scrm.identity.models import Role
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.contacts import CorpTagGroup
from scrm.wecom.port.wecom import wecom
from tests.support.company import befriend
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

_numbers = itertools.count()
LIST, ONE = "externalcontact/get_corp_tag_list", "externalcontact/get"
APPS = 2  # each is told of an edit, and the customer is fetched with the credential of each


def tag(corp: Corp, *customers: str) -> str:
    """An admin makes the tag VIP, of which no callback tells, and Bob gives it to customers; the tag's id."""
    made = corp.act("add_tag_group", name=f"等级{next(_numbers)}", tags=["VIP"], quiet=True)
    found: str = made["tags"][0]["id"]
    for external_userid in customers:
        corp.act("edit_contact", userid="bob", external_userid=external_userid, add_tags=[found])
    return found


def read_tags(corp: Corp) -> list[CorpTagGroup]:
    return wecom(corp.number).tags.list_tags()


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


def test_deleted_tag_is_seen_on_nobody_at_once_and_comes_off_in_stretches(
    company: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers = [befriend(company, "bob", f"客户{n}") for n in range(5)]
    company.sync()
    kept, gone = tag(company, *customers), tag(company, *customers)
    company.settle()
    console, worn = company.console(Role.ADMINISTRATOR), Customer.tag_ids != []
    with transaction(company.number) as session:
        left = [group for group in read_tags(company) if group.tags[0].tag_id != gone]
        tags.take(session, left)
    assert console.get("/customers", tag_id=gone)["total"] == 0
    shown = console.get("/customers", tag_id=kept)["items"]
    assert [[one["tag_id"] for one in row["tags"]] for row in shown] == [[kept]] * 5
    (number,) = (row.id for row in company.rows(Tag, Tag.tag_id == gone))
    monkeypatch.setattr(deleted, "BATCH", 2)
    with transaction(company.number) as session:  # somebody has the fourth in hand
        fourth = company.rows(Customer, worn)[3].id
        session.execute(select(Customer).where(Customer.id == fourth).with_for_update())
        assert [deleted.QUEUE.drain_batch(company.number, Lane.BULK) for _ in range(3)] == [1, 1, 0]
        assert [number in row.tag_ids for row in company.rows(Customer)] == [False, False, False, True, True]
    while deleted.QUEUE.drain_batch(company.number, Lane.BULK):
        pass
    assert [number in row.tag_ids for row in [*company.rows(Customer), *company.rows(FollowRelation)]] == [False] * 10
    assert (turns.due_queues(company.number, Lane.BULK).count(deleted.QUEUE), len(company.rows(Customer, worn))) == (
        0,
        5,
    )


def test_own_tags_and_answers_of_wecom_at_once_lose_nothing(company: Corp) -> None:
    """Eight put tags on and take them off while answers about the customer are taken over."""
    customer = befriend(company, "bob", "甲")
    company.sync()
    given = tag(company, customer)
    company.settle()
    console = company.console(Role.ADMINISTRATOR)
    made = console.status("POST", "/tags/groups", {"name": "意向", "tags": [f"标签{n}" for n in range(8)]}).json()
    own = [one["tag_id"] for one in made["items"][0]["tags"]]
    assert console.status("POST", f"/customers/{customer}/tags", {"add": own[4:]}).ok
    contact, gate = wecom(company.number).contacts.get_contact(external_userid=customer), threading.Barrier(8 + 4)

    def put(number: int) -> None:
        gate.wait(10)
        body = {"add": [own[number]]} if number < 4 else {"remove": [own[number]]}
        console_of = Console(console.web, requests.Session(), console.csrf)
        console_of.http.cookies.update(console.http.cookies)
        assert console_of.status("POST", f"/customers/{customer}/tags", body).ok

    def told(_number: int) -> None:
        gate.wait(10)
        for _ in range(5):
            with transaction(company.number) as session:
                states.take_contact(session, contact, asked_at=clock.now())

    with ThreadPoolExecutor(12) as pool:
        ends = [pool.submit(put, number) for number in range(8)] + [pool.submit(told, number) for number in range(4)]
    assert [end.result() for end in ends] == [None] * 12
    worn = {one["tag_id"] for one in console.get(f"/customers/{customer}")["tags"]}
    assert worn == {given, *own[:4]}
    (row,) = company.rows(Customer, Customer.external_userid == customer)
    assert len(row.tag_ids) == 5


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
