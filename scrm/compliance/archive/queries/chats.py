"""What was archived, for rules that look at it later."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from scrm.compliance.archive import content
from scrm.compliance.archive.models import Conversation, ConversationMember, Message
from scrm.contracts.archive import Heard, SenderKind
from scrm.core import search

_LOOKED_AT = 2_000  # messages before a reply among which the quoted one is looked for
_PEOPLE = 500


def count(session: Session, since: dt.datetime, until: dt.datetime) -> int:
    """How many messages from a moment on, until before another."""
    query = select(func.count()).select_from(Message).where(Message.at >= since, Message.at < until)
    return session.scalar(query) or 0


def after(session: Session, place: tuple[dt.datetime, int], until: dt.datetime, limit: int) -> list[Heard]:
    """Messages behind a place (time and id), oldest first, until before a moment."""
    rows = session.scalars(
        select(Message)
        .where(
            Message.at >= place[0],  # said twice, so that partitions before it are not looked at
            tuple_(Message.at, Message.id) > place,
            Message.at < until,
        )
        .order_by(Message.at, Message.id)
        .limit(limit)
    ).all()
    return [
        Heard(
            id=row.id,
            msgid=row.msgid,
            at=row.at,
            conversation_id=row.conversation_id,
            sender=row.sender,
            sender_kind=SenderKind(row.sender_kind),
            receivers=_receivers(row),
            roomid=str(row.body.get("roomid") or ""),
            spoken=content.words(row.body),
        )
        for row in rows
    ]


def was_said(session: Session, words: str, conversation_id: int, msgid: str, at: dt.datetime) -> bool:
    """Whether a message of the conversation, not later than this one, holds the words; nothing is always said."""
    if not search.fold(words):
        return True
    before = (
        select(Message.words)
        .where(Message.conversation_id == conversation_id, Message.at <= at, Message.msgid != msgid)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    return session.scalar(select(before.c.words).where(search.holds(words, before.c.words)).limit(1)) is not None


def members(session: Session, conversation_id: int) -> set[str]:
    """Who talks in a conversation, some hundreds at most."""
    query = select(ConversationMember.who).where(ConversationMember.conversation_id == conversation_id).limit(_PEOPLE)
    return set(session.scalars(query))


def speakers(session: Session, roomids: Sequence[str], since: dt.datetime, until: dt.datetime) -> dict[str, int] | None:
    """How many wrote in each of these groups in a time, of those in which anybody did; none without an archive."""
    if session.scalar(select(Conversation.id).limit(1)) is None:
        return None
    query = (
        select(Conversation.roomid, func.count(Message.sender.distinct()))
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Conversation.roomid.in_(roomids), Message.at >= since, Message.at < until)
        .group_by(Conversation.roomid)
    )
    return {str(roomid): count for roomid, count in session.execute(query).all()}


def _receivers(row: Message) -> list[str]:
    listed = row.body.get("tolist")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
