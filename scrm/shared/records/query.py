"""What a list takes whose rows are of a record kind."""

from typing import Any

from pydantic import BaseModel, Field

from scrm.core.paging import PageQuery
from scrm.shared.records.language import TEXT, leaves, parse

_FILTER = Field(default=None, max_length=TEXT)


class RecordQuery(PageQuery):
    """``filter`` in JSON, AND-ed to what the list takes beside; ``sort`` a field's key, with ``-`` the greatest first.

    ``columns``, keys with commas between: every item gets ``cells`` with just these.
    """

    filter: str | None = _FILTER
    sort: str | None = Field(default=None, max_length=65)
    columns: str | None = Field(default=None, max_length=4_000)

    def trail(self) -> dict[str, Any]:
        return asked_of(self.filter)


def asked_of(text: str | None) -> dict[str, Any]:
    """What the trail keeps of a filter: fields and operators; a value may be a name."""
    asked = [f"{leaf.field} {leaf.op}" for leaf in leaves(parse(text))]
    return {"filter": asked} if asked else {}


class Celled(BaseModel):
    """An item of such a list; ``cells`` only where ``columns`` were asked for."""

    cells: dict[str, Any] | None = Field(default=None, exclude_if=lambda cells: cells is None)
