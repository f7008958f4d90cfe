"""The customer as it stands, for other rooms that ask through a port."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.contracts.customers import FollowSnapshot
from scrm.contracts.tags import tags
from scrm.core import numbers
from scrm.customers.file.models import LIVE, Customer, FollowRelation, TimelineEntry
from scrm.customers.file.queries.contacts import contacts_of
from scrm.customers.file.queries.people import relations_of
from scrm.identity.queries import staff_by_ids

_FOLLOW_KINDS = ("half_added", "added", "deleted_by_staff", "deleted_by_customer", "transferred")


def follow_snapshot(session: Session, customer_id: int, staff_id: int) -> FollowSnapshot:
    """What is known of the pair now."""
    customer, contact = session.get_one(Customer, customer_id), contacts_of(session, [customer_id])[customer_id]
    relations = relations_of(session, [customer_id])[customer_id]
    own: FollowRelation | None = next((row for row in relations if row.staff_id == staff_id), None)
    others = [row.staff_id for row in relations if row.staff_id != staff_id and row.status in LIVE]
    staff = staff_by_ids(session, others)
    given = tags().refs(session, own.tag_ids if own is not None else [])
    return FollowSnapshot(
        customer_name=contact.called(customer.name),
        customer_avatar=contact.avatar,
        customer_corp_name=numbers.masked(contact.corp_name),
        tags=[tag.name for tag in given.values()],
        remark=own.remark if own is not None else "",
        add_way=own.add_way if own is not None else None,
        channel=own.state if own is not None else "",
        added_at=own.added_at if own is not None else None,
        other_followers=[member.name or member.userid for member in staff.values()],
    )


def follow_history(session: Session, customer_id: int, staff_id: int) -> list[tuple[str, dt.datetime]]:
    """When the pair came together and apart, oldest first."""
    query = (
        select(TimelineEntry.kind, TimelineEntry.at)
        .where(
            TimelineEntry.customer_id == customer_id,
            TimelineEntry.staff_id == staff_id,
            TimelineEntry.kind.in_(_FOLLOW_KINDS),
        )
        .order_by(TimelineEntry.at, TimelineEntry.id)
    )
    return [(kind, at) for kind, at in session.execute(query).all()]
