"""The types of fields, eight at most; none knows another, and a new operator comes with its test and its page.

What the operators mean is said in ``docs/filter-language.md``.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal, not_

from scrm.core import search
from scrm.core.db import BIGGEST_ID
from scrm.core.records import china
from scrm.core.records.field import Asked, Condition, Field, Option, ValueRefused, holds, only, several

ME = "@me"  # in place of a userid: whoever reads
_TEXT = 200  # characters of a text that is looked for


@dataclass(frozen=True)
class Words(Field):
    """A text: ``contains`` goes by the search of the room where one is given, else through the plain column.

    With neither it is shown alone.
    """

    type: ClassVar[str] = "words"

    _: KW_ONLY
    contains: Callable[[Asked, str], Condition | None] | None = None

    @property
    def operators(self) -> tuple[str, ...]:
        if self.column is not None:
            return ("contains", "is", "empty", "not_empty")
        return ("contains",) if self.contains is not None else ()

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        if op in {"empty", "not_empty"}:
            blank: Condition = func.coalesce(self.expression(asked), "") == ""
            return blank if op == "empty" else not_(blank)
        words = only(value, str)
        if not search.fold(words) or len(words) > _TEXT:
            raise ValueRefused(f"text of 1 to {_TEXT} characters")
        if op == "is":
            same: Condition = func.lower(self.expression(asked)) == words.strip().lower()
            return same
        if self.contains is None:
            return search.within(words, self.expression(asked))
        found = self.contains(asked, words)
        if found is None:
            raise ValueRefused("text")
        return found


@dataclass(frozen=True)
class Choice(Field):
    """One of few values; ``among`` in place of the column, where it is another row that has it."""

    type: ClassVar[str] = "choice"

    _: KW_ONLY
    choices: tuple[Option, ...]
    stored: Callable[[str], Any] = str  # as the column has it
    among: Callable[[Asked, Sequence[Any]], Condition] | None = None

    @property
    def operators(self) -> tuple[str, ...]:
        return ("is", "any", "none")

    @property
    def options(self) -> tuple[Option, ...]:
        return self.choices

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        values = [only(value, str)] if op == "is" else several(value, str)
        known = [option.value for option in self.choices]
        if set(values) - set(known):
            raise ValueRefused(*known)
        stored = [self.stored(one) for one in values]
        found = self.among(asked, stored) if self.among is not None else self.expression(asked).in_(stored)
        return not_(holds(found)) if op == "none" else found

    def shows(self, _asked: Asked, stored: Sequence[Any]) -> Mapping[Any, Any]:
        return {value: None if value is None else str(value) for value in stored}


@dataclass(frozen=True)
class Labels(Field):
    """Several things at once, tags for one: of type ``set``, by our numbers or by the ids that the API has for them.

    ``numbers`` gives ours; ids that nothing has are left out. ``overlaps``: that the record has one of these at least.
    """

    type: ClassVar[str] = "set"

    _: KW_ONLY
    numbers: Callable[[Asked, Sequence[str]], Mapping[str, int]]
    overlaps: Callable[[Asked, Sequence[int]], Condition]
    nothing: Callable[[Asked], Condition]  # that it has none

    @property
    def operators(self) -> tuple[str, ...]:
        return ("any", "all", "none", "empty", "not_empty")

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        if op in {"empty", "not_empty"}:
            bare = holds(self.nothing(asked))
            return bare if op == "empty" else not_(bare)
        found = self._numbers(asked, several(value, int, str))
        if op == "all":
            return and_(*(self.overlaps(asked, [one]) for one in found))
        # A number that nothing has stands for what was asked for and is on nobody.
        met = self.overlaps(asked, found)
        return not_(holds(met)) if op == "none" else met

    def _numbers(self, asked: Asked, values: Sequence[int | str]) -> list[int]:
        ids = [one for one in values if isinstance(one, str)]
        known = self.numbers(asked, ids) if ids else {}
        found = [known.get(one, -1) if isinstance(one, str) else one for one in values]
        if any(not -1 <= one <= BIGGEST_ID for one in found):
            raise ValueRefused("number")
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Member(Field):
    """A member of the corp by userid; `ME` is whoever reads.

    ``find`` gives what the column has for userids, those of nobody left out; ``called`` what is shown for it:
    ``{userid, name}``. ``among`` in place of the column.
    """

    type: ClassVar[str] = "member"

    _: KW_ONLY
    find: Callable[[Asked, Sequence[str]], Sequence[Any]]
    called: Callable[[Asked, Sequence[Any]], Mapping[Any, Any]]
    among: Callable[[Asked, Sequence[Any]], Condition] | None = None
    nullable: bool = False

    @property
    def operators(self) -> tuple[str, ...]:
        return ("is", "any", "none", *(("empty", "not_empty") if self.nullable else ()))

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        if op in {"empty", "not_empty"}:
            blank = self.expression(asked).is_(None)
            return blank if op == "empty" else not_(blank)
        given = [only(value, str)] if op == "is" else several(value, str)
        meant = [asked.actor.userid if one == ME else one for one in given]
        stored = self.find(asked, [one for one in meant if one])
        found = self.among(asked, stored) if self.among is not None else self.expression(asked).in_(stored)
        return not_(holds(found)) if op == "none" else found

    def shows(self, asked: Asked, stored: Sequence[Any]) -> Mapping[Any, Any]:
        return self.called(asked, [value for value in stored if value is not None])


@dataclass(frozen=True)
class Moment(Field):
    """A moment; days are China's."""

    type: ClassVar[str] = "moment"

    _: KW_ONLY
    nullable: bool = False

    @property
    def operators(self) -> tuple[str, ...]:
        return (*china.OPERATORS, *(("empty", "not_empty") if self.nullable else ()))

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        column = self.expression(asked)
        if op in {"empty", "not_empty"}:
            return column.is_(None) if op == "empty" else column.is_not(None)
        begin, end = china.span(op, value)
        return and_(*([column >= begin] if begin else []), *([column < end] if end else []))

    def shows(self, _asked: Asked, stored: Sequence[Any]) -> Mapping[Any, Any]:
        return {value: value.isoformat() if isinstance(value, dt.datetime) else None for value in stored}


