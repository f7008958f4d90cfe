"""What a worker has in hand while its transaction is open: a row that outlives the worker.

A batch and its effects are one transaction, so a worker that dies over a row leaves no trace in it: the next one would
take the same batch up, and die, for ever. Hence the batch is noted in a transaction of its own before the work, and the
note goes with the batch's. Rows that stand in a note left behind are done one by one, each counted before it is tried.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy import BigInteger, ColumnElement, Text, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock
from scrm.core.db import CorpBase, current_corp, identity_key, moment, transaction

log = structlog.get_logger(__name__)

TRIES = 16  # workers that end over one row before it is parked: more than a bad day of restarts
TOLD = 3  # from then on it is an alarm


class InHand(CorpBase):
    """Rows of one queue that a worker has taken up and not yet laid down."""

    __tablename__ = "work_in_hand"

    id: Mapped[int] = identity_key()
    queue: Mapped[str] = mapped_column(Text)
    rows: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    taken_at: Mapped[dt.datetime] = moment()


@dataclass(frozen=True)
class Hand:
    """What to do now: ``rows`` by id; ``worn`` if so many workers died over the one row that it is to be parked."""

    rows: frozenset[int]
    worn: bool = False


WORN = f"{TRIES} workers ended over this row"


@contextmanager
def taken_up(session: Session, queue: str, rows: Sequence[int]) -> Iterator[Hand]:
    """For the length of the block these locked rows are in hand; all of them, or one that a worker has died over."""
    corp = current_corp(session)
    wanted = set(rows)
    notes = session.scalars(select(InHand.rows).where(InHand.queue == queue)).all()
    # Rows that another worker has in hand are locked, so what stands in a note and could be locked was left behind.
    left = Counter(row for note in notes for row in note if row in wanted)
    hand = Hand(frozenset(wanted))
    if left:
        one = min(left)
        hand = Hand(frozenset({one}), worn=left[one] >= TRIES)
        log.warning("work.left_behind", queue=queue, row=one, times=left[one], rows=len(left))
    note = _noted(corp, queue, hand.rows)
    try:
        yield hand
    except Exception:
        with suppress(SQLAlchemyError), transaction(corp) as own:  # it was the work that failed, not the worker
            own.execute(delete(InHand).where(InHand.id == note))
        raise
    session.execute(delete(InHand).where(InHand.id == note))
    if left:
        for row in hand.rows:
            rest = func.array_remove(InHand.rows, row)
            session.execute(update(InHand).where(InHand.queue == queue, InHand.rows.contains([row])).values(rows=rest))
        session.execute(delete(InHand).where(InHand.queue == queue, func.cardinality(InHand.rows) == 0))


def _noted(corp: int, queue: str, rows: frozenset[int]) -> int:
    values = {"queue": queue, "rows": sorted(rows), "taken_at": clock.now()}
    with transaction(corp) as own:
        return own.scalars(insert(InHand).values(values).returning(InHand.id)).one()


def left_behind() -> ColumnElement[bool]:
    """The condition that there are notes at all: of work under way, and of workers that died."""
    return exists(select(InHand.id))


def taken_again(session: Session) -> int:
    """How many rows have been left behind so often that a person should know."""
    each = select(InHand.queue, func.unnest(InHand.rows).label("row")).subquery()
    often = select(each.c.queue).group_by(each.c.queue, each.c.row).having(func.count() >= TOLD).subquery()
    return session.scalar(select(func.count()).select_from(often)) or 0
