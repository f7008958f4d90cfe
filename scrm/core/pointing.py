"""What points at one customer or one member: counted by the references that rooms declare, and by nothing else.

A dry run of merging, erasing and handing over: what would move, and what would stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, String, false, func, select
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


def _rows(session: Session, ref: Ref, pointed: Pointed) -> int:
    table: Any = ref.column.class_
    query = select(func.count()).select_from(table).where(_points(ref, pointed))
    if ref.where is not None:
        query = query.where(ref.where)
    if not issubclass(table, PlatformBase):
        return session.scalar(query) or 0
    with platform_tables(session) as corp:
        return session.scalar(query.where(table.corp_no == corp)) or 0


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
