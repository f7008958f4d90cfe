"""Linking customers: no link twice, no circle, one primary contact.

All three are of several rows, so links of a corp are written one after another.
"""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, aliased

from scrm.contracts.customers import Hold, SeenCustomer, sights, timeline
from scrm.core import audit, clock
from scrm.core.db import lock_subject
from scrm.customers.links.errors import (
    LinkCircle,
    LinkKnown,
    LinkNotFound,
    LinksFull,
    LinkToItself,
    LinkUnfit,
    NoContact,
    OtherUnknown,
    PrimaryTaken,
    SuperiorElsewhere,
)
from scrm.customers.links.models import Link, LinkKind
from scrm.customers.links.queries import MOST, RELATIONS, of_customer
from scrm.customers.links.schemas import NewLink, Post
from scrm.identity.actor import Actor

_PERSON, _COMPANY = "person", "company"
# Which kinds of customers fit, first and second, and how that is said.
_FITS: dict[LinkKind, tuple[frozenset[str], frozenset[str], str, str]] = {
    LinkKind.WORKS_AT: (
        frozenset({_PERSON}),
        frozenset({_COMPANY}),
        "联系人是个人，任职单位是公司",
        "a person who works at a company",
    ),
    LinkKind.SUBSIDIARY: (frozenset({_COMPANY}), frozenset({_COMPANY}), "两者都是公司", "two companies"),
    LinkKind.AGENT: (
        frozenset({_PERSON, _COMPANY}),
        frozenset({_COMPANY}),
        "被代理的一方是公司",
        "an agent of a company",
    ),
    LinkKind.PARTNER: (frozenset({_COMPANY}), frozenset({_COMPANY}), "两者都是公司", "two companies"),
}
_SOMEBODY = {"name": "另一位联系人（不在你的数据范围内）", "name_en": "somebody outside your data scope"}


def add(session: Session, actor: Actor, name: str, body: NewLink) -> None:
    """One more link of a customer that the actor may change.

    Raises `CustomerNotFound`, `CustomerHeld`, and each error of this room but `LinkNotFound`.
    """
    here = sights().seen(session, actor, name, Hold.EDIT)
    other = _seen(session, actor, body.customer_id)
    kind = next(kind for kind, said in RELATIONS.items() if body.relation in said)
    first, second = (here, other) if body.relation is RELATIONS[kind][0] else (other, here)
    if here.customer_id == other.customer_id:
        raise LinkToItself()
    firsts, seconds, zh, en = _FITS[kind]
    if first.kind not in firsts or second.kind not in seconds:
        raise LinkUnfit(zh=zh, en=en)
    if kind is LinkKind.PARTNER:
        first, second = sorted((first, second), key=lambda one: one.customer_id)
    _one_after_another(session)
    if session.scalars(_between(kind, first.customer_id, second.customer_id)).first() is not None:
        raise LinkKnown()
    for end in (first, second):
        count = select(func.count()).select_from(of_customer(end.customer_id).subquery())
        if (session.scalar(count) or 0) >= MOST:
            raise LinksFull(most=MOST)
    if kind in (LinkKind.SUBSIDIARY, LinkKind.AGENT) and _reaches(session, kind, second.customer_id, first.customer_id):
        raise LinkCircle(name=first.name, name_en=first.name)
    link = Link(
        kind=kind.value,
        from_customer_id=first.customer_id,
        to_customer_id=second.customer_id,
        title="",
        department="",
        is_primary=False,
        created_at=clock.now(),
        created_by=actor.audit_name,
    )
    if kind is LinkKind.WORKS_AT and body.primary is None:
        body = body.model_copy(update={"primary": _primary(session, second.customer_id) is None})
    _take_post(session, actor, link, body)
    session.add(link)
    session.flush()
    facts = {"relation": kind.value, "other": f"customer:{other.customer_id}"}
    _told(session, actor, "customer.linked", here, other, facts)
    _happened(session, actor, "linked", link)


def change(session: Session, actor: Actor, name: str, link_id: int, body: Post) -> None:
    """Title, department, superior, primary contact; raises as `add` does, and `LinkNotFound`."""
    here, link, other = _one(session, actor, name, link_id)
    before = _post(link)
    _take_post(session, actor, link, body)
    after = _post(link)
    changed = sorted(field for field, was in before.items() if was != after[field])
    if changed:
        session.flush()
        _told(session, actor, "customer.link_changed", here, other, {"fields": changed})


def remove(session: Session, actor: Actor, name: str, link_id: int) -> None:
    """Take a link back; who reported to the one that goes reports to nobody. Raises `LinkNotFound`."""
    here, link, other = _one(session, actor, name, link_id)
    if link.kind == LinkKind.WORKS_AT:
        below = update(Link).where(
            Link.to_customer_id == link.to_customer_id, Link.reports_to_customer_id == link.from_customer_id
        )
        session.execute(below.values(reports_to_customer_id=None))
    session.delete(link)
    session.flush()
    _happened(session, actor, "unlinked", link)
    facts = {"relation": link.kind, "other": f"customer:{other.customer_id}"}
    _told(session, actor, "customer.unlinked", here, other, facts)


