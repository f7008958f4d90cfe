"""Names of customers for whoever shows a ``customer:…``."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import numbers
from scrm.customers.file.models import LIVE, Customer, FollowRelation


def customers(session: Session, ids: list[str]) -> dict[str, str]:
    """Nickname and the remark of who follows, numbers of persons masked: many have the same nickname."""
    query = select(Customer.id, Customer.external_userid, Customer.name).where(Customer.external_userid.in_(ids))
    rows = session.execute(query).all()
    remarks = select(FollowRelation.customer_id, FollowRelation.remark).where(
        FollowRelation.customer_id.in_([row.id for row in rows]), FollowRelation.remark != ""
    )
    # The last one stands: a live relation after those that have ended, the newest of each.
    ordered = remarks.order_by(FollowRelation.status.in_(LIVE), FollowRelation.added_at)
    called = {row.customer_id: numbers.masked(row.remark) for row in session.execute(ordered)} if rows else {}
    return {row.external_userid: _both(numbers.masked(row.name), called.get(row.id, "")) for row in rows}


def _both(name: str, remark: str) -> str:
    return f"{name}（{remark}）" if name and remark and remark != name else name or remark
