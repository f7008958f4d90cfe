"""A list read to its end, slice after slice: for files and for work on many records, not for pages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_

from scrm.core.records.field import Asked, Column
from scrm.shared.records.catalogue import Known
from scrm.shared.records.compiler import condition
from scrm.shared.records.language import Node
from scrm.shared.records.pages import in_time, sorted_by


@dataclass(frozen=True)
class Slice:
    """Numbers of records in order, and the place of the last, from which the next slice goes on; JSON-ready."""

    numbers: Sequence[int]
    reached: list[Any] | None


def slice_of(
    asked: Asked, known: Known, tree: Node, sort: str | None, *, after: Sequence[Any] | None, most: int
) -> Slice:
    """The next ``most`` records that the reader sees and the filter asks for; raises as a page does."""
    column, descending = sorted_by(known, sort)
    key = known.kind.key
    keys: list[Column] = [key] if column is key else [column, key]
    query = _seen(asked, known, tree).with_only_columns(*keys)
    if after is not None:
        here, there = tuple_(*keys), tuple_(*map(_bound, keys, after))
        query = query.where(here < there if descending else here > there)
    order = (one.desc() if descending else one.asc() for one in keys)
    with in_time(asked.session):
        rows = asked.session.execute(query.order_by(None).order_by(*order).limit(most)).all()
    return Slice([row[-1] for row in rows], [_plain(value) for value in rows[-1]] if rows else None)


def how_many(asked: Asked, known: Known, tree: Node) -> int:
    """How many records there are in all, exactly; raises `ListTooSlow`."""
    with in_time(asked.session):
        query = _seen(asked, known, tree).with_only_columns(known.kind.key).order_by(None)
        return asked.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _seen(asked: Asked, known: Known, tree: Node) -> Select[Any]:
    return known.kind.visible(asked.actor).where(condition(asked, known, tree))


def _bound(column: Column, value: Any) -> Any:
    moment = column.type.python_type is dt.datetime
    return literal(dt.datetime.fromisoformat(value) if moment else value, column.type)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value
