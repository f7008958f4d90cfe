"""Customer groups as WeCom shows them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scrm.contracts.callbacks import GroupChatChanged
from scrm.contracts.handovers import GroupsTransferred
from scrm.core import clock, search
from scrm.core.doorbell import Lane
from scrm.customers.groups.actions import days, log
from scrm.customers.groups.actions.steps import OLD
from scrm.customers.groups.models import TEXT_VERSION, EventKind, GroupChat, GroupLog, GroupMember
from scrm.customers.groups.replies import GROUP_FETCHED, GroupContext
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.port.contacts import GroupChatInfo, GroupChatMember, GroupChats

_INHERITED = 3  # groupchat/list, page 92120
_SETTLE = dt.timedelta(seconds=3)  # WeCom's group data is old for about two seconds after a change


def fetch(session: Session, chat_id: str, *, lane: Lane = Lane.DEFAULT) -> None:
    """Ask for a group's present state, three seconds from now; who asks within one second is served by one request.

    A request that waits already may leave too soon after the newest change to show it.
    """
    calls.read_again(
        session,
        ask(GroupChats.get_group_chat, chat_id=chat_id).then(GROUP_FETCHED, GroupContext(chat_id)),
        subject=f"group:{chat_id}",
        key=f"group:{chat_id}",
        lane=lane,
        settle=_SETTLE,
    )


def take(
    session: Session,
    told: GroupChatInfo,
    *,
    status: int | None = None,
    whole: bool = True,
    asked_at: dt.datetime | None = None,
) -> None:
    """A group as an answer shows it that was asked for ``asked_at``; an unchanged one writes nothing.

    Whoever is not among the members has left, if the answer is ``whole``.
    """
    at = asked_at or clock.now()
    group = log.locked(session, told.chat_id)
    kept = session.get(GroupLog, group.id) if group is not None else None
    if kept is not None and at < kept.read_at:
        return  # a later one was quicker
    was = _Was.of(group, at)
    group, changed = _upsert(session, group, told, status)
    rows = {row.userid: row for row in log.members(session, group)}
    before = {userid: log.known(row) for userid, row in rows.items()}
    unseen = log.unseen(session, group.chat_id)
    fresh = kept is None
    if kept is None:
        kept = log.begin(session, group, told, at=at, since=was.at if before else at)
    log.see_values(session, kept, group.chat_id, was.changes(told), at=at, unseen=unseen)
    changed |= log.see_admins(session, kept, group.chat_id, told.admins, at=at)
    changed |= _come_back(session, group, kept, at)
    if told.members is not None:
        now = {member.userid: member for member in told.members}
        changed |= _write_members(session, group, now, rows, whole=whole)
        group.member_version = told.member_version if whole else ""
        log.see_members(session, group, kept, now, before, at=at, unseen=unseen, whole=whole)
    if fresh:
        session.flush()
        days.recount(session, group, since=kept.since)
    if changed or unseen:
        kept.read_at = at


@dataclass(frozen=True, kw_only=True)
class _Was:
    """A group as it was known before an answer, and since when."""

    owner: str | None = None
    name: str | None = None
    notice: str | None = None
    at: dt.datetime

    @classmethod
    def of(cls, group: GroupChat | None, at: dt.datetime) -> "_Was":
        if group is None:
            return cls(at=at)
        return cls(owner=group.owner_userid or None, name=group.name, notice=group.notice, at=group.updated_at)

    def changes(self, told: GroupChatInfo) -> dict[EventKind, tuple[str | None, str]]:
        """What was, if it was known, and what is, of that which the answer tells."""
        pairs = {
            EventKind.OWNER_CHANGED: (self.owner, told.owner),
            EventKind.RENAMED: (self.name, told.name),
            EventKind.NOTICE_CHANGED: (self.notice, told.notice),
        }
        return {kind: (old, new) for kind, (old, new) in pairs.items() if new is not None}


def _upsert(
    session: Session, group: GroupChat | None, told: GroupChatInfo, status: int | None
) -> tuple[GroupChat, bool]:
    """The group's row, and whether anything of it changed."""
    values: dict[str, Any] = {
        "name": told.name,
        "owner_userid": told.owner,
        "notice": told.notice,
        "created_at": clock.from_unix(told.create_time) if told.create_time else None,
        "status": status,
    }
    # What the answer does not tell stays as it is known.
    values = {name: value for name, value in values.items() if value is not None}
    if group is not None:
        values = {name: value for name, value in values.items() if getattr(group, name) != value}
        if not values:
            return group, False
    if "name" in values:
        values |= texts(values["name"])
    values["updated_at"] = clock.now()
    if group is None:
        blank: dict[str, Any] = {"name": "", "owner_userid": "", "notice": "", "status": 0, "member_version": ""}
        group = GroupChat(chat_id=told.chat_id, **(blank | values))
        session.add(group)
    else:
        for name, value in values.items():
            setattr(group, name, value)
    session.flush()
    return group, True


