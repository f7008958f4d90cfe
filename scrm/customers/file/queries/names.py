"""Names of external contacts, for other rooms that ask."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import search
from scrm.customers.file.models import TEXT_VERSION, Customer
from scrm.customers.file.queries.contacts import are_contacts, contacts_named, external_userids


def names(session: Session, external_userids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(name, avatar) by id, of those that are known."""
    wanted = {one for one in external_userids if one}
    if not wanted:
        return {}
    known = contacts_named(session, wanted)
    ids = [contact.customer_id for contact in known.values()]
    called = dict(session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids))).all())
    return {name: (contact.called(called[contact.customer_id]), contact.avatar) for name, contact in known.items()}


def find(session: Session, words: str, limit: int) -> list[str]:
    """Ids of customers who go by these words."""
    condition = search.called(words, Customer, TEXT_VERSION)
    if condition is None:
        return []
    found = session.scalars(select(Customer.id).where(condition, are_contacts()).limit(limit))
    return list(external_userids(session, found.all()).values())
