"""Corp tags as WeCom lists them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.customers.models import Tag, TagGroup
from scrm.wecom import calls
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import CorpTagGroup, Tags

SUBJECT = "corp-tags"
_FOR = f"{SUBJECT}:"  # before the keys of calls on behalf of a customer


def fetch(session: Session, *, lane: Lane = Lane.DEFAULT) -> None:
    """Ask for all tags; events carry ids only, and deleting a group tells nothing of its tags."""
    calls.request(session, Tags.list_tags, {}, subject=SUBJECT, key=SUBJECT, reply="customers.tags_fetched", lane=lane)


def fetch_for(session: Session, external_userid: str, *, app: str | None, sought: Iterable[str]) -> None:
    """Ask for all tags since a customer, fetched by ``app``, has some that no list has named: those ``sought``."""
    calls.request(
        session,
        Tags.list_tags,
        {},
        subject=SUBJECT,
        key=f"{_FOR}{app}:{external_userid}",
        reply="customers.tags_fetched",
        context={"external_userid": external_userid, "app": app, "sought": sorted(sought)},
    )


def served(session: Session, outcome: Outcome) -> list[dict[str, Any]]:
    """Contexts of `fetch_for` that the list of this answer serves: its own, and those of whom it spares the call."""
    own = [outcome.context] if "external_userid" in outcome.context else []
    others = calls.withdraw(session, key_prefix=_FOR, asked_before=outcome.asked_at)
    # In one order, so that two that ask for the same customers do not wait crosswise.
    return sorted([*own, *others], key=lambda context: str(context["external_userid"]))


def take(session: Session, groups: Iterable[CorpTagGroup]) -> int:
    """Take over the whole list; what is not in it was deleted. The number of tags."""
    now = clock.now()
    group_ids: list[int] = []
    tag_ids: list[int] = []
    for group in sorted(groups, key=lambda group: group.group_id):
        values = {"name": group.name, "position": group.order, "deleted_at": None}
        group_id = session.scalars(
            insert(TagGroup)
            .values(group_id=group.group_id, **values)
            .on_conflict_do_update(index_elements=["group_id"], set_=values)
            .returning(TagGroup.id)
        ).one()
        group_ids.append(group_id)
        for tag in sorted(group.tags, key=lambda tag: tag.tag_id):
            tag_values = {"group_id": group_id, "name": tag.name, "position": tag.order, "deleted_at": None}
            tag_ids.append(
                session.scalars(
                    insert(Tag)
                    .values(tag_id=tag.tag_id, **tag_values)
                    .on_conflict_do_update(index_elements=["tag_id"], set_=tag_values)
                    .returning(Tag.id)
                ).one()
            )
    session.execute(update(TagGroup).where(TagGroup.id.not_in(group_ids)).values(deleted_at=now))
    session.execute(update(Tag).where(Tag.id.not_in(tag_ids)).values(deleted_at=now))
    session.expire_all()
    return len(tag_ids)


def unknown(session: Session, wecom_ids: Iterable[str]) -> set[str]:
    """Tag ids that no list has named yet."""
    wanted = set(wecom_ids)
    if not wanted:
        return set()
    return wanted - set(session.scalars(select(Tag.tag_id).where(Tag.tag_id.in_(wanted))))
