"""Customer groups, for whoever names, seeks or hands them over; numbers of persons in names are masked."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import people
from scrm.contracts.groups import Membership
from scrm.core import clock, numbers, search
from scrm.core.paging import Rows, fetch
from scrm.customers.groups.errors import GroupNotFound
from scrm.customers.groups.models import (
    TEXT_VERSION,
    EventKind,
    GroupChat,
    GroupDay,
    GroupEvent,
    GroupLog,
    GroupMember,
)
from scrm.customers.groups.schemas import (
    GroupDayRow,
    GroupDays,
    GroupDetail,
    GroupEventQuery,
    GroupEventRow,
    GroupQuery,
    GroupRow,
    KnownBy,
)
from scrm.identity.actor import Actor
from scrm.identity.models import OUT, Staff
from scrm.identity.queries import staff_by_userids
from scrm.shared.records import pages

STAFF = 1  # type of a member of the corp, in a group
_DAY = dt.timedelta(days=1)
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


def visible(actor: Actor) -> Select[GroupChat]:
    """Groups that somebody within the actor's data scope owns or is in, who sees them in WeCom as well."""
    query = select(GroupChat)
    if actor.scope is None:
        return query
    ours = select(func.lower(Staff.userid)).where(Staff.id.in_(actor.scope))
    there = select(GroupMember.id).where(
        GroupMember.group_chat_id == GroupChat.id,
        GroupMember.type == STAFF,
        func.lower(GroupMember.userid).in_(ours),
    )
    return query.where(or_(func.lower(GroupChat.owner_userid).in_(ours), there.exists()))


def visible_group(session: Session, actor: Actor, chat_id: str) -> GroupChat:
    """One group; raises `GroupNotFound`."""
    group = session.scalars(visible(actor).where(GroupChat.chat_id == chat_id)).first()
    if group is None:
        raise GroupNotFound()
    return group


def group_page(session: Session, actor: Actor, page: GroupQuery) -> Rows[GroupRow]:
    """A page of groups, those that were heard of last first."""
    query = visible(actor)
    if page.q and (named := search.called(page.q, GroupChat, TEXT_VERSION)) is not None:
        query = query.where(named)
    rows, cells = pages.page(session, actor, "group", page, query)
    counted = select(GroupMember.group_chat_id, GroupMember.type, func.count()).where(
        GroupMember.group_chat_id.in_([group.id for group in rows.items])
    )
    members: dict[int, dict[int, int]] = {group.id: {} for group in rows.items}
    for number, kind, count in session.execute(counted.group_by(GroupMember.group_chat_id, GroupMember.type)):
        members[number][kind] = count
    staff = staff_by_userids(session, {group.owner_userid for group in rows.items})
    return rows.map(
        lambda group: GroupRow(
            id=group.id,
            chat_id=group.chat_id,
            name=numbers.masked(group.name),
            owner_userid=group.owner_userid,
            owner_name=_called(staff, group.owner_userid),
            status=group.status,
            created_at=group.created_at,
            dismissed_at=group.dismissed_at,
            vanished=group.vanished_at is not None,
            members=sum(members[group.id].values()),
            customers=sum(count for kind, count in members[group.id].items() if kind != STAFF),
            cells=cells.get(group.id),
        )
    )


