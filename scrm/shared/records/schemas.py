"""Kinds over HTTP."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.db import BIGGEST_ID
from scrm.shared.records.language import TEXT
from scrm.shared.records.query import asked_of

Keys = list[str]


class KindRow(BaseModel):
    """A kind of records: ``list`` is the address of its list, ``path`` of the console's page of one, with ``{id}``."""

    name: str
    zh: str
    en: str
    list: str
    path: str


class KindList(BaseModel):
    items: list[KindRow]


class ChoiceRow(BaseModel):
    value: str
    zh: str
    en: str


class FieldRow(BaseModel):
    """A field that the user may read; ``from_room`` names the room that adds it to another's kind."""

    key: str
    zh: str
    en: str
    type: str
    operators: list[str]
    choices: list[ChoiceRow] | None
    filter: bool
    sort: bool
    column: bool
    from_room: str | None


Fields = list[FieldRow]


class KindDetail(KindRow):
    """A kind with what the user may filter, sort and show; sorts are keys, ``-`` before one for the greatest first."""

    default_sort: str
    default_columns: Keys
    sorts: Keys
    fields: Fields


class ExplainQuery(BaseModel):
    """Why the record of this number is in the list of this filter, or is not."""

    model_config = ConfigDict(extra="forbid")

    id: int = Field(ge=1, le=BIGGEST_ID)
    filter: str | None = Field(default=None, max_length=TEXT)

    def trail(self) -> dict[str, Any]:
        return asked_of(self.filter)


class ExplainedLeaf(BaseModel):
    """One condition of the filter; ``path`` is its place, like ``and.0``."""

    path: str
    field: str
    op: str
    value: Any
    holds: bool


class Explanation(BaseModel):
    """Whether the user sees the record, and which conditions it meets; none are told of one that is not seen."""

    visible: bool
    matches: bool
    leaves: list[ExplainedLeaf]