@dataclass(frozen=True)
class Number(Field):
    """A whole number."""

    type: ClassVar[str] = "number"

    _: KW_ONLY
    nullable: bool = False

    @property
    def operators(self) -> tuple[str, ...]:
        return ("is", "at_least", "at_most", "between", *(("empty", "not_empty") if self.nullable else ()))

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        column = self.expression(asked)
        if op in {"empty", "not_empty"}:
            return column.is_(None) if op == "empty" else column.is_not(None)
        if op == "between":
            low, high = pair(value)
            return and_(column >= _bound(low), column <= _bound(high))
        number = _bound(value)
        return {"is": column == number, "at_least": column >= number, "at_most": column <= number}[op]


@dataclass(frozen=True)
class Flag(Field):
    """Whether something is so."""

    type: ClassVar[str] = "flag"

    @property
    def operators(self) -> tuple[str, ...]:
        return ("is",)

    def condition(self, asked: Asked, _op: str, value: Any) -> Condition:
        wanted, so = only(value, bool), holds(self.expression(asked))
        return so if wanted else not_(so)

    def shows(self, _asked: Asked, stored: Sequence[Any]) -> Mapping[Any, Any]:
        return {value: bool(value) for value in stored}


@dataclass(frozen=True)
class Through(Field):
    """A question that takes a value and is answered by a query written by hand, often of another room.

    It asks for a number of ours; of type ``phone``, for a number of a person in any spelling, whole or its last four
    digits: no other part finds anybody. ``query`` gives none where the value is no such thing.
    """

    type: ClassVar[str] = "through"

    _: KW_ONLY
    query: Callable[[Asked, Any], ColumnElement[Any] | None]
    phone: bool = False

    @property
    def shape(self) -> str:
        return "phone" if self.phone else self.type

    @property
    def operators(self) -> tuple[str, ...]:
        return ("is",) if self.phone else ("has", "has_not")

    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        found = self.query(asked, only(value, str) if self.phone else _positive(value))
        if found is None:
            raise ValueRefused("a whole number, or its last four digits" if self.phone else "number")
        return not_(holds(found)) if op == "has_not" else found


def pair(value: Any) -> tuple[Any, Any]:
    """Both ends of a range; raises `ValueRefused`."""
    if type(value) is not list or len(value) != 2:
        raise ValueRefused("[from, to]")
    return value[0], value[1]


def _bound(value: Any) -> ColumnElement[int]:
    """As eight bytes, whatever the column has: a number too large for it is just larger."""
    return literal(_number(value), BigInteger)


def _number(value: Any) -> int:
    number: int = only(value, int)
    if not -BIGGEST_ID <= number <= BIGGEST_ID:
        raise ValueRefused("number")
    return number


def _positive(value: Any) -> int:
    number = _number(value)
    if number < 1:
        raise ValueRefused("number from 1")
    return number
