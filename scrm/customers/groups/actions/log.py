"""The log of a group: what callbacks tell and answers show, each thing that happened once.

All of it is written under the lock on the group, see `locked`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from scrm.contracts.callbacks import GroupChatChanged
from scrm.core import clock
from scrm.core.db import lock_subject
from scrm.customers.groups.actions import days
from scrm.customers.groups.actions.steps import NEAR, OLD, Known, Steps, Told
from scrm.customers.groups.models import STEPS, EventKind, GroupChat, GroupEvent, GroupLog, GroupMember
from scrm.identity.queries import staff_by_userids
from scrm.wecom.port.contacts import GroupChatInfo, GroupChatMember

_GONE = (EventKind.DISMISSED, EventKind.VANISHED)
_OF_DETAIL = {
    "add_member": EventKind.MEMBER_JOINED,
    "del_member": EventKind.MEMBER_LEFT,
    "change_owner": EventKind.OWNER_CHANGED,
    "change_name": EventKind.RENAMED,
    "change_notice": EventKind.NOTICE_CHANGED,
}


def locked(session: Session, chat_id: str) -> GroupChat | None:
    """The group as it is known; nobody else writes of it until the transaction ends."""
    lock_subject(session, f"group:{chat_id}")
    return session.scalars(select(GroupChat).where(GroupChat.chat_id == chat_id)).first()


def tell(session: Session, event: GroupChatChanged) -> None:
    """A callback that a group was created or changed; the group need not be known yet."""
    group = locked(session, event.chat_id)
    kind = _OF_DETAIL.get(event.detail)
    if event.created:
        _tell_once(session, event.chat_id, EventKind.CREATED, event.event_at)
    elif kind in STEPS:
        _tell_steps(session, group, event, kind)
    elif kind is not None:
        _tell_value(session, event.chat_id, kind, event.event_at)


def tell_gone(session: Session, chat_id: str, at: dt.datetime) -> None:
    """A callback that the group was dismissed, which a sync may have found before."""
    query = select(GroupEvent).where(GroupEvent.chat_id == chat_id, GroupEvent.kind.in_(_GONE))
    rows = session.scalars(query.order_by(GroupEvent.at.desc()).limit(1)).all()
    if not rows:
        _add(session, chat_id, EventKind.DISMISSED, at, told=True)
    elif not rows[0].told:
        rows[0].kind, rows[0].at, rows[0].not_before, rows[0].told = EventKind.DISMISSED, at, None, True


def note(
    session: Session,
    chat_id: str,
    kind: EventKind,
    at: dt.datetime,
    *,
    before: str | None = None,
    after: str | None = None,
    not_before: dt.datetime | None = None,
) -> None:
    """Something that no callback told."""
    row = _add(session, chat_id, kind, at, not_before=not_before)
    row.before, row.after, row.seen = before, after, True


def outdate(session: Session, group: GroupChat, at: dt.datetime) -> None:
    """Answers that were asked for before this moment show what was."""
    log = session.get(GroupLog, group.id)
    if log is not None:
        log.read_at = max(log.read_at, at)


def begin(session: Session, group: GroupChat, told: GroupChatInfo, *, at: dt.datetime, since: dt.datetime) -> GroupLog:
    """The log of a group that is read for the first time; it is whole from the moment ``since`` it is known.

    Of a group that was made after the log of the corp began, it is whole from the group's beginning.
    """
    first = session.scalar(select(GroupLog.since).order_by(GroupLog.id).limit(1))
    created = group.created_at
    if first is not None and created is not None and first < created < since:
        since = created
    row = GroupLog(
        id=group.id,
        since=since,
        read_at=at,
        admins=told.admins,
        hints=[],
        counted_to=None,
        due_at=days.due(clock.now()),
    )
    session.add(row)
    if created is not None:
        made = session.scalars(_of(group.chat_id, EventKind.CREATED)).first()
        made = made or _add(session, group.chat_id, EventKind.CREATED, created)
        made.at, made.seen = created, True
    return row


def see_values(
    session: Session,
    log: GroupLog,
    chat_id: str,
    changes: Mapping[EventKind, tuple[str | None, str]],
    *,
    at: dt.datetime,
    unseen: Sequence[GroupEvent],
) -> None:
    """Owner, name and notice as they were known, if they were, and as an answer shows them, where it does."""
    for kind, (old, new) in changes.items():
        waiting = sorted((row for row in unseen if row.kind == kind), key=lambda row: row.at)
        if old == new:
            waiting = [row for row in waiting if row.at <= at - 2 * NEAR]  # else the answer may be from before
        if waiting:
            if old != new or len(waiting) > 1:  # else it became something else in between, and was set back
                waiting[0].before = old
            waiting[-1].after = new
            for row in waiting:
                row.seen = True
        elif old != new and old is not None:
            note(session, chat_id, kind, at, before=old, after=new, not_before=log.read_at - OLD)


def see_admins(session: Session, log: GroupLog, chat_id: str, told: Sequence[str] | None, *, at: dt.datetime) -> bool:
    """Who administers the group beside its owner; no callback tells of it. Whether it changed."""
    if told is None:
        return False
    if log.admins is not None:
        found = [(EventKind.ADMIN_ADDED, one) for one in told if one not in log.admins]
        found += [(EventKind.ADMIN_REMOVED, one) for one in log.admins if one not in told]
        for kind, userid in found:
            row = _add(session, chat_id, kind, at, not_before=log.read_at - OLD)
            row.userid, row.type, row.seen = userid, 1, True
    if log.admins is not None and set(told) == set(log.admins):
        return False
    log.admins = list(told)
    return True


def see_members(
    session: Session,
    group: GroupChat,
    log: GroupLog,
    now: Mapping[str, GroupChatMember],
    before: Mapping[str, Known],
    *,
    at: dt.datetime,
    unseen: Sequence[GroupEvent],
    whole: bool,
) -> None:
    """Members as an answer shows them beside those that were known; who is not named has left if it is ``whole``."""
    moved = {userid for userid, one in now.items() if userid not in before or _is_another(one, before[userid])}
    moved |= {row.userid for row in unseen if row.kind in STEPS and row.userid is not None}
    if whole:
        moved |= before.keys() - now.keys()
    else:
        moved &= now.keys()

    found = _walk(
        session,
        group,
        group.chat_id,
        moved,
        before,
        lambda userid, steps: steps.see(now.get(userid), at=at, since=log.since),
    )
    if log.hints and whole:
        _take_hints(log, found, at)


def unseen(session: Session, chat_id: str) -> list[GroupEvent]:
    """What callbacks told and no answer has shown yet."""
    return list(session.scalars(select(GroupEvent).where(GroupEvent.chat_id == chat_id, ~GroupEvent.seen)))


def members(session: Session, group: GroupChat, userids: Iterable[str] | None = None) -> list[GroupMember]:
    """Who was in the group when it was read last, all or of these."""
    query = select(GroupMember).where(GroupMember.group_chat_id == group.id)
    if userids is not None:
        query = query.where(GroupMember.userid.in_(list(userids)))
    return list(session.scalars(query))


def known(row: GroupMember) -> Known:
    return Known(type=row.type, name=row.name, joined_at=row.joined_at, join_scene=row.join_scene, invitor=row.invitor)


def _tell_steps(session: Session, group: GroupChat | None, event: GroupChatChanged, kind: EventKind) -> None:
    scene = event.join_scene if kind is EventKind.MEMBER_JOINED else event.quit_scene
    told = Told(kind=kind, at=event.event_at, scene=scene, version=event.version)
    people = list(dict.fromkeys(event.members))
    rows = members(session, group, people) if group is not None else []
    before = {row.userid: known(row) for row in rows}
    _walk(session, group, event.chat_id, people, before, lambda _, steps: steps.tell(told))
    short = event.count - len(people)
    if short > 0 and group is not None:
        _hint(session, group, kind, event, short)


def _walk(
    session: Session,
    group: GroupChat | None,
    chat_id: str,
    people: Iterable[str],
    before: Mapping[str, Known],
    act: Callable[[str, Steps], None],
) -> list[GroupEvent]:
    """Let ``act`` put each one's steps in order, and count the days anew that this changes; the new rows."""
    people = sorted(people)
    if not people:
        return []
    new: list[GroupEvent] = []
    staff = staff_by_userids(session, people)
    rows: dict[str, list[GroupEvent]] = defaultdict(list)
    query = select(GroupEvent).where(
        GroupEvent.userid.in_(people), GroupEvent.chat_id == chat_id, GroupEvent.kind.in_(STEPS)
    )
    for row in session.scalars(query):
        rows[str(row.userid)].append(row)
    touched: list[dt.datetime] = []
    for userid in people:
        member = staff.get(userid.lower())
        make = partial(_made, chat_id, userid=userid, type=1 if member else None, name=member.name if member else "")
        steps = Steps(rows[userid], make, before.get(userid))
        was = {row: row.at for row in steps.rows}
        act(userid, steps)
        new += steps.new
        touched += [row.at for row in steps.new]
        touched += [min(at, row.at) for row, at in was.items() if row.at != at]
    session.add_all(new)
    if touched and group is not None:
        session.flush()
        days.recount(session, group, since=min(touched))
    return new


