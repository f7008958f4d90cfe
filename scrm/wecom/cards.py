"""Text cards: what an app tells a member, made of sentences of ours and of words that outsiders chose.

WeCom draws ``<div class="highlight">`` and ``<br>`` of a card (page 90236, textcard). We use neither, so that whoever
picks a name writes no line, no colour and no end of a quotation into our sentences.
"""

import unicodedata
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import TypedDict

from scrm.core import numbers
from scrm.core.settings import settings


class NoticeState(StrEnum):
    """What became of a card for one member."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # time-out: not repeated


NAME = 40  # characters of a name, so that one does not fill the card
_LINE = 200
_TITLE_BYTES, _DESCRIPTION_BYTES = 128, 512
_JOINER = "\u200d"  # between the parts of one emoji
_LOOK_ALIKES = str.maketrans({"<": "＜", ">": "＞", "&": "＆", "「": "『", "」": "』"})
_TAGS = str.maketrans({"<": "＜", ">": "＞", "&": "＆"})
_NAMELESS = "（无名）"


class Card(TypedDict):
    """The arguments of `AppMessages.send_text_card`."""

    userids: list[str]
    title: str
    description: str
    url: str


def card(*, userids: Collection[str], title: str, lines: Sequence[str], path: str) -> Card:
    """The arguments of `AppMessages.send_text_card`; ``path`` is the page of the console that it opens.

    A line is harmless as a whole, whatever was put into it; names in it are passed through `words` besides.
    """
    shown = "\n".join(_flat(line, limit=_LINE).translate(_TAGS) for line in lines)
    return {
        "userids": list(userids),
        "title": _within(_flat(title, limit=_LINE).translate(_TAGS), _TITLE_BYTES),
        "description": _within(shown, _DESCRIPTION_BYTES),
        "url": f"{settings().public_url}{path}",
    }


def words(outside: str, *, limit: int = NAME) -> str:
    """Words of an outsider for a sentence of ours: one line, no tags, no marks that turn or hide, not longer than told.

    Our quotation marks become others, so that a name cannot end its own quotation; one of nothing visible is said so.
    Numbers of persons are masked, since a card lies in a chat for good.
    """
    return _flat(numbers.masked(outside), limit=limit).translate(_LOOK_ALIKES) or _NAMELESS


def _flat(text: str, *, limit: int) -> str:
    """On one line, without controls, directions, invisible and private characters; cut with an ellipsis."""
    shown = "".join(_drawn(character) for character in text)
    line = " ".join(shown.split()).strip(_JOINER)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _drawn(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    return "" if category[0] == "C" and character != _JOINER else character


def _within(text: str, size: int) -> str:
    """As much of the text as the bytes allow; WeCom would cut it too, or refuse the card."""
    return text if len(text.encode()) <= size else text.encode()[: size - 3].decode(errors="ignore") + "…"
