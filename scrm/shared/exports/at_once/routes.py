"""A `Table` as an answer: UTF-8 with a byte order mark, what outsiders wrote made harmless, sent part by part.

A route gives back a `Table`; `get` registers it with its permission and says in the trail who took it.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from flask import Response, stream_with_context

from scrm.core.http import Api
from scrm.core.reading import Reads, Shown
from scrm.core.sheets import csv_head, csv_rows
from scrm.shared.exports.at_once.table import Table


class _Sheet(Response):
    """A table that is sent, and how many rows it has."""

    rows: int | None = None


def get(
    api: Api, path: str, *, permission: StrEnum, verb: str, subject: str, **options: Any
) -> Callable[[Callable[..., Table]], Callable[..., Response]]:
    """Register a function that gives a `Table`; ``verb`` and ``subject`` are what the trail says of whoever takes it.

    A function without a session begins transactions of its own while the table is sent.
    """

    def shown(arguments: Mapping[str, Any], answer: _Sheet) -> Shown:
        own = subject.format(**arguments)
        if answer.rows is None:
            return Shown(own, frozenset({own}))
        return Shown(own, frozenset({own}), answer.rows, {"rows": answer.rows})

    def register(function: Callable[..., Table]) -> Callable[..., Response]:
        @functools.wraps(function)
        def sent(**arguments: Any) -> Response:
            return _response(function(**arguments))

        reads = Reads(verb, subject, shown)
        return api.get(path, permission=permission, reads=reads, files=("text/csv",), **options)(sent)

    return register


def _response(table: Table) -> Response:
    def content() -> Iterator[bytes]:
        yield csv_head(table.heads)
        for part in table.parts:
            yield csv_rows(part)

    # One whose rows are known is there already, and is sent with its length.
    sent = b"".join(content()) if table.rows is not None else stream_with_context(content())
    response = _Sheet(sent, mimetype="text/csv")
    response.rows = table.rows
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
