"""What every field of a record kind says of itself; the types of fields stand in `scrm.core.records.fields`.

Not to be confused with `scrm.core.kinds`, which collects the files of a folder.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute, Session

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Condition = ColumnElement[bool]


class Served(StrEnum):
    """What answers a condition on a field, for who looks at plans."""

    FACET = "facet"  # a GIN over a set of numbers
    BTREE = "btree"
    BIGRAMS = "bigrams"  # the index of `scrm.core.search`
    EXISTS = "exists"  # a look into another table by the record's number
    SMALL = "small"  # read row by row: the table has some thousand rows at most


@dataclass(frozen=True)
class Asked:
    """In which transaction of a corp something is asked, and by which actor (`scrm.identity.actor.Actor`)."""

    session: Session
    actor: Any


class ValueRefused(ValueError):
    """A value that an operator does not take; ``known`` says what it takes."""

    def __init__(self, *known: str) -> None:
        super().__init__()
        self.known = known


@dataclass(frozen=True)
class Option:
    """One value of a field of few, with its words."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Field(ABC):
    """One field: its words, the column or expression it stands in, and what serves it.

    ``sort`` is a column that is never null. ``permission`` is needed beside reading the kind; to whoever lacks it there
    is no such field. ``value`` gives what a list shows, by the record's number, where that is not the plain column.
    """

    type: ClassVar[str]

    key: str
    zh: str
    en: str
    _: KW_ONLY
    served: Served
    column: Column | None = None
    made: Callable[[Asked], ColumnElement[Any]] | None = None  # in place of the column, where it takes a reader
    sort: Column | None = None
    permission: StrEnum | None = None
    value: Callable[[Asked, Sequence[int]], Mapping[int, Any]] | None = None
    shown: bool = True  # as a column of lists

    @property
    def shape(self) -> str:
        """The type under which clients know it."""
        return self.type

    @property
    @abstractmethod
    def operators(self) -> tuple[str, ...]:
        """The names of its operators."""

    @abstractmethod
    def condition(self, asked: Asked, op: str, value: Any) -> Condition:
        """One of its operators as SQL; raises `ValueRefused`. ``value`` is JSON's, none where it was left out."""

    @property
    def options(self) -> tuple[Option, ...] | None:
        """The values that it may have, where they are few."""
        return None

    @property
    def is_column(self) -> bool:
        return self.shown and (self.value is not None or self.column is not None or self.made is not None)

    def expression(self, asked: Asked) -> ColumnElement[Any]:
        """The column, or what stands for it."""
        if self.made is not None:
            return self.made(asked)
        if self.column is None:
            raise TypeError(f"{self.key} stands in no column")
        return self.column if isinstance(self.column, ColumnElement) else self.column.expression

    def shows(self, _asked: Asked, stored: Sequence[Any]) -> Mapping[Any, Any]:
        """What a list shows for each of these values of the column, JSON-ready."""
        return {value: value for value in stored}


def holds(condition: ColumnElement[Any]) -> Condition:
    """A condition that is true or false, never unknown: of what is not there nothing holds."""
    return func.coalesce(condition, False)


def only(value: Any, *kinds: type) -> Any:
    """The value if it is of one of these JSON types; raises `ValueRefused`."""
    if type(value) not in kinds:
        raise ValueRefused(*sorted(_NAMES[kind] for kind in kinds))
    return value


_NAMES: dict[type, str] = {str: "text", int: "number", bool: "true or false", list: "list"}


def several(value: Any, *kinds: type) -> list[Any]:
    """A list with one such value at least, each once; raises `ValueRefused`."""
    if type(value) is not list or not value:
        raise ValueRefused("list")
    return list(dict.fromkeys(only(one, *kinds) for one in value))
