"""Searchable text without an extension: codes of what it is found by for the index, a LIKE recheck for exactness.

Measured at 1,000,000 rows: 0.1 to 0.4 ms for selective words, against 270 ms for a scan. Archived messages have codes
of pairs alone: single characters would double their index, and are looked for within a conversation.
"""

import hashlib
import re
import string
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Index, Text, and_, func, literal, literal_column, or_, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.types import BigInteger

from scrm.core import chinese, numbers

# Never seen or never typed: controls, joiners, directions, variation selectors, fillers, accents, private characters.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f"
    "\ufe20-\ufe2f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
# Most texts need no second look: it takes four times as long as the first.
_PLAIN = re.compile("[ -~\u3000-\u3029\u4e00-\u9fff]*")
# Drawn rather than read; circled letters and digits are read, NFKC has made them plain before.
_DRAWN = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001faff]+"
)
# The same for PostgreSQL, which takes no halves of surrogate pairs.
_IN_SQL = _UNSEEN.pattern.replace("\x00-", "\x01-").replace("\ud800-\uf8ff", "\ue000-\uf8ff")
_DRAWN_IN_SQL = _DRAWN.pattern
_PLAIN_IN_SQL = f"^{_PLAIN.pattern}$"
_NFKD: ColumnElement[str] = literal_column("NFKD")
_NFKC: ColumnElement[str] = literal_column("NFKC")
_PHONE = re.compile(r"[+(]?\d[\d\s().·+\-‐-―−/]*x?")  # x is the check digit of an identity number
_DIGITS = str.maketrans("0123456789x", "\ue000\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008\ue009\ue00c")
_LAST_FOUR = re.compile("[0-9]{3}[0-9x]")
_WHOLE, _END = "\ue00a", "\ue00b"  # around a whole number, around its last four digits
# Before what is found by its beginning: names, and ends of them, as pinyin and as initials; ids, with a mark behind.
_BEGINS, _ID = "\ue00d", "\ue00f"
_MARKED = re.compile(f"{_WHOLE}[^{_WHOLE}]+{_WHOLE}|{_END}[^{_END}]+{_END}")
_MARKED_CODES = 2**43
_BEGINNING = 10  # characters of a name in pinyin, the mark included, that have a code: more leave hardly fewer names
_ID_FROM = 4  # the same of an id, and no fewer: all begin alike
_LETTERS = re.compile(r"[a-z0-9_@.-]{1,100}")
_TYPED = string.ascii_lowercase + string.digits + "_@.-"
_SPELT = str.maketrans({one: chr(0xE020 + place) for place, one in enumerate(_TYPED)})
_APART = "\n\n"  # between what a customer is called by itself and what members call it; no folded text holds it


class Searched:
    """Columns of a table whose rows are found by what they are called; rows of ``text_version`` 0 have no text yet."""

    search_text: Mapped[str] = mapped_column(Text, server_default=text("''"))
    bigrams: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"), deferred=True)
    text_version: Mapped[int] = mapped_column(server_default=text("0"))  # of the folding in search_text


def indexes(table: str, version: int) -> tuple[Index, Index]:
    """The index that is searched, and the one of rows whose text is to be derived anew."""
    return (
        Index(f"ix_{table}_bigrams", "bigrams", postgresql_using="gin"),
        Index(f"ix_{table}_stale_text", "id", postgresql_where=text(f"text_version < {version}")),
    )


def fold(words: str) -> str:
    """Width, case, accents, script, invisible characters and runs of blanks made equal; what is drawn stays."""
    return chinese.simplified(_folded(words))