def names_by_number(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Names of groups by our numbers."""
    query = select(GroupChat.id, GroupChat.name).where(GroupChat.id.in_(ids))
    return {row[0]: numbers.masked(row[1]) for row in session.execute(query)}


def group_detail(session: Session, actor: Actor, chat_id: str) -> GroupDetail:
    """One group as it is now; raises `GroupNotFound`."""
    group = visible_group(session, actor, chat_id)
    log = session.get(GroupLog, group.id)
    counted = select(GroupMember.type, func.count()).where(GroupMember.group_chat_id == group.id)
    members = {row[0]: row[1] for row in session.execute(counted.group_by(GroupMember.type)).all()}
    admins = (log.admins or []) if log is not None else []
    staff = staff_by_userids(session, [group.owner_userid, *admins])
    return GroupDetail(
        chat_id=group.chat_id,
        name=numbers.masked(group.name),
        owner_userid=group.owner_userid,
        owner_name=_called(staff, group.owner_userid),
        notice=numbers.masked(group.notice),
        status=group.status,
        created_at=group.created_at,
        dismissed_at=group.dismissed_at,
        vanished=group.vanished_at is not None,
        members=sum(members.values()),
        customers=sum(count for kind, count in members.items() if kind != STAFF),
        admins=[_called(staff, userid) for userid in admins],
        logged_since=log.since if log is not None else None,
    )


def event_page(session: Session, actor: Actor, chat_id: str, page: GroupEventQuery) -> Rows[GroupEventRow]:
    """What happened in a group, newest first; raises `GroupNotFound`."""
    visible_group(session, actor, chat_id)
    query = select(GroupEvent).where(GroupEvent.chat_id == chat_id)
    if page.kind:
        query = query.where(GroupEvent.kind.in_([kind.value for kind in page.kind]))
    if page.at_from is not None:
        query = query.where(GroupEvent.at >= _midnight(page.at_from))
    if page.at_to is not None:
        query = query.where(GroupEvent.at < _midnight(page.at_to + _DAY))
    if page.q:
        query = query.where(GroupEvent.userid.startswith(page.q, autoescape=True))
    rows = fetch(
        session,
        query,
        page,
        keys=[GroupEvent.at, GroupEvent.id],
        key_of=lambda event: [event.at.isoformat(), event.id],
    )
    owners = [one for row in rows.items if row.kind == EventKind.OWNER_CHANGED for one in (row.before, row.after)]
    staff = staff_by_userids(
        session,
        [one for row in rows.items for one in (row.userid, row.invitor) if one] + [one for one in owners if one],
    )
    known = people().names(session, {row.userid for row in rows.items if row.userid and row.type != STAFF})
    return rows.map(lambda row: _event_row(row, staff, known))


def days(session: Session, actor: Actor, chat_id: str, *, days: int) -> GroupDays:
    """The last days of a group up to today, or to its last one; raises `GroupNotFound`."""
    group = visible_group(session, actor, chat_id)
    query = select(GroupDay).where(GroupDay.group_chat_id == group.id).order_by(GroupDay.day.desc()).limit(days)
    rows = sorted(session.scalars(query), key=lambda row: row.day)
    return GroupDays(
        items=[
            GroupDayRow(day=row.day, members=row.members, joined=row.came, left=row.went, active=row.active)
            for row in rows
        ]
    )


def _event_row(event: GroupEvent, staff: dict[str, Staff], known: dict[str, tuple[str, str]]) -> GroupEventRow:
    is_staff = event.type == STAFF or (event.userid or "").lower() in staff
    name = _called(staff, event.userid) if is_staff else known.get(event.userid or "", ("", ""))[0] or event.name
    shown = _called if event.kind == EventKind.OWNER_CHANGED else None
    before, after = (
        None if text is None else shown(staff, text) if shown is not None else numbers.masked(text)
        for text in (event.before, event.after)
    )
    return GroupEventRow(
        id=event.id,
        kind=EventKind(event.kind),
        at=event.at,
        not_before=event.not_before,
        known_by=KnownBy.CALLBACK if event.told else KnownBy.SYNC,
        userid=event.userid if is_staff else None,
        external_userid=None if is_staff else event.userid,
        name=numbers.masked(name),
        join_scene=event.join_scene,
        invitor_name=_called(staff, event.invitor) if event.invitor else None,
        joined_at=event.joined_at,
        quit_scene=event.quit_scene,
        before=before,
        after=after,
        member_version=event.version,
    )


def _called(staff: dict[str, Staff], userid: str | None) -> str:
    member = staff.get((userid or "").lower())
    return (member.name or member.userid) if member is not None else userid or ""


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.CHINA)
