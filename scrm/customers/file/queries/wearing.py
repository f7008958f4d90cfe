"""How many customers wear which tag, and who gave it to one."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session, aliased

from scrm.contracts.customers import Reader
from scrm.contracts.tags import OwnTag, TagRef, tags
from scrm.core import naming
from scrm.customers.file.models import LIVE, Customer, FollowRelation
from scrm.customers.file.queries.sight import Sight, followed
from scrm.customers.file.schemas import WornTag
from scrm.identity.models import Staff


def counts(session: Session, reader: Reader) -> dict[int, int]:
    """Customers by tag, as the list finds them: what is worn now by whom the reader follows, else what stood then."""
    if reader.scope is None:
        return _counted(session, func.unnest(Customer.tag_ids))
    theirs = followed(reader.scope)
    now = _counted(session, func.unnest(Customer.tag_ids), theirs)
    own = aliased(FollowRelation)
    ended = own.customer_id == Customer.id, own.staff_id.in_(reader.scope), not_(theirs)
    then = _counted(session, func.unnest(own.tag_ids), *ended)
    return {tag: now.get(tag, 0) + then.get(tag, 0) for tag in now | then}


def _counted(session: Session, worn: ColumnElement[int], *where: ColumnElement[bool]) -> dict[int, int]:
    each = select(Customer.id.label("customer"), worn.label("tag")).where(*where).subquery()
    query = select(each.c.tag, func.count(each.c.customer.distinct())).group_by(each.c.tag)
    return {row[0]: row[1] for row in session.execute(query).all()}


def worn_tags(
    session: Session, customer: Customer, seen: Sight, known: Mapping[int, TagRef], staff: Mapping[int, Staff]
) -> list[WornTag]:
    """The customer's tags with who gave each: WeCom's are given by members, each to the customer as theirs."""
    put = {} if seen.until is not None else {one.number: one for one in _own(session, customer.id)}
    names = naming.names(session, {_account(one) for one in put.values()})
    standing = [one for one in seen.relations if one.status in LIVE] or seen.relations
    found = []
    for number in seen.tag_ids(customer):
        if number not in known:
            continue
        tag, own = known[number], put.get(number)
        given = [staff[one.staff_id] for one in standing if number in one.tag_ids and one.staff_id in staff]
        by = [member.name or member.userid for member in given]
        found.append(
            WornTag(
                tag_id=tag.tag_id,
                name=tag.name,
                group_name=tag.group_name,
                source=tag.source,
                given_by=[names.get(_account(own), own.by.partition(":")[2])] if own is not None else by,
                given_at=own.at if own is not None else None,
            )
        )
    return found


def _own(session: Session, customer_id: int) -> list[OwnTag]:
    return tags().own(session, [customer_id]).get(customer_id, [])


def _account(tag: OwnTag) -> str:
    return f"account:{tag.by.partition(':')[2]}"
