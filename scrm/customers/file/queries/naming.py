"""Names of customers for whoever shows a ``customer:…``."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import naming, numbers
from scrm.customers.file.models import LIVE, Customer, FollowRelation
from scrm.customers.file.queries import contacts


def customers(session: Session, ids: list[str]) -> dict[str, str]:
    """Nickname and the remark of who follows, numbers of persons masked: many have the same nickname."""
    by_wecom = contacts.customer_ids(session, ids)
    known = {*naming.numbers(ids), *by_wecom.values()}
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(known))).all()
    remarks = select(FollowRelation.customer_id, FollowRelation.remark).where(
        FollowRelation.customer_id.in_([row.id for row in rows]), FollowRelation.remark != ""
    )
    # The last one stands: a live relation after those that have ended, the newest of each.
    ordered = remarks.order_by(FollowRelation.status.in_(LIVE), FollowRelation.added_at)
    called = {row.customer_id: numbers.masked(row.remark) for row in session.execute(ordered)} if rows else {}
    names = {row.id: _both(numbers.masked(row.name), called.get(row.id, "")) for row in rows}
    wecoms = {one: names[number] for one, number in by_wecom.items()}
    return wecoms | {str(number): name for number, name in names.items()}


def relatives(session: Session, kind: str, own: str) -> Iterable[str]:
    """A customer's other name: our number, and the external_userid under which 0.1 wrote it down."""
    if kind != "customer":
        return []
    numbered = select(Customer.id).where(Customer.id.in_(naming.numbers([own])))
    found = {*session.scalars(numbered), *contacts.customer_ids(session, [own]).values()}
    wecoms = contacts.external_userids(session, found)
    return [f"customer:{name}" for one in sorted(found) for name in (one, wecoms.get(one)) if name and str(name) != own]


def _both(name: str, remark: str) -> str:
    return f"{name}（{remark}）" if name and remark and remark != name else name or remark