def _hint(session: Session, group: GroupChat, kind: EventKind, event: GroupChatChanged, short: int) -> None:
    """The callback tells of more people than it names: the next answer shows who they are."""
    log = session.get(GroupLog, group.id)
    scene = event.join_scene if kind is EventKind.MEMBER_JOINED else event.quit_scene
    hint = {"kind": kind.value, "at": int(event.event_at.timestamp()), "scene": scene, "count": short}
    if log is not None and hint not in log.hints:
        log.hints = [*log.hints, hint]


def _take_hints(log: GroupLog, found: Sequence[GroupEvent], at: dt.datetime) -> None:
    """As many have come or gone as callbacks counted without naming them: these are who, in the way that was told."""
    for kind in STEPS:
        hints = [hint for hint in log.hints if hint["kind"] == kind]
        rows = [row for row in found if row.kind == kind and not row.told]
        if not hints or sum(hint["count"] for hint in hints) != len(rows) or len({h["scene"] for h in hints}) != 1:
            continue
        for row in rows:
            row.told = True
            if kind is EventKind.MEMBER_LEFT:
                row.quit_scene = hints[0]["scene"]
            if row.not_before is not None and len(hints) == 1:
                row.at, row.not_before = clock.from_unix(hints[0]["at"]), None
    log.hints = [hint for hint in log.hints if clock.from_unix(hint["at"]) > at - OLD]


