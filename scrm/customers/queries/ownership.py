"""Who owns whom, for a handover: a member's customers and groups, in bulk."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scrm.core import numbers
from scrm.customers.models import Customer, FollowRelation, FollowStatus, GroupChat, Tag
from scrm.identity.models import Staff, StaffStatus


@dataclass(frozen=True, kw_only=True)
class OwnCustomer:
    """A customer as a handover names it; ``tags`` are those that the member gave."""

    customer_id: int
    external_userid: str
    name: str
    tags: list[str]


def customers_of(session: Session, staff_id: int) -> list[OwnCustomer]:
    """Whom a member follows now, oldest relation first; half relations cannot be handed over."""
    query = (
        select(Customer.id, Customer.external_userid, Customer.name, FollowRelation.tag_ids)
        .join(FollowRelation, FollowRelation.customer_id == Customer.id)
        .where(FollowRelation.staff_id == staff_id, FollowRelation.status == FollowStatus.ACTIVE)
        .order_by(FollowRelation.added_at, Customer.id)
    )
    return _owned(session, query)


def named(session: Session, external_userids: list[str]) -> dict[str, OwnCustomer]:
    """Customers by external_userid, with all their tags."""
    query = select(Customer.id, Customer.external_userid, Customer.name, Customer.tag_ids)
    return {
        row.external_userid: row for row in _owned(session, query.where(Customer.external_userid.in_(external_userids)))
    }


def groups_of(session: Session, userid: str) -> list[tuple[str, str]]:
    """chat_id and name of the living groups that a userid owns."""
    query = select(GroupChat.chat_id, GroupChat.name).where(
        func.lower(GroupChat.owner_userid) == userid.lower(), GroupChat.dismissed_at.is_(None)
    )
    return [(chat_id, numbers.masked(name)) for chat_id, name in session.execute(query.order_by(GroupChat.id)).all()]


def customer_counts(session: Session, staff_ids: list[int]) -> dict[int, int]:
    """How many customers each member follows now."""
    query = (
        select(FollowRelation.staff_id, func.count())
        .where(FollowRelation.staff_id.in_(staff_ids), FollowRelation.status == FollowStatus.ACTIVE)
        .group_by(FollowRelation.staff_id)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in session.execute(query).all()}
    return {staff_id: counts.get(staff_id, 0) for staff_id in staff_ids}


def departed_owners(session: Session) -> list[int]:
    """Members out of service who still follow somebody or own a living group."""
    following = (
        select(FollowRelation.id)
        .where(FollowRelation.staff_id == Staff.id, FollowRelation.status == FollowStatus.ACTIVE)
        .exists()
    )
    owning = (
        select(GroupChat.id)
        .where(func.lower(GroupChat.owner_userid) == func.lower(Staff.userid), GroupChat.dismissed_at.is_(None))
        .exists()
    )
    out = Staff.status.in_([StaffStatus.LEFT, StaffStatus.DISABLED])
    return list(session.scalars(select(Staff.id).where(out, following | owning).order_by(Staff.id)))


def _owned(session: Session, query: Select[int, str, str, list[int]]) -> list[OwnCustomer]:
    rows = session.execute(query).all()
    wanted = {tag for row in rows for tag in row[3]}
    found = (
        session.execute(select(Tag.id, Tag.name).where(Tag.id.in_(wanted), Tag.deleted_at.is_(None))).all()
        if wanted
        else []
    )
    names: dict[int, str] = {row[0]: row[1] for row in found}
    return [
        OwnCustomer(
            customer_id=number,
            external_userid=external_userid,
            name=numbers.masked(name) or external_userid,
            tags=[names[tag] for tag in tags if tag in names],
        )
        for number, external_userid, name, tags in rows
    ]
