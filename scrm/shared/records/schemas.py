"""Kinds over HTTP."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from scrm.core.db import BIGGEST_ID
from scrm.shared.records.language import TEXT
from scrm.shared.records.models import ViewScope
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
    """A kind with what the user may filter, sort and show; sorts are keys, ``-`` before one for the greatest first.

    ``export``: whether the user takes its list as a file."""

    default_sort: str
    default_columns: Keys
    export: bool
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


class ViewProblem(BaseModel):
    """What of a view does not hold for the reader; ``path`` is its place in the filter, or ``sort`` or ``columns``."""

    path: str
    code: str
    zh: str
    en: str


class ViewBody(BaseModel):
    """How a list is to be shown; ``sort`` none is the kind's own, no ``columns`` are those of the kind."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(min_length=1, max_length=64)
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    scope: ViewScope = ViewScope.OWN
    pinned: bool = False
    filter: dict[str, Any] = {}
    sort: str | None = Field(default=None, max_length=65)
    columns: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=60)] = []
    density: str = Field(default="standard", pattern="^[a-z]{1,20}$")


class ViewChange(ViewBody):
    """The whole view anew; ``version`` is that of the view as it was seen."""

    version: int = Field(ge=1, le=2**31 - 1)


class ViewRow(ViewBody):
    """A saved view; what the reader may not read, or what is gone, is marked in ``problems`` and blank in the filter.

    ``mine``: the reader made it.
    """

    model_config = ConfigDict(from_attributes=True)

    id: int
    mine: bool
    problems: list[ViewProblem]
    version: int


class ViewList(BaseModel):
    """Pinned ones first, then the oldest."""

    items: list[ViewRow]


class ViewQuery(BaseModel):
    """Of one kind, or of all that the user may read."""

    model_config = ConfigDict(extra="forbid")

    kind: str | None = Field(default=None, max_length=64)