def _tell_value(session: Session, chat_id: str, kind: EventKind, at: dt.datetime) -> None:
    """The callback says when, the answer what: whichever comes first waits for the other."""
    rows = session.scalars(_of(chat_id, kind).where(GroupEvent.at >= at - NEAR).order_by(GroupEvent.at)).all()
    if any(row.told and row.at == at for row in rows):
        return
    found = next((row for row in rows if not row.told and (row.not_before or row.at) - NEAR <= at), None)
    if found is None:
        _add(session, chat_id, kind, at, told=True)
    else:
        found.at, found.not_before, found.told = at, None, True


def _tell_once(session: Session, chat_id: str, kind: EventKind, at: dt.datetime) -> None:
    row = session.scalars(_of(chat_id, kind)).first()
    if row is None:
        _add(session, chat_id, kind, at, told=True)
    else:
        row.told = True


def _of(chat_id: str, kind: EventKind) -> Select[GroupEvent]:
    return select(GroupEvent).where(GroupEvent.chat_id == chat_id, GroupEvent.kind == kind)


def _is_another(member: GroupChatMember, before: Known) -> bool:
    """Whether this is another stay than the one that was known."""
    if not member.join_time or before.joined_at is None:
        return False
    return abs(clock.from_unix(member.join_time) - before.joined_at) > NEAR


def _add(
    session: Session,
    chat_id: str,
    kind: EventKind,
    at: dt.datetime,
    *,
    told: bool = False,
    not_before: dt.datetime | None = None,
) -> GroupEvent:
    row = _made(chat_id, kind, at, not_before=not_before)
    row.told = told
    session.add(row)
    return row


def _made(
    chat_id: str,
    kind: EventKind,
    at: dt.datetime,
    *,
    not_before: dt.datetime | None = None,
    userid: str | None = None,
    type: int | None = None,
    name: str = "",
) -> GroupEvent:
    return GroupEvent(
        chat_id=chat_id,
        kind=kind.value,
        at=at,
        not_before=not_before,
        userid=userid,
        type=type,
        name=name,
        told=False,
        seen=False,
        noted_at=clock.now(),
    )
