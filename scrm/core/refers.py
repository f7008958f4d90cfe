"""Which columns point at a customer or a member, said once by the room that has them.

Merging two customers, erasing one, and handing over what a member had are to be driven by these alone. A column that
looks like such a reference and is declared by no room fails a test.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


class Subject(StrEnum):
    CUSTOMER = "customer"
    MEMBER = "member"


class Fate(StrEnum):
    """What becomes of a row when two customers become one, when one is erased, or when a member leaves."""

    MOVE = "move"  # it points at the one that stays
    HAND_OVER = "hand_over"  # it points at the successor
    KEEP = "keep"  # it tells what was, and stays as it is
    SHRED = "shred"  # what is personal in it is emptied
    DELETE = "delete"


@dataclass(frozen=True)
class Ref:
    """One column; ``merge`` and ``erase`` are said for customers, ``leave`` for members.

    ``where``: rows of the table that point at somebody, if others of it do not.
    """

    subject: Subject
    column: InstrumentedAttribute[Any]
    merge: Fate | None = None
    erase: Fate | None = None
    leave: Fate | None = None
    where: ColumnElement[bool] | None = None

    def __post_init__(self) -> None:
        customer = self.subject is Subject.CUSTOMER
        if customer != (self.merge is not None and self.erase is not None) or customer == (self.leave is not None):
            raise ValueError(f"{self.name}: a customer is merged and erased, a member leaves")

    @property
    def name(self) -> str:
        return f"{self.column.class_.__tablename__}.{self.column.key}"


def customer(column: Any, *, merge: Fate, erase: Fate, where: ColumnElement[bool] | None = None) -> Ref:
    return Ref(Subject.CUSTOMER, column, merge=merge, erase=erase, where=where)


def member(column: Any, *, leave: Fate) -> Ref:
    return Ref(Subject.MEMBER, column, leave=leave)
