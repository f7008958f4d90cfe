"""Groups and tags of our own: made, renamed, ordered, deleted. WeCom never hears of them."""

import secrets
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.contracts.tags import TagSource
from scrm.core import audit, clock, search
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.customers.tags.errors import (
    OrderUnlike,
    TagGroupNotFound,
    TagIsWecoms,
    TagNameMissing,
    TagNotFound,
    TooManyTags,
)
from scrm.customers.tags.models import Tag, TagGroup
from scrm.customers.tags.schemas import MOST, NewTagGroup, TagGroupChange
from scrm.identity.actor import Actor


def create_group(session: Session, actor: Actor, body: NewTagGroup) -> TagGroup:
    """A group with its first tags; the same name twice is one tag.

    Raises `TagNameMissing`, `TooManyTags`; a second group of a name ends as `TagGroupExists`.
    """
    name, tags = _named(body.name), {search.fold(one): one for one in map(_named, reversed(body.tags))}
    _room_for(session, TagGroup, 1)
    _room_for(session, Tag, len(tags))
    group = TagGroup(group_id=_fresh(), source=TagSource.OWN, name=name, key=search.fold(name), position=0)
    session.add(group)
    session.flush()
    for one in reversed(tags.values()):
        _add(session, group, one)
    audit.record(session, actor, "tag_group.created", f"tag_group:{group.group_id}", {"tags": len(tags)})
    session.flush()
    return group


def create(session: Session, actor: Actor, group_id: str, name: str) -> Tag:
    """One more tag of a group.

    Raises `TagGroupNotFound`, `TagIsWecoms`, `TagNameMissing`, `TooManyTags`; a second one of a name ends as
    `TagExists`.
    """
    group = _group(session, group_id)
    called = _named(name)
    _room_for(session, Tag, 1)
    tag = _add(session, group, called)
    session.flush()
    audit.record(session, actor, "tag.created", f"tag:{tag.tag_id}", {})
    return tag


def change_group(session: Session, actor: Actor, group_id: str, body: TagGroupChange) -> TagGroup:
    """Another name, another order of its tags; nothing where it is so already.

    Raises `TagGroupNotFound`, `TagIsWecoms`, `TagNameMissing`, `OrderUnlike`; a taken name ends as `TagGroupExists`.
    """
    group = _group(session, group_id)
    changed = body.name is not None and _rename(group, body.name)
    if body.order is not None:
        changed = _order(body.order, {tag.tag_id: tag for tag in _tags(session, group)}) or changed
    session.flush()
    if changed:
        audit.record(session, actor, "tag_group.changed", f"tag_group:{group.group_id}", {})
    return group


def order_groups(session: Session, actor: Actor, order: Sequence[str]) -> None:
    """Raises `OrderUnlike` where not each group of our own is named once."""
    query = select(TagGroup).where(TagGroup.source == TagSource.OWN, TagGroup.deleted_at.is_(None))
    groups = {group.group_id: group for group in session.scalars(query.order_by(TagGroup.id).with_for_update())}
    if _order(order, groups):
        audit.record(session, actor, "tag_groups.ordered", "tag_groups:own", {"groups": len(groups)})
        session.flush()


def change(session: Session, actor: Actor, tag_id: str, name: str) -> Tag:
    """Another name. Raises `TagNotFound`, `TagIsWecoms`, `TagNameMissing`; a taken one ends as `TagExists`."""
    tag = _tag(session, tag_id)
    if _rename(tag, name):
        session.flush()
        audit.record(session, actor, "tag.changed", f"tag:{tag.tag_id}", {})
    return tag


def remove(session: Session, actor: Actor, tag_id: str) -> None:
    """Seen on nobody from now on, and taken off in stretches; raises `TagNotFound`, `TagIsWecoms`."""
    tag = _tag(session, tag_id)
    _delete(session, [tag])
    audit.record(session, actor, "tag.removed", f"tag:{tag.tag_id}", {})


def remove_group(session: Session, actor: Actor, group_id: str) -> None:
    """With all its tags; raises `TagGroupNotFound`, `TagIsWecoms`."""
    group = _group(session, group_id)
    tags = _tags(session, group)
    _delete(session, tags)
    group.deleted_at = clock.now()
    audit.record(session, actor, "tag_group.removed", f"tag_group:{group.group_id}", {"tags": len(tags)})
    session.flush()


def _delete(session: Session, tags: Sequence[Tag]) -> None:
    for tag in tags:
        tag.deleted_at, tag.worn_from = clock.now(), 0
    session.flush()
    if tags:
        ring_after_commit(session, Lane.BULK)


def _named(name: str) -> str:
    if called := search.name_of(name):
        return called
    raise TagNameMissing()


def _rename(row: Tag | TagGroup, name: str) -> bool:
    called = _named(name)
    if called == row.name:
        return False
    row.name, row.key = called, search.fold(called)
    return True


def _order(order: Sequence[str], rows: dict[str, Tag] | dict[str, TagGroup]) -> bool:
    """The first gets the largest position, as WeCom counts; whether that is another order."""
    if sorted(order) != sorted(rows):
        raise OrderUnlike()
    positions = {one: len(order) - at for at, one in enumerate(order)}
    if all(row.position == positions[one] for one, row in rows.items()):
        return False
    for one, row in rows.items():
        row.position = positions[one]
    return True


def _add(session: Session, group: TagGroup, name: str) -> Tag:
    key = search.fold(name)
    tag = Tag(tag_id=_fresh(), group_id=group.id, source=TagSource.OWN, name=name, key=key, position=0)
    session.add(tag)
    return tag


def _fresh() -> str:
    """An id that WeCom, whose ids begin with et and st, does not give."""
    return f"own-{secrets.token_hex(8)}"


def _room_for(session: Session, model: type[Tag] | type[TagGroup], more: int) -> None:
    query = select(func.count()).select_from(model).where(model.source == TagSource.OWN, model.deleted_at.is_(None))
    if (session.scalar(query) or 0) + more > MOST:
        raise TooManyTags(most=MOST)


def _group(session: Session, group_id: str) -> TagGroup:
    """Held, so that no tag is made in a group that somebody deletes."""
    query = select(TagGroup).where(TagGroup.group_id == group_id, TagGroup.deleted_at.is_(None))
    group = session.scalars(query.with_for_update()).first()
    if group is None:
        raise TagGroupNotFound()
    if group.source != TagSource.OWN:
        raise TagIsWecoms()
    return group


def _tag(session: Session, tag_id: str) -> Tag:
    query = select(Tag).where(Tag.tag_id == tag_id, Tag.deleted_at.is_(None))
    tag = session.scalars(query.with_for_update()).first()
    if tag is None:
        raise TagNotFound()
    if tag.source != TagSource.OWN:
        raise TagIsWecoms()
    return tag


def _tags(session: Session, group: TagGroup) -> list[Tag]:
    query = select(Tag).where(Tag.group_id == group.id, Tag.deleted_at.is_(None)).order_by(Tag.id)
    return list(session.scalars(query.with_for_update()))
