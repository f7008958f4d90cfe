"""Names of customers for whoever shows a ``customer:…``."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scrm.core import naming, numbers
from scrm.customers.file.models import LIVE, Customer, FollowRelation


def customers(session: Session, ids: list[str]) -> dict[str, str]:
    """Nickname and the remark of who follows, numbers of persons masked: many have the same nickname."""
    known = or_(Customer.id.in_(naming.numbers(ids)), Customer.external_userid.in_(ids))
    rows = session.execute(select(Customer.id, Customer.external_userid, Customer.name).where(known)).all()
    remarks = select(FollowRelation.customer_id, FollowRelation.remark).where(
        FollowRelation.customer_id.in_([row.id for row in rows]), FollowRelation.remark != ""
    )
    # The last one stands: a live relation after those that have ended, the newest of each.
    ordered = remarks.order_by(FollowRelation.status.in_(LIVE), FollowRelation.added_at)
    called = {row.customer_id: numbers.masked(row.remark) for row in session.execute(ordered)} if rows else {}
    names = {row.id: _both(numbers.masked(row.name), called.get(row.id, "")) for row in rows}
    return {row.external_userid: names[row.id] for row in rows} | {str(row.id): names[row.id] for row in rows}


def relatives(session: Session, kind: str, own: str) -> Iterable[str]:
    """A customer's other name: our number, and the external_userid under which 0.1 wrote it down."""
    if kind != "customer":
        return []
    known = or_(Customer.id.in_(naming.numbers([own])), Customer.external_userid == own)
    found = session.execute(select(Customer.id, Customer.external_userid).where(known)).all()
    return [f"customer:{name}" for row in found for name in (row.id, row.external_userid) if str(name) != own]


def _both(name: str, remark: str) -> str:
    return f"{name}（{remark}）" if name and remark and remark != name else name or remark
