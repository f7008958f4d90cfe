"""Customers that are entered and changed by hand: companies, and persons whom WeCom does not know."""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from scrm.contracts.customers import Hold
from scrm.core import audit, clock, search
from scrm.customers.file.actions import field_log, timeline
from scrm.customers.file.actions.derived import refold
from scrm.customers.file.errors import (
    CustomerChanged,
    NameIsWecoms,
    NameMissing,
    OwnerMissing,
    OwnerUnknown,
    VersionMissing,
)
from scrm.customers.file.models import CompanyName, Customer, CustomerKind, Owner
from scrm.customers.file.queries.contacts import Contact, contacts_of
from scrm.customers.file.queries.owners import owners_of
from scrm.customers.file.queries.people import held_customer, relations_of
from scrm.customers.file.schemas import CustomerChange, NewCustomer
from scrm.identity.actor import Actor
from scrm.identity.models import OUT, Staff
from scrm.identity.queries import staff_by_ids, staff_by_userid


def create(session: Session, actor: Actor, body: NewCustomer) -> Customer:
    """A new record; it is the member's who enters it, or of who is named.

    Raises `NameMissing`, `OwnerMissing`, `OwnerUnknown`; a second company of a name ends as `CompanyExists`.
    """
    name = _named(body.name)
    owner = _owner(session, actor, body.owner_userid)
    now = clock.now()
    customer = Customer(
        kind=body.kind.value,
        version=1,
        name=name,
        tag_ids=[],
        first_added_at=now,
        updated_at=now,
    )
    refold(customer, Contact(customer_id=0), [])
    session.add(customer)
    session.flush()
    _go_by(session, customer)
    if owner is not None:
        session.add(Owner(customer_id=customer.id, staff_id=owner.id, since=now, by=actor.audit_name))
    facts = {"kind": customer.kind, **({"owner": owner.userid} if owner is not None else {})}
    audit.record(session, actor, "customer.created", f"customer:{customer.id}", facts)
    session.flush()
    return customer


def change(session: Session, actor: Actor, name: str, body: CustomerChange) -> Customer:
    """What is sent becomes so; nothing where it is so already.

    Raises `CustomerNotFound`, `CustomerHeld`, `CustomerNotYours`, `VersionMissing`,
    `CustomerChanged`, `NameMissing`, `NameIsWecoms`, `OwnerUnknown`.
    """
    customer, _ = held_customer(session, actor, name, Hold.OWN if body.owner_userid is not None else Hold.EDIT)
    if body.name is None and body.owner_userid is None:
        return customer
    if body.version is None:
        raise VersionMissing()
    session.refresh(customer, with_for_update=True)
    changed: dict[str, str] = {}
    contact = contacts_of(session, [customer.id])[customer.id]
    if body.name is not None and (called := _named(body.name)) != customer.name:
        if contact.is_one:
            raise NameIsWecoms()
        changed["name"] = called
    owner = _owner(session, actor, body.owner_userid) if body.owner_userid is not None else None
    had = owners_of(session, [customer.id]).get(customer.id)
    if owner is not None and (had is None or had.staff_id != owner.id):
        changed["owner"] = owner.userid
    if not changed:
        return customer
    if body.version != customer.version:
        raise CustomerChanged(name=customer.name or contact.called(""), version=customer.version)
    now = clock.now()
    if "name" in changed:
        before, after = {"name": customer.name}, {"name": changed["name"]}
        field_log.note(session, actor.audit_name, customer_id=customer.id, at=now, before=before, after=after)
        customer.name = changed["name"]
        refold(customer, contact, relations_of(session, [customer.id])[customer.id])
        _go_by(session, customer)
    if "owner" in changed and owner is not None:
        open_ones = update(Owner).where(Owner.customer_id == customer.id, Owner.until.is_(None))
        session.execute(open_ones.values(until=now))
        session.add(Owner(customer_id=customer.id, staff_id=owner.id, since=now, by=actor.audit_name))
        _tell_owner(session, actor, customer, owner, had, now)
    customer.version += 1
    customer.updated_at = now
    audit.record(session, actor, "customer.changed", f"customer:{customer.id}", {"fields": sorted(changed)})
    session.flush()
    return customer


def _tell_owner(
    session: Session, actor: Actor, customer: Customer, owner: Staff, had: Owner | None, at: dt.datetime
) -> None:
    before = staff_by_ids(session, [had.staff_id]).get(had.staff_id) if had is not None else None
    facts = {"owner": owner.name or owner.userid}
    facts |= {"owner_before": before.name or before.userid} if before is not None else {}
    timeline.tell(
        session,
        "owner_changed",
        customer_id=customer.id,
        staff_id=None,
        at=at,
        key=f"owner_changed:{customer.id}:{customer.version}",
        facts=facts,
        actor=actor.audit_name,
    )


def _named(name: str) -> str:
    if called := search.name_of(name):
        return called
    raise NameMissing()


def _owner(session: Session, actor: Actor, userid: str | None) -> Staff | None:
    """The member named, or else the one behind the account; none for an account of the whole corp that is nobody's."""
    wanted = userid or actor.userid
    if wanted is None:
        if actor.scope is not None:
            raise OwnerMissing()
        return None
    staff = staff_by_userid(session, wanted)
    seen = staff is not None and (actor.scope is None or staff.id in actor.scope)
    if staff is None or not seen or staff.status in OUT:
        raise OwnerUnknown(userid=wanted)
    return staff


def _go_by(session: Session, customer: Customer) -> None:
    if customer.kind == CustomerKind.COMPANY:
        session.merge(CompanyName(customer_id=customer.id, key=search.fold(customer.name)))
        session.flush()
