"""Groups that a customer came into and left, for the customer's timeline."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Integer, Select, cast, literal, null, select, tuple_, union_all
from sqlalchemy.orm import Session

from scrm.core import numbers
from scrm.customers.groups.models import EventKind, GroupChat, GroupEvent, GroupMember
from scrm.customers.groups.queries import visible
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.timeline.kind import Doer, SourceName
from scrm.shared.timeline.kinds import group_joined, group_left
from scrm.shared.timeline.source import Asked, Happening, Record, Source

_JOINED, _LEFT = group_joined.KIND.name, group_left.KIND.name
_REMOVED = 1  # quit_scene (page 92130)


def _read(session: Session, actor: Actor, asked: Asked) -> Sequence[Happening]:
    """Stays: one that lasts has begun, one that has ended has both ends in one row. When it began may be unknown."""
    if asked.subject.external_userid is None:
        return []
    now = _stay(GroupMember, GroupMember.joined_at, 0, null()).where(
        GroupMember.userid == asked.subject.external_userid, GroupMember.group_chat_id == GroupChat.id
    )
    over = (
        GroupEvent.userid == asked.subject.external_userid,
        GroupEvent.kind == EventKind.MEMBER_LEFT.value,
        GroupEvent.chat_id == GroupChat.chat_id,
    )
    began = _stay(GroupEvent, GroupEvent.joined_at, 1, null()).where(*over)
    ended = _stay(GroupEvent, GroupEvent.at, 2, GroupEvent.quit_scene).where(*over)
    groups = visible(actor).with_only_columns(GroupChat.id)
    wanted = [query for query, kind in ((now, _JOINED), (began, _JOINED), (ended, _LEFT)) if asked.wants(kind)]
    ends = union_all(*(query.where(GroupChat.id.in_(groups)) for query in wanted)).subquery()
    told = select(ends).where(ends.c.at.is_not(None), tuple_(ends.c.at, ends.c.id) < tuple_(*asked.before))
    rows = session.execute(told.order_by(ends.c.at.desc(), ends.c.id.desc()).limit(asked.limit)).all()
    return [_happening(row) for row in rows]


def _stay(table: Any, at: Any, end: int, scene: Any) -> Select[Any]:
    """One end of stays; a number tells the three apart, of two tables and two ends."""
    return select(
        (table.id * 3 + end).label("id"),
        at.label("at"),
        literal(end).label("end"),
        GroupChat.chat_id,
        GroupChat.name,
        cast(scene, Integer).label("scene"),
    )


def _happening(row: Any) -> Happening:
    left = row.end == 2
    removed = left and row.scene == _REMOVED
    return Happening(
        id=row.id,
        kind=_LEFT if left else _JOINED,
        at=row.at,
        facts={"group": numbers.masked(row.name), **({"removed": True} if removed else {})},
        by=Doer.MEMBER if removed else None,
        reference=f"group:{row.chat_id}",
    )


def _seen(session: Session, actor: Actor, ids: list[str]) -> Iterable[str]:
    return session.scalars(visible(actor).where(GroupChat.chat_id.in_(ids)).with_only_columns(GroupChat.chat_id))


SOURCE = Source(name=SourceName.GROUPS, read=_read, records={"group": Record(Permission.CUSTOMERS_READ, _seen)})