def _folded(words: str) -> str:
    """The same, but for the script: so archived messages were folded before 0.2."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    if _PLAIN.fullmatch(folded) is None:
        # Taken apart once more: an accent may stand in one character with its letter, or beside it.
        bare = _UNSEEN.sub("", unicodedata.normalize("NFKD", folded))
        folded = unicodedata.normalize("NFKC", bare).casefold()
    return " ".join(folded.split())


def name_of(text: str) -> str:
    """A name as it is kept: single blanks between its words; empty where nothing of it can be seen."""
    return " ".join(text.split()) if fold(text) else ""


def phone(words: str) -> str | None:
    """The digits of a phone, card or identity number in any spelling, country code 86 and leading zeros left out."""
    folded = fold(words)
    if _PHONE.fullmatch(folded) is None:
        return None
    digits = "".join(str(unicodedata.decimal(character)) for character in folded if character.isdecimal()).lstrip("0")
    if digits.startswith("86") and len(digits) >= 12:
        digits = digits[2:].lstrip("0")
    if folded.endswith("x"):
        return f"{digits}x" if len(digits) == 17 else None
    return digits if 5 <= len(digits) <= 19 else None


def phones_of(numbers: Iterable[str]) -> list[str]:
    """Phone numbers as text that is found by the whole number or its last four digits, and by nothing between.

    The digits stand in characters that `fold` leaves nobody type, so that no part of a number matches.
    """
    known = dict.fromkeys(number for number in map(phone, numbers) if number)
    return [f"{_WHOLE}{number}{_WHOLE}{_END}{number[-4:]}{_END}".translate(_DIGITS) for number in known]


def bigrams(folded: str) -> list[int]:
    """A code for every two neighbouring characters, each once, sorted."""
    return sorted({(ord(first) << 21) | ord(second) for first, second in pairwise(folded)})


def grams(text: str) -> list[int]:
    """A code for all by which such a text is found: characters, pairs, whole numbers, beginnings of pinyin."""
    plain, codes = [], set()
    for line in text.split("\n"):
        if line[:1] == _BEGINS:
            least = _ID_FROM if line[-1] == _ID else 2
            codes |= {_code(line[:length]) for length in range(least, _BEGINNING + 1) if length <= len(line)}
        elif line[:1] == _WHOLE:
            codes |= {_code(number) for number in _MARKED.findall(line)}
        else:
            plain.append(line)
    words = "\n".join(plain)
    return sorted({*map(ord, words), *bigrams(words), *codes})


def _grams_for(form: str) -> list[int]:
    """Those of `grams` that a text has which contains this form: the fewest that leave few others."""
    if form[0] == _BEGINS:
        return [_code(form[:_BEGINNING])]
    return [_code(form)] if form[0] in {_WHOLE, _END} else bigrams(form) or [ord(form)]


def _code(marked: str) -> int:
    """Larger than any code of two characters, and the same for two texts once in 2^40."""
    return _MARKED_CODES + int.from_bytes(hashlib.blake2b(marked.encode(), digest_size=5).digest(), "big")


def bigrams_of_each(folded: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The same for many texts at once: all codes, text after text, and how many belong to each.

    In numpy, since a set and a sort per text take five times as long.
    """
    owners = np.repeat(np.arange(len(folded)), np.fromiter(map(len, folded), np.int64, len(folded)))
    points = np.frombuffer("".join(folded).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    within = owners[1:] == owners[:-1]
    # Text and code in one number, so that one sort does for all texts: a code has 42 bits.
    numbers = (owners[1:] << 42 | points[:-1] << 21 | points[1:])[within]
    numbers.sort()
    numbers = numbers[np.concatenate(([True], numbers[1:] != numbers[:-1]))] if len(numbers) else numbers
    return numbers & ((1 << 42) - 1), np.bincount(numbers >> 42, minlength=len(folded))


def text_of(*parts: str) -> str:
    """What a text is found by, with and without what is drawn in it; parts are kept apart, no match runs across two."""
    seen: dict[str, None] = {}
    for part in parts:
        folded = fold(part)
        seen |= dict.fromkeys((folded, " ".join(_DRAWN.sub("", folded).split())))
    return "\n".join(line for line in seen if line)


def pinyin_of(*names: str) -> list[str]:
    """Names as text that is found by pinyin and by initials, from any syllable on: 小明 of 王小明 by xm and xiaom.

    The letters stand in characters that nobody types, so that no middle of a syllable matches.
    """
    found: dict[str, None] = {}
    for name in names:
        for syllables, initials in chinese.romanised(fold(name)):
            for parts in (syllables, initials):
                found |= dict.fromkeys(_begins("".join(parts[place:])) for place in range(len(parts)))
    return list(found)


def ids_of(*ids: str) -> list[str]:
    """Ids of WeCom's as text that is found from its beginning on, three characters at least.

    As words they would be found by any two letters: the lists of an index of 1,000,000 are 30,000 rows long then.
    """
    return [_begins(folded) + _ID for folded in map(fold, ids) if folded]


def _begins(folded: str) -> str:
    return _BEGINS + folded.translate(_SPELT)


@lru_cache(maxsize=20_000)
def spelt(name: str) -> str:
    """A name in pinyin, whole and by its initials, for whoever looks for it on the screen: 高意向 as gaoyixiang gyx."""
    found = (part for both in chinese.romanised(fold(name)) for part in map("".join, both))
    return " ".join(dict.fromkeys(found))


@lru_cache(maxsize=20_000)
def _found_by(*names: str) -> str:
    return "\n".join((text_of(*names), *pinyin_of(*names)))


def goes_by(words: str, *names: str, ids: Sequence[str] = ()) -> bool:
    """Whether something of these names is found by the words: for a few thousand rows, filtered here."""
    text = "\n".join((_found_by(*names), *ids_of(*ids)))
    return any(form in text for form in _forms(words, named=True))


def is_number(words: str, number: str) -> bool:
    """Whether the words are this phone, card or identity number, whole or its last four digits."""
    (text, *_) = phones_of([number]) or [""]
    return bool(text) and any(form in text for form in _forms(words, named=False))


def text_by(names: Sequence[str], *others: str, ids: Sequence[str] = ()) -> str:
    """What something is found by: names by words and pinyin, numbers of persons in them whole; others by words.

    ``ids`` by their beginnings.
    """
    parted = [numbers.without(name) for name in names]
    parts = [part for outside, _ in parted for part in outside]
    phones = phones_of(number for _, inside in parted for number in inside)
    return "\n".join(filter(None, [text_of(*parts, *others), *phones, *pinyin_of(*parts), *ids_of(*ids)]))


def text_of_both(own: str, others: Sequence[str]) -> str:
    """One text of what `text_of` made of a record itself and of what others wrote to it; see `own_text`."""
    written = "\n".join(dict.fromkeys(line for text in others for line in text.split("\n") if line))
    return f"{own}{_APART}{written}"


def own_text(text: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The part of `text_of_both` that is the record's own."""
    return func.split_part(text, _APART, 1)


def escape_like(words: str) -> str:
    """Words as a LIKE pattern that means just them."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def matches(
    words: str,
    folded_text: InstrumentedAttribute[str],
    codes: InstrumentedAttribute[list[int]],
    *,
    named: bool = False,
) -> ColumnElement[bool] | None:
    """That a row, by its folded text and codes, contains these words; ``None`` for blank words.

    ``named`` texts hold `pinyin_of` names too, and their codes are `grams`, of others `bigrams`.
    """
    found = []
    for one in _forms(words, named=named):
        wanted = _grams_for(one) if named else bigrams(one)
        contains = _contains(folded_text, one)
        found.append(codes.contains(literal(wanted, ARRAY(BigInteger))) & contains if wanted else contains)
    return or_(*found) if found else None


def called(words: str, table: type["Searched"], version: int) -> ColumnElement[bool] | None:
    """That a row of this table goes by these words; ``None`` for blank words.

    Texts of an earlier version have other codes or none: while they are derived anew they are read one by one.
    """
    current = matches(words, table.search_text, table.bigrams, named=True)
    if current is None:
        return None
    return or_(current, and_(table.text_version < version, holds(words, table.search_text, named=True)))


def among(words: str, names: Iterable[tuple[int, str]]) -> list[int]:
    """Ids of those of some thousand names that go by these words."""
    return [number for number, name in names if goes_by(words, name)]


def within(words: str, *columns: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """That one of these texts, stored as they came, contains the words: for lists of some thousand rows, without index.

    PostgreSQL folds what is not plain at a glance, which few names are not.
    """
    folded, like = fold(words), f"%{escape_like(words.strip())}%"
    found: list[ColumnElement[bool]] = [column.ilike(like) for column in columns]
    if any(len(chinese.spellings(one)) > 1 for one in folded):
        either = "".join(f"[{many}]" if len(many := chinese.spellings(one)) > 1 else re.escape(one) for one in folded)
        found += [column.op("~*")(either) for column in columns]
    if folded:
        for column in columns:
            bare = func.normalize(func.regexp_replace(func.normalize(column, _NFKD), _IN_SQL, "", "g"), _NFKC)
            undrawn = func.regexp_replace(bare, _DRAWN_IN_SQL, "", "g")
            odd = column.op("!~")(_PLAIN_IN_SQL)
            found.append(and_(odd, or_(*(_contains(_lower(text), folded) for text in (bare, undrawn)))))
        found += [column.ilike(f"%{escape_like(folded)}%") for column in columns if folded != words]
    return or_(*found)


def _lower(text: ColumnElement[str]) -> ColumnElement[str]:
    """As Python's casefold has it for the letters in use: PostgreSQL's lower keeps ß and ς."""
    return func.replace(func.replace(func.lower(text), "ß", "ss"), "ς", "σ")


def holds(
    words: str, folded_text: ColumnElement[str] | InstrumentedAttribute[str], *, named: bool = False
) -> ColumnElement[bool]:
    """That a folded text contains these words, without an index: for the few rows that `matches` has found."""
    return or_(*(_contains(folded_text, one) for one in _forms(words, named=named)))


def _contains(folded_text: ColumnElement[str] | InstrumentedAttribute[str], form: str) -> ColumnElement[bool]:
    return folded_text.like(f"%{escape_like(form)}%")


def _forms(words: str, *, named: bool) -> list[str]:
    """The words as they stand in folded texts: as words, as a whole phone number, as the end of one, as pinyin."""
    folded, number = fold(words), phone(words)
    forms = list(dict.fromkeys(form for form in (folded, _folded(words)) if form))
    letters = folded.replace(" ", "").replace("'", "")
    if named and _LETTERS.fullmatch(letters):
        forms.append(_begins(letters))
    if number is not None:
        forms.append(f"{_WHOLE}{number}{_WHOLE}".translate(_DIGITS))
    if _LAST_FOUR.fullmatch(folded):
        forms.append(f"{_END}{folded}{_END}".translate(_DIGITS))
    return forms
