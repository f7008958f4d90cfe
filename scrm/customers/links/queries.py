"""Reads of links; who may see either end is the customer file's to say."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import SeenCustomer, sights
from scrm.customers.links.models import Link, LinkKind
from scrm.customers.links.schemas import Linked, LinkList, LinkRow, Relation
from scrm.identity.actor import Actor

MOST = 1_000  # of one customer

# What the first of a link is to the second, and the second to the first.
RELATIONS: dict[LinkKind, tuple[Relation, Relation]] = {
    LinkKind.WORKS_AT: (Relation.WORKS_AT, Relation.EMPLOYS),
    LinkKind.SUBSIDIARY: (Relation.SUBSIDIARY_OF, Relation.PARENT_OF),
    LinkKind.AGENT: (Relation.AGENT_OF, Relation.REPRESENTED_BY),
    LinkKind.PARTNER: (Relation.PARTNER_OF, Relation.PARTNER_OF),
}


def of_customer(customer_id: int) -> Select[Link]:
    """All links of one customer, whoever may see the others."""
    return select(Link).where(or_(Link.from_customer_id == customer_id, Link.to_customer_id == customer_id))


def links_of(session: Session, actor: Actor, name: str) -> LinkList:
    """Links to customers whom the actor sees; raises `CustomerNotFound`."""
    here = sights().seen(session, actor, name).customer_id
    links = session.scalars(of_customer(here).order_by(Link.is_primary.desc(), Link.id.desc()).limit(MOST)).all()
    others = {_other(link, here) for link in links}
    others |= {link.reports_to_customer_id for link in links if link.reports_to_customer_id is not None}
    seen = sights().seen_of(session, actor, others)
    return LinkList(items=[_row(link, here, seen) for link in links if _other(link, here) in seen])


def _other(link: Link, here: int) -> int:
    return link.to_customer_id if link.from_customer_id == here else link.from_customer_id


def _row(link: Link, here: int, seen: dict[int, SeenCustomer]) -> LinkRow:
    forth, back = RELATIONS[LinkKind(link.kind)]
    above = seen.get(link.reports_to_customer_id) if link.reports_to_customer_id is not None else None
    return LinkRow(
        id=link.id,
        relation=forth if link.from_customer_id == here else back,
        customer=_linked(seen[_other(link, here)]),
        title=link.title,
        department=link.department,
        reports_to=_linked(above) if above is not None else None,
        primary=link.is_primary,
        created_at=link.created_at,
    )


def _linked(customer: SeenCustomer) -> Linked:
    return Linked(id=customer.customer_id, kind=customer.kind, name=customer.name)
