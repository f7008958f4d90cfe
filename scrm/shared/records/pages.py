"""A page of records of a kind: filtered, sorted by one field and the number, with the columns that were asked for."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scrm.core.db import database
from scrm.core.paging import Rows, fetch_rows
from scrm.core.records.field import Asked, Column
from scrm.identity.actor import Actor
from scrm.shared.records import catalogue
from scrm.shared.records.catalogue import Known
from scrm.shared.records.cells import cells_of, chosen
from scrm.shared.records.compiler import condition
from scrm.shared.records.errors import ListTooSlow, SortUnknown
from scrm.shared.records.language import parse
from scrm.shared.records.query import RecordQuery

T = TypeVar("T")
Cells = Mapping[int, dict[str, Any]]
_LONGEST = 5_000  # milliseconds of one statement


def page(session: Session, actor: Actor, kind: str, asked: RecordQuery, query: Select[T]) -> tuple[Rows[T], Cells]:
    """A page of ``query``, which is what the list shows the actor without filter; cells by the record's number.

    Raises what a wrong filter, sort or column gets, and `ListTooSlow`.
    """
    known, reading = catalogue.of(kind, actor), Asked(session, actor)
    columns = chosen(known, filter(None, (asked.columns or "").split(",")))
    sort, descending = sorted_by(known, asked.sort)
    tree = parse(asked.filter)
    narrowed = query.where(condition(reading, known, tree)) if asked.filter else query
    with in_time(session):
        rows = fetch_rows(
            session,
            narrowed.add_columns(known.kind.key, sort),
            asked,
            keys=[known.kind.key] if sort is known.kind.key else [sort, known.kind.key],
            key_of=lambda row: [row[1]] if sort is known.kind.key else [_plain(row[2]), row[1]],
            make=lambda row: (row[1], row[0]),
            descending=descending,
        )
        cells = cells_of(reading, known, columns, [number for number, _ in rows.items]) if columns else {}
    return rows.map(lambda item: item[1]), cells


@contextmanager
def in_time(session: Session) -> Iterator[None]:
    """Statements of five seconds at most, as all of a request; raises `ListTooSlow`."""
    if not database.statement_timeout_ms:
        session.execute(text(f"SET LOCAL statement_timeout = {_LONGEST}"))
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.QueryCanceled):
            raise ListTooSlow() from error
        raise


def sorted_by(known: Known, asked: str | None) -> tuple[Column, bool]:
    """The column, and whether the greatest comes first; raises `SortUnknown`."""
    given = asked or known.kind.default_sort
    key = given.removeprefix("-")
    part = known.parts.get(key)
    if part is None or part.field.sort is None:
        raise SortUnknown(at="sort", field=key, known=known.sorts)
    return part.field.sort, given.startswith("-")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value
