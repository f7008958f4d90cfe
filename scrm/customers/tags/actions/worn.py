"""Tags of our own, put on a customer and taken off."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import Hold, sights, wearers
from scrm.contracts.tags import TagRef, TagSource
from scrm.core import audit, clock
from scrm.customers.tags.errors import TagIsWecoms, TagOnAndOff, TagsUnknown
from scrm.customers.tags.models import Tag, TagLink
from scrm.customers.tags.queries import refs
from scrm.customers.tags.schemas import CustomerTagsChange
from scrm.identity.actor import Actor


def change(session: Session, actor: Actor, name: str, body: CustomerTagsChange) -> list[TagRef]:
    """The customer wears these and not those, whoever asks twice; what is worn now.

    Raises `CustomerNotFound`, `CustomerHeld`, `TagOnAndOff`, `TagsUnknown`, `TagIsWecoms`.
    """
    customer = sights().seen(session, actor, name, Hold.EDIT)
    _check(body)
    # Whoever derives the customer's tags anew waits, or is waited for: none of the two overwrites the other's.
    wearers().hold(session, customer.customer_id)
    wanted = _chosen(session, body.add)
    unwanted = set(_chosen(session, body.remove, deleted=True))
    mine = select(TagLink.tag_id).join(Tag, Tag.id == TagLink.tag_id)
    worn = mine.where(TagLink.customer_id == customer.customer_id, Tag.deleted_at.is_(None))
    before = set(session.scalars(worn))
    after = (before | set(wanted)) - unwanted
    if after != before:
        _write(session, actor, customer.customer_id, before, after)
    return [tag for _, tag in sorted(refs(session, after).items())]


def check(session: Session, body: CustomerTagsChange) -> None:
    """Raises what no customer could do with it: `TagOnAndOff`, `TagsUnknown`, `TagIsWecoms`."""
    _check(body)
    _chosen(session, body.add)
    _chosen(session, body.remove, deleted=True)


def _check(body: CustomerTagsChange) -> None:
    if both := sorted(set(body.add) & set(body.remove)):
        raise TagOnAndOff(tags="、".join(both))


def _write(session: Session, actor: Actor, customer_id: int, before: set[int], after: set[int]) -> None:
    if gone := before - after:
        links = delete(TagLink).where(TagLink.customer_id == customer_id, TagLink.tag_id.in_(gone))
        session.execute(links)
    if fresh := sorted(after - before):
        put = {"customer_id": customer_id, "at": clock.now(), "by": actor.audit_name}
        session.execute(insert(TagLink), [{"tag_id": number, **put} for number in fresh])
    wearers().retagged(session, customer_id, by=actor.audit_name, before=sorted(before), after=sorted(after))
    facts = {"added": len(fresh), "removed": len(gone)}
    audit.record(session, actor, "customer.tagged", f"customer:{customer_id}", facts)


def _chosen(session: Session, tag_ids: Sequence[str], *, deleted: bool = False) -> list[int]:
    """Our numbers; held, so that none of them is deleted meanwhile. One to be taken off may be ``deleted`` already."""
    wanted = set(tag_ids)
    if not wanted:
        return []
    query = select(Tag).where(Tag.tag_id.in_(wanted)).order_by(Tag.id).with_for_update(read=True)
    found = {tag.tag_id: tag for tag in session.scalars(query) if deleted or tag.deleted_at is None}
    if unknown := [one for one in dict.fromkeys(tag_ids) if one not in found]:
        raise TagsUnknown(tags="、".join(unknown[:10]))
    if any(tag.source != TagSource.OWN for tag in found.values()):
        raise TagIsWecoms()
    return [tag.id for tag in found.values()]
