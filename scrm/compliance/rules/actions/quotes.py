"""Replies: what they quote is somebody else's words only if somebody said it here, since anybody can type a quotation.

Asked only of messages that hit a rule, so that an archive full of replies costs nothing.
"""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.archive import content
from scrm.compliance.archive.models import ConversationMember, Message
from scrm.compliance.rules.folding import PART
from scrm.contracts.customers import people as customers
from scrm.core import search
from scrm.identity import queries as identity

_LOOKED_AT = 2_000  # messages before a reply among which the quoted one is looked for
_PEOPLE = 500


def bordered(text: str) -> str:
    """The text with a border between a quotation and what stands behind it: no word is found across."""
    quote = content.quote(text)
    return text if quote is None else f"{text[: len(text) - len(quote.own)]}{PART}{quote.own}"


def own_words(session: Session, text: str, *, conversation_id: int, msgid: str, at: dt.datetime) -> str:
    """The text without what it quotes, as far as that was said in the conversation by somebody called so."""
    quote = content.quote(text)
    if quote is None or not _was_said(session, quote.said, conversation_id, msgid, at):
        return text
    return quote.own if _is_somebody(session, quote.name, conversation_id) else f"{quote.name}{PART}{quote.own}"


def _was_said(session: Session, words: str, conversation_id: int, msgid: str, at: dt.datetime) -> bool:
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


def _is_somebody(session: Session, name: str, conversation_id: int) -> bool:
    query = select(ConversationMember.who).where(ConversationMember.conversation_id == conversation_id).limit(_PEOPLE)
    people = set(session.scalars(query))
    called = {staff.name or staff.userid for staff in identity.staff_by_userids(session, people).values()}
    called |= {known for known, _ in customers().names(session, people).values()}
    return search.fold(name) in {search.fold(one) for one in called}
