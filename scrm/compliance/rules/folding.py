"""Text as rules compare it: width, case, blanks and emoji make no difference.

"加 我 微 信", "加我👉微信" and "加我微信" are the same words, and so are "ＶＸ" and "vx".
"""

import re
import unicodedata

# Blanks, invisible joiners, combining marks, and what is drawn rather than read. Circled digits are read: NFKC has made
# them digits before.
_LOOSE = re.compile(
    "["
    r"\s"
    "\u00ad\u0300-\u036f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u20d0-\u20ff\ufeff"
    "\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\ufe00-\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
    "]+"
)


def fold(text: str) -> str:
    """The text for comparison; a NUL stays, so that joined texts stay apart."""
    return _LOOSE.sub("", unicodedata.normalize("NFKC", text).lower())


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in ``text`` that it comes from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in fold(character):
            folded.append(part)
            places.append(place)
    return "".join(folded), places
