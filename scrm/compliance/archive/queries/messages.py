"""Reading the chat archive; each reading is recorded, each begins at ``visible(actor)``."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from scrm.compliance.archive.errors import ConversationNotFound, MediaNotStored, MessageNotFound
from scrm.compliance.archive.models import Conversation, ConversationMember, Message
from scrm.compliance.archive.queries.bubbles import Bubbles
from scrm.compliance.archive.queries.message_search import find
from scrm.compliance.archive.schemas import (
    ArchiveFilter,
    ConversationQuery,
    ConversationRow,
    FoundMessage,
    MessageQuery,
    MessageWindow,
    WindowQuery,
)
from scrm.contracts.customers import people as customers
from scrm.contracts.groups import groups
from scrm.core.paging import Rows, decode_cursor, encode_cursor
from scrm.identity.actor import Actor
from scrm.identity.called import called
from scrm.identity.models import Staff
from scrm.identity.queries import visible as visible_staff
from scrm.shared.records import pages
from scrm.wecom.archive.models import ArchiveMedia, MediaState

_FOUND = 500  # people and groups whose names match a search, at most


def visible(actor: Actor) -> Select[Conversation]:
    """Conversations in which somebody within the actor's data scope takes part."""
    query = select(Conversation)
    return query if actor.scope is None else query.where(Conversation.id.in_(_conversations_of_scope(actor)))


def visible_conversation(session: Session, actor: Actor, conversation_id: int) -> Conversation:
    """One conversation; raises `ConversationNotFound`."""
    found = session.scalars(visible(actor).where(Conversation.id == conversation_id)).first()
    if found is None:
        raise ConversationNotFound()
    return found


def conversation_page(session: Session, actor: Actor, page: ConversationQuery) -> Rows[ConversationRow]:
    """Conversations, the latest first."""
    query = _narrowed(visible(actor), page, Conversation.id)
    if page.kind is not None:
        query = query.where(Conversation.kind == page.kind.value)
    if page.q:
        query = query.where(is_called(session, page.q))
    rows, cells = pages.page(session, actor, "conversation", page, query)
    bubbles = Bubbles(session, actor)
    bubbles.meet(rows.items)
    return rows.map(lambda row: bubbles.conversation(row, cells.get(row.id)))


def titles(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """What these conversations are called, as the list has it."""
    rows = session.scalars(visible(actor).where(Conversation.id.in_(ids))).all()
    bubbles = Bubbles(session, actor)
    bubbles.meet(rows)
    return {row.id: bubbles.conversation(row).title for row in rows}


def message_page(session: Session, actor: Actor, page: MessageQuery) -> Rows[FoundMessage]:
    """Messages that hold the words, newest first."""
    query = _narrowed(select(Message), page, Message.conversation_id)
    if actor.scope is not None:
        query = query.where(Message.conversation_id.in_(_conversations_of_scope(actor)))
    if page.conversation_id is not None:
        query = query.where(Message.conversation_id == page.conversation_id)
    if page.msgtype is not None:
        query = query.where(Message.msgtype == page.msgtype)
    if page.since is not None:
        query = query.where(Message.at >= page.since)
    if page.until is not None:
        query = query.where(Message.at < page.until)
    narrowed = any((page.conversation_id, page.userid, page.external_userid, page.chat_id))
    rows = find(session, query, page, narrowed=narrowed)
    bubbles = Bubbles(session, actor)
    wanted = {row.conversation_id for row in rows.items}
    conversations = {row.id: row for row in session.scalars(select(Conversation).where(Conversation.id.in_(wanted)))}
    bubbles.meet(list(conversations.values()))
    shown = {row.msgid: row for row in bubbles.messages(rows.items)}
    return rows.map(
        lambda row: FoundMessage(
            **dict(shown[row.msgid]), conversation=bubbles.conversation(conversations[row.conversation_id])
        )
    )


def window(session: Session, actor: Actor, conversation_id: int, query: WindowQuery) -> MessageWindow:
    """A piece of one conversation."""
    conversation = visible_conversation(session, actor, conversation_id)
    mine = select(Message).where(Message.conversation_id == conversation.id)
    place = tuple_(Message.at, Message.id)
    if query.around is not None:
        hit = session.scalars(mine.where(Message.msgid == query.around)).first()
        if hit is None:
            raise MessageNotFound()
        half = max(query.limit // 2, 1)
        older = _older(session, mine.where(place < (hit.at, hit.id)), half + 1)
        newer = _newer(session, mine.where(place > (hit.at, hit.id)), half + 1)
        rows = [*older[-half:], hit, *newer[:half]]
        more = (len(older) > half, len(newer) > half)
    elif query.after is not None:
        found = _newer(session, mine.where(place > tuple(_place(query.after))), query.limit + 1)
        rows, more = found[: query.limit], (True, len(found) > query.limit)
    else:
        earlier = mine.where(place < tuple(_place(query.before))) if query.before is not None else mine
        found = _older(session, earlier, query.limit + 1)
        rows, more = found[-query.limit :], (len(found) > query.limit, query.before is not None)
    bubbles = Bubbles(session, actor)
    bubbles.meet([conversation])
    return MessageWindow(
        conversation=bubbles.conversation(conversation),
        items=bubbles.messages(rows),
        before=_cursor(rows[0]) if rows and more[0] else None,
        after=_cursor(rows[-1]) if rows and more[1] else None,
    )


def stored_media(session: Session, actor: Actor, media_id: int) -> ArchiveMedia:
    """A file of the archive that has been fetched; raises `MediaNotStored`."""
    media = session.get(ArchiveMedia, media_id)
    if media is None or media.state != MediaState.STORED or media.digest is None or actor.scope is not None:
        raise MediaNotStored()
    return media


def _conversations_of_scope(actor: Actor) -> Select[int]:
    people = visible_staff(actor).with_only_columns(func.lower(Staff.userid))
    return select(ConversationMember.conversation_id).where(ConversationMember.who.in_(people))


def _narrowed(query: Select[Any], page: ArchiveFilter, conversation_id: Any) -> Select[Any]:
    for who in (page.userid.lower() if page.userid else None, page.external_userid):
        if who:
            query = query.where(
                conversation_id.in_(select(ConversationMember.conversation_id).where(ConversationMember.who == who))
            )
    if page.chat_id is not None:
        query = query.where(conversation_id.in_(select(Conversation.id).where(Conversation.roomid == page.chat_id)))
    return query


def is_called(session: Session, words: str) -> Any:
    """That somebody in the conversation, or the group itself, goes by these words."""
    members = [userid.lower() for _, userid in called(session, words)[:_FOUND]]
    people = [*members, *customers().find(session, words, _FOUND), *groups().find(session, words, _FOUND)]
    return or_(
        Conversation.userid.in_(people),
        Conversation.peer.in_(people),
        Conversation.roomid.in_(people),
    )


def _older(session: Session, query: Select[Message], limit: int) -> list[Message]:
    newest_first = query.order_by(Message.at.desc(), Message.id.desc()).limit(limit)
    return list(session.scalars(newest_first))[::-1]


def _newer(session: Session, query: Select[Message], limit: int) -> list[Message]:
    return list(session.scalars(query.order_by(Message.at, Message.id).limit(limit)))


def _place(cursor: str) -> list[Any]:
    return decode_cursor(cursor, [dt.datetime, int])


def _cursor(message: Message) -> str:
    return encode_cursor([message.at.isoformat(), message.id])
