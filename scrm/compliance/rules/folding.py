"""Text as rules compare it: width, case, accents, blanks, emoji and separators make no difference.

"加 我 微 信", "加我👉微信", "加.我_微-信" and "加我[强]微信" are the same words, and so are "ＶＸ" and "vx". Lines are
kept apart, unless one of them is a single character: that is a word written downwards. Parts of a message (`PART`) and
messages (NUL) are always kept apart.
"""

import re
import unicodedata
from collections.abc import Iterable

from scrm.compliance.rules.stickers import NAMES
from scrm.core import chinese

_NEAR = 20  # characters beside a word that are looked at, most of them invisible

_STICKER = re.compile(rf"[\[［](?:{'|'.join(sorted(map(re.escape, NAMES)))})[\]］]", re.IGNORECASE)
# Blanks and controls but for what keeps texts apart, invisible and combining marks, and what is drawn rather than read.
# Circled digits are read: NFKD has made them digits before.
_LOOSE = re.compile(
    "["
    r"\t\x0b\x0c \x01-\x08\x0e-\x1d\x1f\x7f-\xa0"
    "\u00ad\u0300-\u036f\u061c\u115f\u1160\u1680\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u20d0-\u20ff\u2800\u3000\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufffb"
    "\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\ue000-\uf8ff"
    "\U0001f000-\U0001faff\U000e0000-\U000e0fff"
    "]+"
)
# Put between characters to break a word up; one between two digits is part of a number.
_MARK = r"[.*_·/~|\-‐‑‒–—―−•‧∙⋅・･〜～¦]"
_MARKS = re.compile(f"(?<![0-9]){_MARK}+|{_MARK}+(?![0-9])")
_BREAKS = re.compile(r"[\r\n]+")
_DOWNWARDS = re.compile(r"\n(?=[^\n\0\x1e](?:[\n\0\x1e]|\Z))|(?:(?<=\A.)|(?<=[\n\0\x1e].))\n")


def fold(text: str) -> str:
    """The text for comparison; a NUL stays, so that joined texts stay apart."""
    bare = _LOOSE.sub("", _plain(_STICKER.sub("", text) if "[" in text or "［" in text else text))
    return _DOWNWARDS.sub("", _BREAKS.sub("\n", _MARKS.sub("", bare)))


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in ``text`` that it comes from."""
    folded: list[str] = []
    places: list[int] = []
    hidden = {place for found in _STICKER.finditer(text) for place in range(*found.span())}
    for place, character in enumerate(text):
        if place not in hidden:
            for part in _LOOSE.sub("", _plain(character)):
                folded.append(part)
                places.append(place)
    joined = "".join(folded)
    for pattern, kept in ((_MARKS, 0), (_BREAKS, 1), (_DOWNWARDS, 0)):
        gone = {place for found in pattern.finditer(joined) for place in range(found.start() + kept, found.end())}
        if gone or kept:
            places = [place for number, place in enumerate(places) if number not in gone]
            joined = "".join(one for number, one in enumerate(joined) if number not in gone)
            joined = joined.replace("\r", "\n") if kept else joined
    return joined, places


def splits_word(text: str, start: int, end: int, folded: str) -> bool:
    """Whether characters ``start`` to ``end`` of a text, found as ``folded``, are cut out of a longer word or number.

    Chinese has no borders; letters have ("this book" says no SB), and so have digits (VX123 does say VX).
    """
    return _goes_on(reversed(text[max(start - _NEAR, 0) : start]), folded[0]) or _goes_on(
        text[end : end + _NEAR], folded[-1]
    )


def has_borders(folded: str) -> bool:
    """Whether a folded word begins or ends with what has borders."""
    return bool(_kind(folded[0]) or _kind(folded[-1]))


def _goes_on(neighbours: Iterable[str], edge: str) -> bool:
    kind = _kind(edge)
    for neighbour in neighbours if kind else ():
        if unicodedata.category(neighbour) not in {"Cf", "Mn"}:  # drawn at all
            return _kind(_plain(neighbour)[0]) == kind
    return False


def _kind(character: str) -> str:
    if character.isdecimal():
        return "digit"
    # Scripts written with blanks between words all stand before Thai.
    return "letter" if character.isalpha() and character < "\u0e00" else ""


def _plain(text: str) -> str:
    """In one script, and taken apart, so that an accent beside its letter and one in it are the same."""
    return chinese.simplified(unicodedata.normalize("NFKD", text).lower())
