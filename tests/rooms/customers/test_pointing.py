"""What points at a customer or a member is counted by the rooms' own references, whatever a column is made of."""

import pytest

from scrm import wiring
from scrm.core.db import transaction
from scrm.core.pointing import Pointed, counted, rows_of
from scrm.core.refers import Subject
from scrm.customers.file.models import Customer, FollowRelation
from scrm.identity.models import Role, Staff
from tests.rooms.given import Given
from tests.rooms.house import House

REFS = [ref for room in wiring.ROOMS for ref in room.refers]


def points(house: House, pointed: Pointed) -> dict[str, int]:
    with transaction(house.number) as session:
        return {count.ref.name: count.rows for count in counted(session, REFS, pointed)}


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def test_everything_of_a_customer_is_found_and_nothing_of_another(house: House, given: Given) -> None:
    customer = given.customer("张三", of=["bob", "carl"], remark_mobiles=["13800000001"])
    given.customer("旁人", of="bob", remark_mobiles=["13800000002"])
    given.group("一群", owner="bob", members=[customer])
    given.lost(customer, "carl")
    given.said("bob", customer, "您好")
    (row,) = house.rows(Customer, Customer.external_userid == customer)
    admin = house.console(Role.ADMINISTRATOR)
    admin.status("PUT", f"/customers/{row.id}", {"version": row.version, "owner_userid": "dora"})
    found = points(house, Pointed(subject=Subject.CUSTOMER, number=row.id, name=customer))
    assert found["follow_relation.customer_id"] == found["follow_relation.remark_mobiles"] == 2
    assert found["customer_identity.customer_id"] == 2, "a number of two members"
    for one in ("alert.customer_id", "alert.external_userid", "group_member.userid", "owner_log.customer_id"):
        assert found[one] == 1, one
    assert found["conversation.peer"] == found["message_version.sender"] + 1 == 1
    assert found["timeline_entry.customer_id"] >= 3 and found["company_name.customer_id"] == 0
    nobody = points(house, Pointed(subject=Subject.CUSTOMER, number=row.id + 10_000, name="wmNobody"))
    assert set(nobody.values()) == {0} and nobody.keys() == found.keys()


def test_everything_of_a_member_is_found_in_any_case_of_the_userid(house: House, given: Given) -> None:
    given.customer("张三", of="bob")
    given.group("一群", owner="bob")
    house.console(Role.SALES, userid="bob")
    (staff,) = house.rows(Staff, Staff.userid == "bob")
    found = points(house, Pointed(subject=Subject.MEMBER, number=staff.id, name="BOB"))
    assert found["follow_relation.staff_id"] == found["group_chat.owner_userid"] == found["account.userid"] == 1


def test_each_row_that_points_is_named_by_its_key(house: House, given: Given) -> None:
    customer = given.customer("张三", of=["bob", "carl"])
    given.customer("旁人", of="bob")
    (row,) = house.rows(Customer, Customer.external_userid == customer)
    pointed = Pointed(subject=Subject.CUSTOMER, number=row.id, name=customer)
    with transaction(house.number) as session:
        counts = {count.ref.name: count for count in counted(session, REFS, pointed)}
        for count in counts.values():
            assert len(rows_of(session, count.ref, pointed)) == count.rows, count.ref.name
        relations = rows_of(session, counts["follow_relation.customer_id"].ref, pointed)
    mine = house.rows(FollowRelation, FollowRelation.customer_id == row.id)
    assert relations == [{"id": one.id} for one in sorted(mine, key=lambda one: one.id)] and len(relations) == 2


def test_every_reference_can_be_counted(house: House) -> None:
    for subject in Subject:
        found = points(house, Pointed(subject=subject, number=1, name="x"))
        assert len(found) == sum(ref.subject is subject for ref in REFS) > 10