def _one_after_another(session: Session) -> None:
    lock_subject(session, "customer_link")


def _seen(session: Session, actor: Actor, number: int) -> SeenCustomer:
    found = sights().seen_of(session, actor, [number]).get(number)
    if found is None:
        raise OtherUnknown()
    return found


def _one(session: Session, actor: Actor, name: str, link_id: int) -> tuple[SeenCustomer, Link, SeenCustomer]:
    """The customer, its link, and the other end, which the actor sees too."""
    here = sights().seen(session, actor, name, Hold.EDIT)
    _one_after_another(session)
    link = session.scalars(of_customer(here.customer_id).where(Link.id == link_id)).first()
    if link is None:
        raise LinkNotFound()
    number = link.to_customer_id if link.from_customer_id == here.customer_id else link.from_customer_id
    other = sights().seen_of(session, actor, [number]).get(number)
    if other is None:
        raise LinkNotFound()
    return here, link, other


def _take_post(session: Session, actor: Actor, link: Link, body: Post) -> None:
    if link.kind != LinkKind.WORKS_AT:
        if body.title or body.department or body.reports_to or body.primary:
            raise NoContact()
        return
    if body.title is not None:
        link.title = " ".join(body.title.split())
    if body.department is not None:
        link.department = " ".join(body.department.split())
    if body.primary is False:
        link.is_primary = False
    elif body.primary and not link.is_primary:
        holder = _primary(session, link.to_customer_id)
        if holder is not None:
            raise PrimaryTaken(**_named(session, actor, holder))
        link.is_primary = True
    if body.reports_to == 0:
        link.reports_to_customer_id = None
    elif body.reports_to is not None:
        link.reports_to_customer_id = _superior(session, actor, link, body.reports_to)


def _superior(session: Session, actor: Actor, link: Link, number: int) -> int:
    _seen(session, actor, number)
    if number == link.from_customer_id:
        raise LinkToItself()
    if session.scalars(_between(LinkKind.WORKS_AT, number, link.to_customer_id)).first() is None:
        raise SuperiorElsewhere()
    chain = select(Link.reports_to_customer_id).where(
        Link.to_customer_id == link.to_customer_id, Link.from_customer_id == number, Link.kind == LinkKind.WORKS_AT
    )
    met = chain.cte("above", recursive=True)
    step = aliased(Link)
    met = met.union(
        select(step.reports_to_customer_id).where(
            step.to_customer_id == link.to_customer_id,
            step.from_customer_id == met.c.reports_to_customer_id,
            step.kind == LinkKind.WORKS_AT,
        )
    )
    own = met.c.reports_to_customer_id == link.from_customer_id
    if session.execute(select(met).where(own).limit(1)).first() is not None:
        raise LinkCircle(**_named(session, actor, link.from_customer_id))
    return number


def _reaches(session: Session, kind: LinkKind, start: int, goal: int) -> bool:
    """Whether one comes from the start to the goal by links of the kind, upwards."""
    met = select(Link.to_customer_id).where(Link.from_customer_id == start, Link.kind == kind).cte(recursive=True)
    step = aliased(Link)
    met = met.union(select(step.to_customer_id).where(step.from_customer_id == met.c.to_customer_id, step.kind == kind))
    return session.execute(select(met).where(met.c.to_customer_id == goal).limit(1)).first() is not None


def _between(kind: LinkKind, first: int, second: int) -> Select[Link]:
    return select(Link).where(Link.kind == kind, Link.from_customer_id == first, Link.to_customer_id == second)


def _primary(session: Session, company: int) -> int | None:
    return session.scalar(select(Link.from_customer_id).where(Link.to_customer_id == company, Link.is_primary))


def _named(session: Session, actor: Actor, number: int) -> dict[str, str]:
    """What an error calls a customer, whom the actor need not see."""
    seen = sights().seen_of(session, actor, [number]).get(number)
    return {"name": seen.name, "name_en": seen.name} if seen is not None else _SOMEBODY


def _post(link: Link) -> dict[str, object]:
    return {
        "title": link.title,
        "department": link.department,
        "reports_to": link.reports_to_customer_id,
        "primary": link.is_primary,
    }


def _told(
    session: Session, actor: Actor, verb: str, here: SeenCustomer, other: SeenCustomer, facts: dict[str, Any]
) -> None:
    for end in (here, other):
        sights().touch(session, end.customer_id)
    audit.record(session, actor, verb, f"customer:{here.customer_id}", facts)


def _happened(session: Session, actor: Actor, kind: str, link: Link) -> None:
    """On the timelines of both ends."""
    timeline().tell(
        session,
        kind,
        customer_id=link.from_customer_id,
        staff_id=None,
        at=clock.now(),
        key=f"{kind}:{link.id}",
        facts={"link": link.kind},
        actor=actor.audit_name,
        also=[link.to_customer_id],
    )
