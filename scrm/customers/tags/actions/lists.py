"""Corp tags as WeCom lists them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.contracts.tags import TagSource
from scrm.core import clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.customers.tags.models import Tag, TagGroup
from scrm.customers.tags.replies import TAGS_FETCHED, TagsContext
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.port.contacts import CorpTagGroup, Tags

SUBJECT = "corp-tags"
_FOR = f"{SUBJECT}:"  # before the keys of calls on behalf of a customer


def fetch(session: Session, *, lane: Lane = Lane.DEFAULT) -> None:
    """Ask for all tags; events carry ids only, and deleting a group tells nothing of its tags."""
    asked = ask(Tags.list_tags).then(TAGS_FETCHED, TagsContext())
    calls.read_again(session, asked, subject=SUBJECT, key=SUBJECT, lane=lane)


def fetch_for(session: Session, external_userid: str, *, app: str | None, sought: Iterable[str]) -> None:
    """Ask for all tags since a customer, fetched by ``app``, has some that no list has named: those ``sought``."""
    context = TagsContext(external_userid, app, tuple(sorted(sought)))
    asked = ask(Tags.list_tags).then(TAGS_FETCHED, context)
    calls.request(session, asked, subject=SUBJECT, key=f"{_FOR}{app}:{external_userid}")


def served(session: Session, own: TagsContext, *, asked_before: dt.datetime) -> list[tuple[str, TagsContext]]:
    """The customers of `fetch_for` whom the list serves: its own, and those whom it spares the call."""
    others = calls.withdraw(session, TAGS_FETCHED, key_prefix=_FOR, asked_before=asked_before)
    found = [(one.external_userid, one) for one in (own, *others) if one.external_userid is not None]
    # In one order, so that two that ask for the same customers do not wait crosswise.
    return sorted(found, key=lambda item: item[0])


def take(session: Session, groups: Iterable[CorpTagGroup], *, whole: bool = True) -> int:
    """Take over the list, touching only what differs; what is not in it was deleted, if it is ``whole``.

    The number of tags. A deleted tag is seen on nobody from now on: WeCom takes it off without an event for each
    customer, and `untagging` takes it off here.
    """
    known_groups = {row.group_id: row for row in session.scalars(select(TagGroup))}
    known = {row.tag_id: row for row in session.scalars(select(Tag))}
    seen_groups: set[str] = set()
    seen: set[str] = set()
    for group in sorted(groups, key=lambda group: group.group_id):
        row = known_groups.get(group.group_id)
        if row is not None and row.source != TagSource.WECOM:
            continue  # an id of ours, which WeCom does not give
        if row is None:
            row = known_groups[group.group_id] = TagGroup(
                group_id=group.group_id, source=TagSource.WECOM, name="", position=0
            )
            session.add(row)
        _differ(row, name=group.name, position=group.order, deleted_at=None)
        session.flush()
        seen_groups.add(group.group_id)
        for tag in sorted(group.tags, key=lambda tag: tag.tag_id):
            tag_row = known.get(tag.tag_id)
            if tag_row is not None and tag_row.source != TagSource.WECOM:
                continue
            if tag_row is None:
                tag_row = known[tag.tag_id] = Tag(
                    tag_id=tag.tag_id, group_id=row.id, source=TagSource.WECOM, name="", position=0
                )
                session.add(tag_row)
            _differ(tag_row, name=tag.name, position=tag.order, deleted_at=None)
            tag_row.worn_from = None
            if tag_row.group_id != row.id:
                tag_row.group_id = row.id
            seen.add(tag.tag_id)
    session.flush()
    if whole:
        now = clock.now()
        for group_row in known_groups.values():
            theirs = group_row.source == TagSource.WECOM
            if theirs and group_row.group_id not in seen_groups and group_row.deleted_at is None:
                group_row.deleted_at = now
        living = [row for row in known.values() if row.source == TagSource.WECOM and row.deleted_at is None]
        gone = [row for row in living if row.tag_id not in seen]
        for tag_row in gone:
            tag_row.deleted_at, tag_row.worn_from = now, 0
        session.flush()
        if gone:
            ring_after_commit(session, Lane.BULK)
    return len(seen)


def _differ(row: Tag | TagGroup, **values: Any) -> None:
    """Set what differs; None of a name or position is not told, so that what is known stays."""
    for name, value in values.items():
        if (value is not None or name == "deleted_at") and getattr(row, name) != value:
            setattr(row, name, value)
