"""A table as rooms give it: what stands in it, and no word of how it is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Row = Sequence[object]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of any length: ``parts`` are asked for while it is sent, each some hundreds of rows.

    ``rows``: how many there are, where that is known before.
    """

    name: str  # of the file
    heads: Sequence[str]
    parts: Iterable[Iterable[Row]]
    rows: int | None = None
