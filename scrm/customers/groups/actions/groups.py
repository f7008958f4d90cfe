"""Customer groups as WeCom shows them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.handovers import GroupsTransferred
from scrm.core import clock, search
from scrm.core.doorbell import Lane
from scrm.customers.groups.models import TEXT_VERSION, GroupChat, GroupMember
from scrm.customers.groups.replies import GROUP_FETCHED, GroupContext
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.port.contacts import GroupChatInfo, GroupChats

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


def take(session: Session, group: GroupChatInfo, *, status: int | None = None, whole: bool = True) -> None:
    """Upsert the group and replace its members; whoever is not among them has left, if the answer is ``whole``."""
    now = clock.now()
    told: dict[str, Any] = {
        "name": group.name,
        "owner_userid": group.owner,
        "notice": group.notice,
        "created_at": clock.from_unix(group.create_time) if group.create_time else None,
        "status": status,
    }
    # What the answer does not tell stays as it is known.
    values = {name: value for name, value in told.items() if value is not None}
    values["updated_at"] = now
    if group.name is not None:
        values |= texts(group.name)
    blank: dict[str, Any] = {"name": "", "owner_userid": "", "notice": "", "status": 0}
    group_id, version = session.execute(
        insert(GroupChat)
        .values(chat_id=group.chat_id, member_version="", **(blank | values))
        .on_conflict_do_update(index_elements=["chat_id"], set_=values)
        .returning(GroupChat.id, GroupChat.member_version)
    ).one()
    if group.members is None or (version and version == group.member_version):
        return
    rows = {
        member.userid: {
            "group_chat_id": group_id,
            "userid": member.userid,
            "type": member.type,
            "name": member.name,
            "join_scene": member.join_scene,
            "joined_at": clock.from_unix(member.join_time) if member.join_time else None,
        }
        for member in group.members
    }
    before = delete(GroupMember).where(GroupMember.group_chat_id == group_id)
    session.execute(before if whole else before.where(GroupMember.userid.in_(rows)))
    if rows:
        session.execute(insert(GroupMember), list(rows.values()))
    row = session.scalars(select(GroupChat).where(GroupChat.id == group_id)).one()
    row.member_version = group.member_version if whole else ""


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


def dismiss(session: Session, chat_id: str, *, at: dt.datetime) -> None:
    """The group is no more; it stays in the file."""
    group = session.scalars(select(GroupChat).where(GroupChat.chat_id == chat_id)).first()
    if group is not None and group.dismissed_at is None:
        group.dismissed_at, group.updated_at = at, clock.now()


def moved(session: Session, event: GroupsTransferred) -> None:
    """The groups' owner changes at once; the detail is fetched, since an API write comes back in no callback."""
    session.execute(
        update(GroupChat)
        .where(GroupChat.chat_id.in_(event.chat_ids))
        .values(owner_userid=event.to_userid, status=_INHERITED if event.resigned else 0, updated_at=clock.now())
    )
    for chat_id in event.chat_ids:
        fetch(session, chat_id)
