"""Tags by number, id and group."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scrm.contracts.tags import OwnTag, TagRef, TagSource
from scrm.core import naming, search
from scrm.customers.tags.models import Tag, TagGroup, TagLink
from scrm.customers.tags.schemas import TagGroupRow, TagRow


def refs(session: Session, numbers: Iterable[int]) -> dict[int, TagRef]:
    """Tags by our number, with the name of their group; deleted ones are on nobody any more."""
    wanted = set(numbers)
    if not wanted:
        return {}
    query = (
        select(Tag, TagGroup.name)
        .join(TagGroup, TagGroup.id == Tag.group_id)
        .where(Tag.id.in_(wanted), Tag.deleted_at.is_(None))
    )
    return {tag.id: _ref(tag, group) for tag, group in session.execute(query).all()}


def called(session: Session, numbers: Iterable[int]) -> list[str]:
    """Names in order, of deleted tags too."""
    return list(session.scalars(select(Tag.name).where(Tag.id.in_(set(numbers))).order_by(Tag.name)))


def living(session: Session, tag_ids: Collection[str]) -> dict[str, int]:
    """Our numbers of those that are not deleted."""
    query = select(Tag.tag_id, Tag.id).where(Tag.tag_id.in_(set(tag_ids)), Tag.deleted_at.is_(None))
    return {row[0]: row[1] for row in session.execute(query).all()} if tag_ids else {}


def names(session: Session, tag_ids: Collection[str]) -> dict[str, str]:
    """By id, of deleted ones too."""
    query = select(Tag.tag_id, Tag.name).where(Tag.tag_id.in_(set(tag_ids)))
    return {row[0]: row[1] for row in session.execute(query).all()} if tag_ids else {}


def listed(session: Session, wecom_ids: Collection[str]) -> dict[str, int]:
    """Our numbers of those that WeCom's list has ever named."""
    query = select(Tag.tag_id, Tag.id).where(Tag.tag_id.in_(set(wecom_ids)), Tag.source == TagSource.WECOM)
    return {row[0]: row[1] for row in session.execute(query).all()} if wecom_ids else {}


def own(session: Session, customer_ids: Collection[int]) -> dict[int, list[OwnTag]]:
    """Living tags of our own by customer; of customers who wear some."""
    query = (
        select(TagLink.customer_id, TagLink.tag_id, TagLink.at, TagLink.by)
        .join(Tag, Tag.id == TagLink.tag_id)
        .where(TagLink.customer_id.in_(customer_ids), Tag.deleted_at.is_(None))
        .order_by(TagLink.tag_id)
    )
    worn: dict[int, list[OwnTag]] = defaultdict(list)
    for customer_id, number, at, by in session.execute(query).all() if customer_ids else ():
        worn[customer_id].append(OwnTag(number=number, at=at, by=by))
    return worn


def tag_groups(session: Session) -> list[TagGroupRow]:
    """The corp's tags by group: our own first; in WeCom's order, larger stands earlier."""
    first = (TagGroup.source == TagSource.OWN).desc()
    groups = session.scalars(
        select(TagGroup).where(TagGroup.deleted_at.is_(None)).order_by(first, TagGroup.position.desc(), TagGroup.id)
    ).all()
    tags = session.scalars(select(Tag).where(Tag.deleted_at.is_(None)).order_by(Tag.position.desc(), Tag.id)).all()
    by_group: dict[int, list[TagRow]] = defaultdict(list)
    called_by = {group.id: group.name for group in groups}
    for tag in tags:
        row = TagRow(
            tag_id=tag.tag_id,
            name=tag.name,
            group_name=called_by.get(tag.group_id, ""),
            source=TagSource(tag.source),
            spelt=search.spelt(tag.name),
        )
        by_group[tag.group_id].append(row)
    return [
        TagGroupRow(group_id=group.group_id, name=group.name, source=TagSource(group.source), tags=by_group[group.id])
        for group in groups
    ]


def tag_ids(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """The ids that the API knows, by our numbers; of deleted ones too."""
    query = select(Tag.id, Tag.tag_id).where(Tag.id.in_(numbers))
    return {row[0]: row[1] for row in session.execute(query).all()} if numbers else {}


def tag_names(session: Session, ids: list[str]) -> dict[str, str]:
    """For whoever shows a ``tag:…``, by id or by our number."""
    known = or_(Tag.tag_id.in_(ids), Tag.id.in_(naming.numbers(ids)))
    rows = session.execute(select(Tag.id, Tag.tag_id, Tag.name).where(known)).all()
    return {row.tag_id: row.name for row in rows} | {str(row.id): row.name for row in rows}


def group_names(session: Session, ids: list[str]) -> dict[str, str]:
    """For whoever shows a ``tag_group:…``."""
    query = select(TagGroup.group_id, TagGroup.name).where(TagGroup.group_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query).all()}


def _ref(tag: Tag, group: str) -> TagRef:
    return TagRef(tag_id=tag.tag_id, name=tag.name, group_name=group, source=TagSource(tag.source))