def _write_members(
    session: Session,
    group: GroupChat,
    now: dict[str, GroupChatMember],
    rows: dict[str, GroupMember],
    *,
    whole: bool,
) -> bool:
    """Who came, went or is told otherwise of; what the answer does not tell stays. Whether anything changed."""
    for userid, member in now.items():
        told = {
            "type": member.type,
            "name": member.name or None,
            "join_scene": member.join_scene,
            "joined_at": clock.from_unix(member.join_time) if member.join_time else None,
            "invitor": member.invitor,
        }
        row = rows.get(userid)
        if row is None:
            session.add(GroupMember(group_chat_id=group.id, userid=userid, **(told | {"name": member.name})))
            continue
        if told["joined_at"] is not None and told["joined_at"] != row.joined_at:
            row.invitor = member.invitor  # of another stay
        for name, value in told.items():
            if value is not None and getattr(row, name) != value:
                setattr(row, name, value)
    for userid in rows.keys() - now.keys() if whole else ():
        session.delete(rows[userid])
    changed = bool(session.new or session.deleted or any(map(session.is_modified, rows.values())))
    session.flush()
    return changed


def _come_back(session: Session, group: GroupChat, kept: GroupLog, at: dt.datetime) -> bool:
    """What a sync found gone is there; what a callback dismissed stays so."""
    if group.vanished_at is None:
        return False
    group.dismissed_at = group.vanished_at = None
    group.updated_at = clock.now()
    kept.due_at = days.due(clock.now())
    log.note(session, group.chat_id, EventKind.CAME_BACK, at)
    return True


def texts(name: str) -> dict[str, Any]:
    """What a group of this name is found by, as columns."""
    text = search.text_by([name])
    return {"search_text": text, "bigrams": search.grams(text), "text_version": TEXT_VERSION}


def note_listed(session: Session, chat_ids: Iterable[str], run_id: int) -> None:
    """A sync's list names these groups."""
    named = select(GroupChat.id).where(GroupChat.chat_id.in_(list(chat_ids)))
    session.execute(update(GroupChat).where(GroupChat.id.in_(named)).values(seen_in_sync=run_id))


def take_unlisted(session: Session, run_id: int, *, before: dt.datetime) -> list[str]:
    """Groups that a sync's lists did not name, by chat_id, each once per sync: whoever calls asks for them alone.

    A group dismissed without a callback is named by no list; nor is one whose owner went out of sight.
    """
    unlisted = (
        update(GroupChat)
        .where(
            GroupChat.dismissed_at.is_(None),
            GroupChat.updated_at < before,
            (GroupChat.seen_in_sync.is_(None)) | (GroupChat.seen_in_sync != run_id),
        )
        .values(seen_in_sync=run_id)
        .returning(GroupChat.chat_id)
    )
    return sorted(session.scalars(unlisted))


def changed(session: Session, event: GroupChatChanged) -> None:
    """A callback; what it tells is kept at once, and the group is read, since it tells no new values."""
    log.tell(session, event)
    fetch(session, event.chat_id)


def dismissed(session: Session, event: GroupChatChanged) -> None:
    """A callback that the group is no more; it stays in the file."""
    group = log.locked(session, event.chat_id)
    log.tell_gone(session, event.chat_id, event.event_at)
    if group is not None and (group.dismissed_at is None or group.vanished_at is not None):
        group.dismissed_at, group.vanished_at, group.updated_at = event.event_at, None, clock.now()
        session.flush()
        days.recount(session, group, since=event.event_at)


def dissolve(session: Session, chat_id: str, *, at: dt.datetime) -> None:
    """WeCom answers that the group is dissolved, which no callback has told."""
    group = log.locked(session, chat_id)
    if group is not None and group.dismissed_at is None:
        group.dismissed_at, group.updated_at = at, clock.now()
        log.note(session, chat_id, EventKind.DISMISSED, at, not_before=_last_known(session, group))


def vanish(session: Session, chat_id: str, *, at: dt.datetime) -> None:
    """No list of a sync names the group, and WeCom does not know it: it counts as dismissed until it comes back."""
    group = log.locked(session, chat_id)
    if group is not None and group.dismissed_at is None:
        group.dismissed_at = group.vanished_at = at
        group.updated_at = clock.now()
        log.note(session, chat_id, EventKind.VANISHED, at, not_before=_last_known(session, group))


def _last_known(session: Session, group: GroupChat) -> dt.datetime:
    kept = session.get(GroupLog, group.id)
    return kept.read_at - OLD if kept is not None else group.updated_at


def moved(session: Session, event: GroupsTransferred) -> None:
    """The groups' owner changes at once; the detail is fetched, since an API write comes back in no callback."""
    now = clock.now()
    for chat_id in sorted(event.chat_ids):
        group = log.locked(session, chat_id)
        if group is not None:
            if group.owner_userid != event.to_userid:
                was = group.owner_userid
                log.note(session, chat_id, EventKind.OWNER_CHANGED, now, before=was, after=event.to_userid)
                log.outdate(session, group, now)
            group.owner_userid, group.updated_at = event.to_userid, now
            group.status = _INHERITED if event.resigned else 0
        fetch(session, chat_id)
