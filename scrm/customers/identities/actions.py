"""Entering, removing, and taking over what WeCom says; the only writers of the table."""

from collections.abc import Iterator, Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.customers import Hold, sights
from scrm.contracts.identities import Noted
from scrm.core import audit, clock, search
from scrm.customers.identities import kinds, sealed
from scrm.customers.identities.errors import CompanyAlone, IdentityNotFound
from scrm.customers.identities.models import Identity, IdentityKind, Source
from scrm.customers.identities.schemas import NewIdentity
from scrm.identity.actor import Actor

_Place = tuple[int, str, str, int]  # customer, kind, source, member


def add(session: Session, actor: Actor, name: str, body: NewIdentity) -> None:
    """One more by which a customer is known.

    Raises `CustomerNotFound`, `CompanyAlone`, and what `kinds.spelt` does; the same once more ends as
    `IdentityKnown`, another company's code as `CreditCodeTaken`.
    """
    customer = sights().seen(session, actor, name, Hold.EDIT)
    kind = IdentityKind(body.kind.value)
    if kind is IdentityKind.CREDIT_CODE and customer.kind != "company":
        raise CompanyAlone()
    spelt = kinds.spelt(kind, body.value)
    session.add(
        Identity(
            customer_id=customer.customer_id,
            kind=kind.value,
            source=Source.HAND.value,
            staff_id=0,
            created_at=clock.now(),
            created_by=actor.audit_name,
            **sealed.values(session, kind, spelt),
        )
    )
    session.flush()
    sights().touch(session, customer.customer_id)
    subject = f"customer:{customer.customer_id}"
    audit.record(session, actor, "customer.identity_added", subject, {"kind": kind.value})


def remove(session: Session, actor: Actor, name: str, identity_id: int) -> None:
    """Take back what was entered by hand; raises `CustomerNotFound`, `IdentityNotFound`."""
    customer = sights().seen(session, actor, name, Hold.EDIT)
    gone = session.execute(
        delete(Identity)
        .where(
            Identity.id == identity_id,
            Identity.customer_id == customer.customer_id,
            Identity.source == Source.HAND.value,
        )
        .returning(Identity.kind)
    ).first()
    if gone is None:
        raise IdentityNotFound()
    sights().touch(session, customer.customer_id)
    subject = f"customer:{customer.customer_id}"
    audit.record(session, actor, "customer.identity_removed", subject, {"kind": gone.kind})


def note(session: Session, noted: Mapping[int, Noted]) -> None:
    """Bring what stands of WeCom's up to date; rows that are so already are left alone."""
    wanted = {
        (*place, sealed.digest(session, place[1], value)): value
        for customer_id, one in noted.items()
        for place, value in _said(customer_id, one)
    }
    stands = select(Identity).where(Identity.customer_id.in_(noted), Identity.source != Source.HAND.value)
    have = {(row.customer_id, row.kind, row.source, row.staff_id, row.whole): row.id for row in session.scalars(stands)}
    gone = [have[place] for place in have.keys() - wanted.keys()]
    if gone:
        session.execute(delete(Identity).where(Identity.id.in_(gone)))
    fresh = sorted(wanted.keys() - have.keys())
    if fresh:
        now = clock.now()
        rows = [
            {"customer_id": customer_id, "kind": kind, "source": source, "staff_id": staff_id}
            | {"created_at": now, "created_by": audit.WECOM}
            | sealed.values(session, IdentityKind(kind), kinds.same(wanted[customer_id, kind, source, staff_id, whole]))
            for customer_id, kind, source, staff_id, whole in fresh
        ]
        session.execute(insert(Identity).on_conflict_do_nothing(), rows)


def _said(customer_id: int, noted: Noted) -> Iterator[tuple[_Place, str]]:
    if noted.unionid:
        yield (customer_id, IdentityKind.UNIONID.value, Source.WECOM.value, 0), noted.unionid
    for staff_id, numbers in noted.phones.items():
        for number in numbers:
            digits = search.phone(number)
            if digits is not None:
                yield (customer_id, IdentityKind.PHONE.value, Source.MEMBER.value, staff_id), digits
