"""The outbox: one row per listener, written in the transaction in which the fact became true.

``publish`` inserts, ``drain_batch`` claims. A listener runs in its own SAVEPOINT, in the transaction that marks its row
done, so its effect happens exactly when the row is done; a poison row is parked alone.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from sqlalchemy import Index, Text, exists, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock, in_hand, work
from scrm.core.db import CorpBase, identity_key, lock_subject, moment, subject_key, transaction
from scrm.core.doorbell import AHEAD, Lane, ring_after_commit
from scrm.core.event import Event, from_json, to_json
from scrm.core.storable import cleaned
from scrm.core.work import RowState

log = structlog.get_logger(__name__)

_QUEUE = "outbox"

Handler = Callable[[Session, Any], None]


class OutboxRow(CorpBase):
    """One event for one listener."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "lane", "due_at", postgresql_where=text("state = 'ready'")),
        Index("ix_outbox_parked", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_outbox_done_at", "done_at", postgresql_where=text("state = 'done'")),
    )

    id: Mapped[int] = identity_key()
    listener: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    subject: Mapped[str] = mapped_column(Text)
    lane: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[dt.datetime] = moment()
    attempts: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = moment()
    done_at: Mapped[dt.datetime | None] = moment()


class Listeners:
    """Who hears what; `scrm.wiring` fills it."""

    def __init__(self) -> None:
        self._by_event: dict[type[Event], list[str]] = defaultdict(list)
        self._by_name: dict[str, tuple[type[Event], Handler]] = {}

    def listen(self, event: type[Event], name: str, handler: Handler) -> None:
        """Let ``handler`` hear ``event``; ``name`` is stored in rows, so it outlives renames of the function."""
        if name in self._by_name:
            return
        self._by_name[name] = (event, handler)
        self._by_event[event].append(name)

    def names(self, event: type[Event]) -> list[str]:
        return self._by_event[event]

    def get(self, name: str) -> tuple[type[Event], Handler]:
        return self._by_name[name]

    def table(self) -> dict[str, list[str]]:
        """Event name to listener names, for the documentation and the test that compares it."""
        return {event.__name__: list(names) for event, names in self._by_event.items() if names}


listeners = Listeners()


def publish(session: Session, *events: Event) -> None:
    """Tell every listener of these events, from the caller's commit on; nobody listening is no error."""
    now = clock.now()
    rows = [row for event in events for row in _rows(event, now)]
    if not rows:
        return
    session.execute(insert(OutboxRow), rows)
    for lane in {row["lane"] for row in rows}:
        ring_after_commit(session, Lane(lane))


def drain_batch(corp: int, lane: Lane) -> int:
    """Claim up to 100 due rows and run their listeners in one transaction; the number of rows claimed."""
    with transaction(corp) as session:
        rows = session.scalars(
            select(OutboxRow)
            .where(*_due(lane))
            .order_by(OutboxRow.due_at, OutboxRow.id)
            .limit(work.BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        if not rows:
            return 0
        with in_hand.taken_up(session, _QUEUE, [row.id for row in rows]) as hand:
            if hand.worn:
                _park(rows, hand.rows)
            else:
                _run_all(session, corp, [row for row in rows if row.id in hand.rows])
        return len(hand.rows)


def _run_all(session: Session, corp: int, rows: Sequence[OutboxRow]) -> None:
    # Sorted by lock key: two workers with unsorted batches deadlock on each other's subjects.
    keyed = sorted(((subject_key(corp, row.subject), row.id, row) for row in rows), key=lambda item: item[:2])
    held: int | None = None
    done = []
    for key, _, row in keyed:
        if key != held:
            lock_subject(session, row.subject)
            held = key
        if _run(session, row):
            done.append(row.id)
    if done:
        session.execute(
            update(OutboxRow).where(OutboxRow.id.in_(done)).values(state=RowState.DONE.value, done_at=clock.now()),
            execution_options={"synchronize_session": False},
        )


def _park(rows: Sequence[OutboxRow], which: frozenset[int]) -> None:
    for row in rows:
        if row.id in which:
            row.state, row.reason = RowState.PARKED, in_hand.WORN
            log.error("outbox.row_parked", row=row.id, listener=row.listener, reason=row.reason)


TOPIC = work.Topic(
    name="outbox", drain_batch=drain_batch, due=lambda _corp, lane: exists().where(*_due(lane)), carries=True
)


def _due(lane: Lane) -> tuple[work.Condition, ...]:
    return (OutboxRow.state == RowState.READY, OutboxRow.lane == lane.value, OutboxRow.due_at <= clock.now())


def _rows(event: Event, now: dt.datetime) -> list[dict[str, Any]]:
    row = {
        "event": type(event).__name__,
        "payload": to_json(event),
        "subject": cleaned(event.subject),
        "lane": event.lane.value,
        "state": RowState.READY.value,
        "due_at": now - AHEAD if event.hurried else now,
        "created_at": now,
        "attempts": 0,
    }
    return [row | {"listener": name} for name in listeners.names(type(event))]


def _run(session: Session, row: OutboxRow) -> bool:
    """Whether the listener took the event; else the row says when it is tried again."""
    try:
        with session.begin_nested():
            kind, handler = listeners.get(row.listener)
            handler(session, from_json(kind, row.payload))
            session.flush()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        _failed(row, error)
    except Exception as error:  # a poison row must not take its batch along
        _failed(row, error)
    else:
        return True
    return False


def _failed(row: OutboxRow, error: Exception) -> None:
    if not work.passes_by_itself(error):
        row.attempts += 1
    row.reason = work.reason(error)
    row.due_at = work.next_try(max(row.attempts, 1))
    parked = row.attempts >= work.ATTEMPTS
    if parked:
        row.state = RowState.PARKED
    log.warning(
        "outbox.row_parked" if parked else "outbox.row_failed",
        row=row.id,
        listener=row.listener,
        attempts=row.attempts,
        error=type(error).__name__,
    )
