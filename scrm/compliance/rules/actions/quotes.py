"""Replies: what they quote is somebody else's words only if somebody said it here, since anybody can type a quotation.

Asked only of messages that hit a rule, so that an archive full of replies costs nothing.
"""

import datetime as dt
import re
from typing import NamedTuple

from sqlalchemy.orm import Session

from scrm.contracts.archive import PART, chats
from scrm.contracts.customers import people as customers
from scrm.core import search
from scrm.identity import queries as identity

# How WeCom and WeChat write the quoted part of a reply (page 91774); anybody can type the same.
_WORDS_OF = r"(?P<name>[^\n]{1,80}?)"
_QUOTES = (
    re.compile(
        rf'^\s*(?:这是一条引用/回复消息：|This is a quote/reply:)\s*"?{_WORDS_OF}[:：]?\n(?P<said>.*?)"?\n-{{6}}\n',
        re.DOTALL,
    ),
    re.compile(rf'^"{_WORDS_OF}[:：]\n(?P<said>.*?)"\n-{{6}}\n', re.DOTALL),
    re.compile(rf"^「{_WORDS_OF}：(?P<said>.*?)」\n(?:- ){{5,}}-?\s*\n", re.DOTALL),
)


class Quote(NamedTuple):
    """A message that begins as replies do: who is quoted with which words, and what stands behind the quotation."""

    name: str
    said: str
    own: str


def quoted(text: str) -> Quote | None:
    """The quotation that a text seems to begin with; whether it is one, only the conversation can tell."""
    if "------" not in text and "- - - - -" not in text:
        return None
    for layout in _QUOTES:
        found = layout.match(text)
        if found is not None:
            return Quote(found["name"].strip(), found["said"].strip(), text[found.end() :])
    return None


def bordered(text: str) -> str:
    """The text with a border between a quotation and what stands behind it: no word is found across."""
    quote = quoted(text)
    return text if quote is None else f"{text[: len(text) - len(quote.own)]}{PART}{quote.own}"


def own_words(session: Session, text: str, *, conversation_id: int, msgid: str, at: dt.datetime) -> str:
    """The text without what it quotes, as far as that was said in the conversation by somebody called so."""
    quote = quoted(text)
    if quote is None or not chats().was_said(session, quote.said, conversation_id, msgid, at):
        return text
    return quote.own if _is_somebody(session, quote.name, conversation_id) else f"{quote.name}{PART}{quote.own}"


def _is_somebody(session: Session, name: str, conversation_id: int) -> bool:
    people = chats().members(session, conversation_id)
    called = {staff.name or staff.userid for staff in identity.staff_by_userids(session, people).values()}
    called |= {known for known, _ in customers().names(session, people).values()}
    return search.fold(name) in {search.fold(one) for one in called}
