"""With whom a customer is shared."""

from sqlalchemy.orm import Session

from scrm.contracts.customers import RECORD, Hold, sights
from scrm.customers.shares.schemas import ShareList, ShareRow
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_ids
from scrm.shared.ownership import shares
from scrm.shared.ownership.models import Level


def shares_of(session: Session, actor: Actor, name: str) -> ShareList:
    """All shares that hold; raises `CustomerNotFound`, and `CustomerHeld` for who sees the customer by one alone."""
    customer = sights().seen(session, actor, name, Hold.EDIT)
    rows = shares.shares_of(session, RECORD, customer.customer_id)
    staff = staff_by_ids(session, [row.staff_id for row in rows])
    return ShareList(
        items=[
            ShareRow(
                userid=staff[row.staff_id].userid,
                staff_name=staff[row.staff_id].name or staff[row.staff_id].userid,
                level=Level(row.level),
                until=row.until,
                created_at=row.created_at,
            )
            for row in rows
            if row.staff_id in staff
        ]
    )
