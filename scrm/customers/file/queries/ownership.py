"""Who owns whom, for a handover: a member's customers, in bulk."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import OwnCustomer
from scrm.contracts.tags import tags
from scrm.core import numbers
from scrm.customers.file.models import Customer, FollowRelation, FollowStatus
from scrm.customers.file.queries import contacts
from scrm.identity.models import OUT, Staff


def customers_of(session: Session, staff_id: int) -> list[OwnCustomer]:
    """Whom a member follows now, oldest relation first; half relations cannot be handed over."""
    query = (
        select(Customer.id, Customer.name, FollowRelation.tag_ids)
        .join(FollowRelation, FollowRelation.customer_id == Customer.id)
        .where(FollowRelation.staff_id == staff_id, FollowRelation.status == FollowStatus.ACTIVE)
        .order_by(FollowRelation.added_at, Customer.id)
    )
    return _owned(session, query)


def named(session: Session, external_userids: list[str]) -> dict[str, OwnCustomer]:
    """Customers by external_userid, with all their tags."""
    query = select(Customer.id, Customer.name, Customer.tag_ids)
    ids = contacts.customer_ids(session, external_userids).values()
    return {row.external_userid: row for row in _owned(session, query.where(Customer.id.in_(ids)))}


def customer_counts(session: Session, staff_ids: list[int]) -> dict[int, int]:
    """How many customers each member follows now."""
    query = (
        select(FollowRelation.staff_id, func.count())
        .where(FollowRelation.staff_id.in_(staff_ids), FollowRelation.status == FollowStatus.ACTIVE)
        .group_by(FollowRelation.staff_id)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in session.execute(query).all()}
    return {staff_id: counts.get(staff_id, 0) for staff_id in staff_ids}


def departed_followers(session: Session) -> list[int]:
    """Members out of service who still follow somebody."""
    following = select(FollowRelation.id).where(
        FollowRelation.staff_id == Staff.id, FollowRelation.status == FollowStatus.ACTIVE
    )
    out = Staff.status.in_(OUT)
    return list(session.scalars(select(Staff.id).where(out, following.exists()).order_by(Staff.id)))


def _owned(session: Session, query: Select[int, str, list[int]]) -> list[OwnCustomer]:
    rows = session.execute(query).all()
    wecoms = contacts.external_userids(session, [row[0] for row in rows])
    worn = tags().refs(session, {tag for row in rows for tag in row[2]})
    return [
        OwnCustomer(
            customer_id=number,
            external_userid=wecoms[number],
            name=numbers.masked(name) or wecoms[number],
            tags=[worn[tag].name for tag in numbers_of if tag in worn],
        )
        for number, name, numbers_of in rows
    ]
