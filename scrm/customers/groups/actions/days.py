"""A group day by day: counted with each event, and each night for the days that have ended since."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Date, Select, cast, func, select
from sqlalchemy.orm import Session

from scrm.contracts.archive import chats
from scrm.core import clock
from scrm.core.db import current_corp, subject_key
from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NOW
from scrm.customers.groups.models import STEPS, EventKind, GroupChat, GroupDay, GroupEvent, GroupLog, GroupMember

_DAY = dt.timedelta(days=1)
_AFTER = dt.timedelta(minutes=10)  # what ended a day may be told a little later
_MOST = 400  # days that are made up for at once
_LATE = 2  # days whose chats may still have been on their way


def due(now: dt.datetime) -> dt.datetime:
    """When the present day, China's, can be counted whole."""
    return clock.china_day_start(now, days_ago=-1) + _AFTER


def day_of(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.CHINA).date()


def recount(session: Session, group: GroupChat, *, since: dt.datetime) -> None:
    """The days from this moment's on: members are counted back from those who are there now.

    Call it after the events and members are flushed, under the lock on the group.
    """
    log = session.get(GroupLog, group.id)
    if log is None:
        return
    last = day_of(min(group.dismissed_at or clock.now(), clock.now()))
    first = max(day_of(max(since, log.since)), last - _MOST * _DAY)
    came, went = (_per_day(session, group.chat_id, kind, first) for kind in STEPS)
    members = _present(session, group)
    rows = {row.day: row for row in session.scalars(_days(group.id).where(GroupDay.day >= first))}
    ahead = [day for day in {*came, *went} if day > last]
    members -= sum(came[day] - went[day] for day in ahead)
    for day in _back(last, first):
        row = rows.get(day)
        if row is None:
            row = GroupDay(group_chat_id=group.id, day=day, active=None)
            session.add(row)
        row.members, row.came, row.went = max(members, 0), came[day], went[day]
        members -= came[day] - went[day]
    for day, row in rows.items():
        if day > last:  # a callback tells late that the group was no more
            session.delete(row)


def _per_day(session: Session, chat_id: str, kind: EventKind, first: dt.date) -> Counter[dt.date]:
    day = cast(func.timezone("Asia/Shanghai", GroupEvent.at), Date)
    begin = dt.datetime.combine(first, dt.time(), clock.CHINA)
    query = select(day, func.count()).where(
        GroupEvent.chat_id == chat_id, GroupEvent.kind == kind, GroupEvent.at >= begin
    )
    return Counter(dict(session.execute(query.group_by(day)).all()))


def _present(session: Session, group: GroupChat) -> int:
    """How many were there when the group was read last, and what callbacks have told since."""
    read = session.scalar(select(func.count()).where(GroupMember.group_chat_id == group.id)) or 0
    told = select(GroupEvent.kind, func.count()).where(GroupEvent.chat_id == group.chat_id, ~GroupEvent.seen)
    since = dict(session.execute(told.group_by(GroupEvent.kind)).all())
    return read + since.get(EventKind.MEMBER_JOINED, 0) - since.get(EventKind.MEMBER_LEFT, 0)


def _count(session: Session, logs: Sequence[GroupLog]) -> None:
    """The days that have ended since each was counted last; one that somebody writes of comes a minute later."""
    now = clock.now()
    yesterday = day_of(now) - _DAY
    found = session.scalars(select(GroupChat).where(GroupChat.id.in_([log.id for log in logs])))
    groups = {row.id: row for row in found}
    first: dict[int, dt.date] = {}
    for log in logs:
        group = groups[log.id]
        key = subject_key(current_corp(session), f"group:{group.chat_id}")
        if not session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            log.due_at = now + dt.timedelta(minutes=1)
            continue
        first[log.id] = log.counted_to or day_of(log.since)
        recount(session, group, since=dt.datetime.combine(first[log.id], dt.time(12), clock.CHINA))
        log.counted_to, log.due_at = yesterday, due(now) if group.dismissed_at is None else None
    session.flush()
    late = yesterday - _LATE * _DAY
    first = {one: min(day, late) for one, day in first.items()}
    for day in _back(yesterday, max(min(first.values(), default=now.date()), yesterday - _MOST * _DAY)):
        _note_active(session, {one: groups[one].chat_id for one, since in first.items() if since <= day}, day)


def _note_active(session: Session, chat_ids: dict[int, str], day: dt.date) -> None:
    """How many wrote, by our id of the group; nothing where no chat is archived."""
    begin = dt.datetime.combine(day, dt.time(), clock.CHINA)
    active = chats().speakers(session, list(chat_ids.values()), begin, begin + _DAY)
    if active is None:
        return
    for row in session.scalars(select(GroupDay).where(GroupDay.group_chat_id.in_(chat_ids), GroupDay.day == day)):
        row.active = active.get(chat_ids[row.group_chat_id], 0)


def _days(group_id: int) -> Select[GroupDay]:
    return select(GroupDay).where(GroupDay.group_chat_id == group_id)


def _back(last: dt.date, first: dt.date) -> Iterator[dt.date]:
    while last >= first:
        yield last
        last -= _DAY


QUEUE: NounQueue[GroupLog] = NounQueue(
    name="group_days",
    kind="group_day",
    subject_kind="group",
    model=GroupLog,
    open=GroupLog.due_at.is_not(None),
    now=lambda: GroupLog.due_at <= NOW,
    due_at=GroupLog.due_at,
    order=(GroupLog.due_at, GroupLog.id),
    lane=Lane.BULK,
    together=True,
    act=_count,
)
