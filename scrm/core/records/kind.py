"""A kind of records, and what other rooms add to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from scrm.core.records.field import Field


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """What users look at in a list of its own: one row and its number; what needs another table is asked by a query.

    ``key`` is the number's column, ``visible`` what of the records an actor sees, ``read`` the permission of the list.
    ``export``: the permission of who takes its list as a file; none where nobody does.
    ``list`` is the address of the list's route, ``path`` that of the console's page, with ``{id}`` or
    another field of the list's items. Sorts are a field's
    key, ``-`` before it for the greatest first.
    """

    name: str
    zh: str
    en: str
    key: InstrumentedAttribute[int]
    visible: Callable[[Any], Select[Any]]
    read: StrEnum
    list: str
    path: str
    default_sort: str
    default_columns: tuple[str, ...]
    fields: tuple[Field, ...]
    export: StrEnum | None = None


@dataclass(frozen=True)
class Extends:
    """Fields that a room adds to the kind of another, over its own tables.

    ``fields`` gets the number to correlate with. Each is under the permission of its room, and sees what that room
    shows the reader.
    """

    kind: str
    fields: Callable[[Any], Sequence[Field]]
