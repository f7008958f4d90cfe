"""Who a customer is, for other rooms that have something of theirs to show or to keep."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scrm.contracts.customers import Hold, Reader, SeenCustomer
from scrm.core import clock
from scrm.customers.file.errors import CustomerNotFound
from scrm.customers.file.models import Customer
from scrm.customers.file.queries.contacts import Contact, contacts_of, external_userids
from scrm.customers.file.queries.people import held_customer, seen_customer, visible


def seen(session: Session, reader: Reader, name: str, hold: Hold = Hold.READ) -> SeenCustomer:
    """The customer by this name, if the reader sees them; raises `CustomerNotFound`, `CustomerHeld`."""
    customer, sight = (
        seen_customer(session, reader, name) if hold is Hold.READ else held_customer(session, reader, name, hold)
    )
    contact = contacts_of(session, [customer.id])[customer.id]
    return _seen(customer, contact, members=sight.scope if sight.until is not None else None)


def seen_of(session: Session, reader: Reader, ids: Collection[int]) -> dict[int, SeenCustomer]:
    """Those of these whom the reader sees, with nothing of what members wrote."""
    if not ids:
        return {}
    contacts = contacts_of(session, ids)
    found = session.scalars(visible(reader).where(Customer.id.in_(ids)))
    return {customer.id: _seen(customer, contacts[customer.id], members=frozenset()) for customer in found}


def _seen(customer: Customer, contact: Contact, *, members: frozenset[int] | None) -> SeenCustomer:
    name = contact.called(customer.name)
    return SeenCustomer(customer_id=customer.id, kind=customer.kind, name=name, members=members)


def touch(session: Session, customer_id: int) -> None:
    """Something that the customer's page shows has changed: who has it open sees it."""
    mine = update(Customer).where(Customer.id == customer_id)
    session.execute(mine.values(version=Customer.version + 1, updated_at=clock.now()))


def external_userid(session: Session, number: int) -> str | None:
    """WeCom's id, where there is one; raises `CustomerNotFound`."""
    name = external_userids(session, [number]).get(number)
    if name is None and session.scalar(select(Customer.id).where(Customer.id == number)) is None:
        raise CustomerNotFound()
    return name
