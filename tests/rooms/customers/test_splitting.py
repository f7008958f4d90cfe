"""Contacts of a corp of before 0.2: every page answers the same before, while and after they get rows of their own."""

from typing import Any

import pytest
from sqlalchemy import select, text

from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.customers.file.actions import splitting, states
from scrm.customers.file.models import ContactSplit, Customer, FollowRelation, WecomContact
from scrm.identity.models import Role
from scrm.wecom.port.contacts import Contact, ContactInfo
from tests.rooms.given import Given
from tests.rooms.house import Console, House

_TOLD = ("unionid", "type", "gender", "avatar", "position", "corp_name", "corp_full_name", "fetched_at")


@pytest.fixture
def customers(given: Given) -> list[str]:
    given.company()
    names = ("甲", "乙", "丙", "丁", "戊")
    return [given.customer(name, of="bob", days_ago=n + 1, type=1 + n % 2) for n, name in enumerate(names)]


def said(house: House, external_userid: str, *, avatar: str) -> None:
    """WeCom says this of somebody whom nobody in sight follows."""
    info = ContactInfo(
        external_userid=external_userid,
        name="新名",
        avatar=avatar,
        type=2,
        gender=1,
        unionid=f"o{external_userid}",
        position="经理",
        corp_name="某某",
        corp_full_name="某某公司",
    )
    with transaction(house.number) as session:
        states.take_contact(session, Contact(info=info, follows=[]), asked_at=clock.now())


def as_before(house: House) -> None:
    """The corp's rows as 0.1 left them, upgraded a moment ago."""
    told = ", ".join(f"{name} = w.{name}" for name in _TOLD)
    with transaction(house.number) as session:
        session.execute(text(f"UPDATE customer c SET {told} FROM wecom_contact w WHERE w.customer_id = c.id"))  # nosec B608
        session.execute(text("UPDATE follow_relation SET contact_id = NULL"))
        session.execute(text("DELETE FROM wecom_contact"))
        session.execute(text("INSERT INTO contact_split (id, reached) VALUES (1, 0)"))


def pages(admin: Console, bob: Console) -> Any:
    listed = [one.get("/customers", **query) for one in (admin, bob) for query in ({}, {"type": 2}, {"q": "某某"})]
    rows = listed[0]["items"]
    assert len(rows) > 2 and any(page["items"] != rows for page in listed)
    opened = [bob.get(f"/customers/{name}") for row in rows for name in (row["id"], row["external_userid"])]
    outside = [bob.get(f"/customers/by-external/{row['external_userid']}") for row in rows]
    return listed, opened, outside, bob.status("GET", "/customers/by-external/wm-nobody").status_code


def test_every_page_answers_the_same_before_while_and_after(
    house: House, customers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(house, customers[1], avatar="https://wx.qlogo.cn/1")
    monkeypatch.setattr(splitting, "BATCH", 2)
    seers = house.console(Role.ADMINISTRATOR), house.console(Role.SALES, userid="bob")
    today = pages(*seers)
    as_before(house)
    assert pages(*seers) == today
    rounds = 0
    while splitting.QUEUE in turns.due_queues(house.number, Lane.BULK):
        assert splitting.QUEUE.drain_batch(house.number, Lane.BULK) == 1
        assert pages(*seers) == today
        rounds += 1
    assert rounds == 4, "two, two, one, and the last, which finds none"
    assert [row.reached for row in house.rows(ContactSplit)] == [None]
    pointed = {row.id: row.external_userid for row in house.rows(WecomContact)}
    numbers = {row.id: row.external_userid for row in house.rows(Customer)}
    relations = house.rows(FollowRelation)
    assert len(relations) == 5 and all(pointed[row.contact_id] == numbers[row.customer_id] for row in relations)


@pytest.mark.parametrize("late", [False, True])
def test_what_is_told_meanwhile_stays(house: House, customers: list[str], late: bool) -> None:
    as_before(house)
    if late:
        splitting.QUEUE.drain_batch(house.number, Lane.BULK)
    said(house, customers[0], avatar="new")
    while splitting.QUEUE.drain_batch(house.number, Lane.BULK):
        pass
    rows = {row.external_userid: row.avatar for row in house.rows(WecomContact)}
    assert rows == {name: "new" if name == customers[0] else "" for name in customers}


@pytest.mark.parametrize("moved", [False, True])
def test_what_the_release_before_writes_meanwhile_is_not_lost(house: House, customers: list[str], moved: bool) -> None:
    as_before(house)
    if moved:
        splitting.QUEUE.drain_batch(house.number, Lane.BULK)
    with transaction(house.number) as session:
        session.execute(text("UPDATE customer SET avatar = 'theirs' WHERE external_userid = :it"), {"it": customers[0]})
        session.execute(
            text(
                "INSERT INTO customer (external_userid, name, avatar, gender, position, corp_name, corp_full_name,"
                " first_added_at, updated_at, tag_ids, search_text, bigrams)"
                " VALUES ('wm-theirs', '己', 'theirs', 0, '', '', '', now(), now(), '{}', '', '{}')"
            )
        )
    shown = {
        row["external_userid"]: row["avatar"] for row in house.console(Role.ADMINISTRATOR).get("/customers")["items"]
    }
    assert shown == {**dict.fromkeys(customers, ""), customers[0]: "theirs", "wm-theirs": "theirs"}
    while splitting.QUEUE.drain_batch(house.number, Lane.BULK):
        pass
    assert {row.external_userid: row.avatar for row in house.rows(WecomContact)} == shown


def test_a_new_corp_has_nothing_to_split(house: House, customers: list[str]) -> None:
    assert house.rows(ContactSplit) == []
    assert splitting.QUEUE not in turns.due_queues(house.number, Lane.BULK)
    assert house.scalar(lambda session: set(session.scalars(select(WecomContact.external_userid)))) == set(customers)
