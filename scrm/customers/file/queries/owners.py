"""Whose customers are, and which of them their owners left behind."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import Reader
from scrm.customers.file.models import Owner
from scrm.customers.file.schemas import CustomerOwner
from scrm.identity.models import OUT, Staff
from scrm.identity.queries import staff_by_ids


def owners_of(session: Session, customer_ids: Sequence[int]) -> dict[int, Owner]:
    """Whose each of these is, of those that are somebody's."""
    query = select(Owner).where(Owner.customer_id.in_(customer_ids), Owner.until.is_(None))
    return {owner.customer_id: owner for owner in session.scalars(query)} if customer_ids else {}


def shown_owners(session: Session, customer_ids: Sequence[int]) -> dict[int, CustomerOwner]:
    """The same, as they are shown."""
    owners = owners_of(session, customer_ids)
    staff = staff_by_ids(session, {owner.staff_id for owner in owners.values()})
    return {number: _shown(owner, staff.get(owner.staff_id)) for number, owner in owners.items()}


def _shown(owner: Owner, member: Staff | None) -> CustomerOwner:
    userid = member.userid if member is not None else ""
    return CustomerOwner(
        userid=userid,
        staff_name=(member and member.name) or userid,
        since=owner.since,
        awaiting_handover=member is not None and member.status in OUT,
    )


def left_behind(actor: Reader) -> Select[int]:
    """Customers of the data scope whose owner has left or is disabled: somebody has to take them over."""
    out = select(Staff.id).where(Staff.status.in_(OUT))
    query = select(Owner.customer_id).where(Owner.staff_id.in_(out), Owner.until.is_(None))
    return query if actor.scope is None else query.where(Owner.staff_id.in_(actor.scope))
