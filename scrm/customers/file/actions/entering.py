"""Rows of contacts that somebody has told of: customer, contact and relation, made where nobody has heard of them."""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock, search
from scrm.customers.file.actions import splitting
from scrm.customers.file.models import TEXT_VERSION, Customer, FollowRelation, WecomContact


class Known(NamedTuple):
    """A customer with the contact of WeCom's that they are."""

    customer: Customer
    contact: WecomContact


def ensure_customers(session: Session, added: dict[str, dt.datetime]) -> dict[str, Known]:
    """Rows by external_userid, made with their ids alone where nobody has heard of them."""
    # Most are known: asked for first, since an insert of many is put together anew each time.
    found = known_customers(session, added)
    missing = sorted(added.keys() - found.keys())
    if not missing:
        return found
    now = clock.now()
    session.execute(
        insert(Customer)
        .values(
            [
                {
                    "external_userid": external_userid,
                    "name": "",
                    "first_added_at": added[external_userid],
                    "updated_at": now,
                    "tag_ids": [],
                    "search_text": (text := search.text_of_both(search.text_by([], ids=[external_userid]), [])),
                    "bigrams": search.grams(text),
                    "text_version": TEXT_VERSION,
                }
                for external_userid in missing
            ]
        )
        .on_conflict_do_nothing(index_elements=["external_userid"])
    )
    return known_customers(session, added)


def known_customers(session: Session, external_userids: Collection[str]) -> dict[str, Known]:
    """Those of whom somebody has heard; a contact of before 0.2 gets its own row now, if it has none yet."""
    of_contact = WecomContact.external_userid == Customer.external_userid
    query = select(Customer, WecomContact).outerjoin(WecomContact, of_contact)
    query = query.where(Customer.external_userid.in_(external_userids))
    rows = session.execute(query).all()
    unmoved = [customer.id for customer, contact in rows if contact is None]
    if unmoved:
        splitting.move(session, unmoved)
        rows = session.execute(query).all()
    return {contact.external_userid: Known(customer, contact) for customer, contact in rows}


def enter(session: Session, added: dict[str, dt.datetime]) -> dict[str, int]:
    """Our ids by external_userid, as other rooms ask for them."""
    return {external_userid: one.customer.id for external_userid, one in ensure_customers(session, added).items()}


def ensure_relations(
    session: Session, wanted: dict[tuple[int, int], dict[str, Any]]
) -> tuple[dict[tuple[int, int], FollowRelation], set[tuple[int, int]]]:
    """Relations by (customer id, staff id), with the values given where they are new; and which are new."""
    query = select(FollowRelation).where(FollowRelation.customer_id.in_({customer_id for customer_id, _ in wanted}))
    found = {(relation.customer_id, relation.staff_id): relation for relation in session.scalars(query)}
    missing = sorted(wanted.keys() - found.keys())
    if not missing:
        return found, set()
    blank = {
        "remark": "",
        "description": "",
        "remark_corp_name": "",
        "remark_mobiles": [],
        "state": "",
        "oper_userid": "",
        "tag_ids": [],
        "personal_tags": [],
    }
    made = session.execute(
        insert(FollowRelation)
        .values(
            [
                {"customer_id": customer_id, "staff_id": staff_id, **blank, **wanted[customer_id, staff_id]}
                for customer_id, staff_id in missing
            ]
        )
        .on_conflict_do_nothing(index_elements=["customer_id", "staff_id"])
        .returning(FollowRelation.customer_id, FollowRelation.staff_id)
    ).all()
    found = {(relation.customer_id, relation.staff_id): relation for relation in session.scalars(query)}
    return found, {(customer_id, staff_id) for customer_id, staff_id in made}
