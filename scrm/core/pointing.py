"""What points at one customer or one member: counted by the references that rooms declare, and by nothing else.

A dry run of merging, erasing and handing over: what would move, and what would stay.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, Row, Select, String, false, func, inspect, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from scrm.core.db import PlatformBase, platform_tables
from scrm.core.refers import Ref, Subject


@dataclass(frozen=True, kw_only=True)
class Pointed:
    """Who is pointed at: by our number, and by WeCom's id where they have one."""

    subject: Subject
    number: int
    name: str | None


@dataclass(frozen=True)
class Count:
    """How many rows point by one column."""

    ref: Ref
    rows: int


def counted(session: Session, refs: Iterable[Ref], pointed: Pointed) -> list[Count]:
    """Each reference to such a subject with its rows, in the order of the rooms; the transaction is a corp's."""
    return [Count(ref, _rows(session, ref, pointed)) for ref in refs if ref.subject is pointed.subject]


def rows_of(session: Session, ref: Ref, pointed: Pointed) -> list[dict[str, Any]]:
    """The rows that point by one column, by their primary keys and in their order."""
    keys = inspect(ref.column.class_).primary_key
    query = select(*keys).order_by(*keys)
    return [dict(row._mapping) for row in _asked(session, ref, pointed, query)]


def _rows(session: Session, ref: Ref, pointed: Pointed) -> int:
    query = select(func.count()).select_from(ref.column.class_)
    return int(_asked(session, ref, pointed, query)[0][0])


def _asked(session: Session, ref: Ref, pointed: Pointed, query: Select[Any]) -> Sequence[Row[Any]]:
    table: Any = ref.column.class_
    query = query.where(_points(ref, pointed), *([ref.where] if ref.where is not None else []))
    if not issubclass(table, PlatformBase):
        return session.execute(query).all()
    with platform_tables(session) as corp:
        return session.execute(query.where(table.corp_no == corp)).all()


def _points(ref: Ref, pointed: Pointed) -> ColumnElement[bool]:
    column: Any = ref.column
    kind = column.type
    found: ColumnElement[bool] = false()
    if isinstance(kind, Integer | BigInteger):
        found = column == pointed.number
    elif isinstance(kind, ARRAY) and isinstance(kind.item_type, Integer | BigInteger):
        found = column.contains([pointed.number])
    elif isinstance(kind, JSONB) and pointed.subject is Subject.CUSTOMER:  # words about whom the row is of
        found = (column.class_.customer_id == pointed.number) & (func.jsonb_array_length(column) > 0)
    elif not isinstance(kind, ARRAY | JSONB | String):
        raise TypeError(f"{ref.name}: nobody knows how a {kind} points at somebody")
    elif pointed.name is not None and isinstance(kind, ARRAY | JSONB):
        found = column.contains([pointed.name])
    elif pointed.name is not None:
        # WeCom's userids are the same in any case; ids of customers are not.
        member = pointed.subject is Subject.MEMBER
        found = func.lower(column) == pointed.name.lower() if member else column == pointed.name
    return found
