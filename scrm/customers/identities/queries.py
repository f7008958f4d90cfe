"""Reads of identities; who may see the customer is the customer file's to say."""

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import sights
from scrm.core import search
from scrm.customers.identities import kinds, sealed
from scrm.customers.identities.models import Identity, IdentityKind, Source
from scrm.customers.identities.schemas import IdentityList, IdentityRow
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_ids

_MANY = 1_000  # customers that one search names
_LAST_FOUR = 4


def visible(actor: Actor, customer_id: int, staff: frozenset[int] | None) -> Select[Identity]:  # noqa: ARG001
    """What of a customer that the actor sees is shown: what was entered, and what these members noted."""
    query = select(Identity).where(Identity.customer_id == customer_id)
    return query if staff is None else query.where(or_(Identity.staff_id == 0, Identity.staff_id.in_(staff)))


def identities_of(session: Session, actor: Actor, name: str) -> IdentityList:
    """All by which a customer is known, as far as the actor sees it; raises `CustomerNotFound`."""
    customer = sights().seen(session, actor, name)
    found = session.scalars(visible(actor, customer.customer_id, customer.members).order_by(Identity.id)).all()
    staff = staff_by_ids(session, [row.staff_id for row in found if row.staff_id])

    def named(staff_id: int) -> str:
        return staff[staff_id].name or staff[staff_id].userid if staff_id in staff else ""

    return IdentityList(
        items=[
            IdentityRow(
                id=row.id,
                kind=IdentityKind(row.kind),
                shown=kinds.shown(IdentityKind(row.kind), sealed.opened(session, row.sealed)),
                source=Source(row.source),
                staff_name=named(row.staff_id),
                created_at=row.created_at,
            )
            for row in found
        ]
    )


def called(session: Session, words: str) -> dict[int, str]:
    """Customers whom a number or code entered by hand names, with it as it is shown; see `contracts.identities`."""
    number, folded = search.phone(words), search.fold(words)
    wanted = [(kind, folded.upper() if kind is IdentityKind.CREDIT_CODE else folded) for kind in IdentityKind]
    wholes = [sealed.digest(session, kind.value, value) for kind, value in wanted if folded]
    if number is not None:
        wholes.append(sealed.digest(session, IdentityKind.PHONE.value, number))
    matches: ColumnElement[bool] = Identity.whole.in_(wholes)
    if len(folded) == _LAST_FOUR and folded.isdecimal():
        matches = or_(matches, Identity.tail == sealed.digest(session, "tail", folded))
    if not folded:
        return {}
    query = select(Identity).where(Identity.source == Source.HAND.value, matches).limit(_MANY)
    return {
        row.customer_id: kinds.shown(IdentityKind(row.kind), sealed.opened(session, row.sealed))
        for row in session.scalars(query)
    }


def phones(session: Session, customer_id: int) -> list[str]:
    """Phone numbers entered by hand, in full."""
    query = select(Identity.sealed).where(
        Identity.customer_id == customer_id,
        Identity.source == Source.HAND.value,
        Identity.kind == IdentityKind.PHONE.value,
    )
    return [sealed.opened(session, one) for one in session.scalars(query.order_by(Identity.id))]
