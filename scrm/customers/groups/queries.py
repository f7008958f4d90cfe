"""Customer groups, for whoever names, seeks or hands them over; numbers of persons in names are masked."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.contracts.groups import Membership
from scrm.core import numbers, search
from scrm.customers.groups.models import TEXT_VERSION, GroupChat, GroupMember
from scrm.identity.models import OUT, Staff

_LIVES = GroupChat.dismissed_at.is_(None)


def names(session: Session, chat_ids: Iterable[str]) -> dict[str, str]:
    """Names of those that are known."""
    wanted = {one for one in chat_ids if one}
    if not wanted:
        return {}
    query = select(GroupChat.chat_id, GroupChat.name).where(GroupChat.chat_id.in_(wanted))
    return {chat_id: numbers.masked(name) for chat_id, name in session.execute(query).all()}


def find(session: Session, words: str, limit: int) -> list[str]:
    """chat_ids of groups that go by these words."""
    named = search.called(words, GroupChat, TEXT_VERSION)
    if named is None:
        return []
    return list(session.scalars(select(GroupChat.chat_id).where(named).limit(limit)))


def owned_by(session: Session, userid: str) -> list[tuple[str, str]]:
    """chat_id and name of the living groups that a userid owns."""
    query = select(GroupChat.chat_id, GroupChat.name).where(
        func.lower(GroupChat.owner_userid) == userid.lower(), _LIVES
    )
    return [(chat_id, numbers.masked(name)) for chat_id, name in session.execute(query.order_by(GroupChat.id)).all()]


def departed_owners(session: Session) -> list[int]:
    """Members out of service who still own a living group."""
    owning = select(GroupChat.id).where(func.lower(GroupChat.owner_userid) == func.lower(Staff.userid), _LIVES)
    out = Staff.status.in_(OUT)
    return list(session.scalars(select(Staff.id).where(out, owning.exists()).order_by(Staff.id)))


def living(session: Session, owners: Sequence[str] | None) -> int:
    """How many groups live; of these owners alone, if any are given."""
    query = select(func.count()).select_from(GroupChat).where(_LIVES)
    if owners is not None:
        query = query.where(func.lower(GroupChat.owner_userid).in_([owner.lower() for owner in owners]))
    return session.scalar(query) or 0


def of_customer(session: Session, external_userid: str, until: dt.datetime | None) -> list[Membership]:
    """Living groups that a customer is in, joined until a moment if one is given."""
    query = (
        select(GroupChat, GroupMember.joined_at)
        .join(GroupMember, GroupMember.group_chat_id == GroupChat.id)
        .where(GroupMember.userid == external_userid, _LIVES)
    )
    if until is not None:
        query = query.where(GroupMember.joined_at <= until)
    return [
        Membership(
            chat_id=group.chat_id,
            name=numbers.masked(group.name),
            owner_userid=group.owner_userid,
            joined_at=joined_at,
        )
        for group, joined_at in session.execute(query.order_by(GroupChat.id)).all()
    ]
