"""A customer's timeline."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import numbers
from scrm.core.paging import Rows, fetch
from scrm.customers.file.models import TimelineEntry
from scrm.customers.file.queries.people import is_own, seen_customer
from scrm.customers.file.schemas import TimelineQuery, TimelineRow
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_ids


def timeline_page(session: Session, actor: Actor, name: str, page: TimelineQuery) -> Rows[TimelineRow]:
    """What happened, newest first; raises `CustomerNotFound` outside the data scope."""
    customer, seen = seen_customer(session, actor, name)
    query = select(TimelineEntry).where(TimelineEntry.customer_id == customer.id, seen.happened())
    if page.q:
        query = query.where(TimelineEntry.kind.startswith(page.q, autoescape=True))
    rows = fetch(
        session,
        query,
        page,
        keys=[TimelineEntry.at, TimelineEntry.id],
        key_of=lambda entry: [entry.at.isoformat(), entry.id],
    )
    staff = staff_by_ids(session, (entry.staff_id for entry in rows.items if entry.staff_id is not None))

    def row(entry: TimelineEntry) -> TimelineRow:
        member = staff.get(entry.staff_id) if entry.staff_id is not None else None
        return TimelineRow(
            id=entry.id,
            kind=entry.kind,
            at=entry.at,
            userid=member.userid if member else None,
            staff_name=(member.name or member.userid) if member else None,
            facts=entry.facts
            if member is not None and is_own(actor, member.userid)
            else numbers.masked_in(entry.facts),
        )

    return rows.map(row)
