"""The outbox: one row per listener, written in the transaction in which the fact became true.

``publish`` inserts. A listener runs in the transaction that marks its row done, so its effect happens exactly when the
row is done; a poison row is parked alone.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Index, Text, func, insert, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock
from scrm.core.db import CorpBase, moment
from scrm.core.doorbell import AHEAD, Lane, ring_after_commit
from scrm.core.event import Event, from_json, to_json
from scrm.core.queue.in_transaction import InTransaction
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.queue.rows import Queued, RowState, revive
from scrm.core.storable import cleaned

Handler = Callable[[Session, Any], None]


class OutboxRow(Queued, CorpBase):
    """One event for one listener."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "lane", "due_at", postgresql_where=text("state = 'ready'")),
        Index("ix_outbox_parked", "id", postgresql_where=text("state = 'parked'")),
        Index("ix_outbox_done_at", "done_at", postgresql_where=text("state = 'done'")),
    )

    listener: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    subject: Mapped[str] = mapped_column(Text)
    lane: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = moment()
    done_at: Mapped[dt.datetime | None] = moment()


class Listeners:
    """Who hears what; `scrm.wiring` fills it."""

    def __init__(self) -> None:
        self._by_event: dict[type[Event], list[str]] = defaultdict(list)
        self._by_name: dict[str, tuple[type[Event], Handler]] = {}
        self._first: set[str] = set()

    def listen(self, event: type[Event], name: str, handler: Handler, *, first: bool = False) -> None:
        """Let ``handler`` hear ``event``; ``name`` is stored in rows, so it outlives renames of the function.

        What is hurried goes ahead of what merely came earlier for those alone who say ``first``.
        """
        if name in self._by_name:
            return
        self._by_name[name] = (event, handler)
        self._by_event[event].append(name)
        if first:
            self._first.add(name)

    def is_first(self, name: str) -> bool:
        return name in self._first

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


def _rows(event: Event, now: dt.datetime) -> list[dict[str, Any]]:
    row = {
        "event": type(event).__name__,
        "payload": to_json(event),
        "subject": cleaned(event.subject),
        "lane": event.lane.value,
        "state": RowState.READY.value,
        "created_at": now,
        "attempts": 0,
    }
    ahead = now - AHEAD if event.hurried else now
    return [
        row | {"listener": name, "due_at": ahead if listeners.is_first(name) else now}
        for name in listeners.names(type(event))
    ]


def _read(_session: Session, row: OutboxRow) -> tuple[Handler, Event]:
    kind, handler = listeners.get(row.listener)
    return handler, from_json(kind, row.payload)


def _hear(session: Session, heard: Sequence[tuple[Handler, Event]]) -> None:
    for handler, event in heard:
        handler(session, event)


def _mark(session: Session, rows: Sequence[OutboxRow]) -> None:
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_([row.id for row in rows]))
        .values(state=RowState.DONE.value, done_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def _replay(session: Session, row: OutboxRow) -> None:
    revive(row)
    ring_after_commit(session, Lane(row.lane))


# What is hurried is due before it was told, so that it goes ahead; it is late only from then on.
_SINCE = func.greatest(OutboxRow.due_at, OutboxRow.created_at)

QUEUE: InTransaction[OutboxRow, tuple[Handler, Event]] = InTransaction(
    name="outbox",
    model=OutboxRow,
    waiting=Waiting(model=OutboxRow, where=OutboxRow.state == RowState.READY, due_at=_SINCE),
    parked=Parked(
        kind="event",
        model=OutboxRow,
        where=OutboxRow.state == RowState.PARKED,
        what=OutboxRow.listener,
        subject=OutboxRow.subject,
        since=OutboxRow.created_at,
        replay=_replay,
    ),
    read=_read,
    act=_hear,
    mark=_mark,
    subject=lambda row: row.subject,
    urgent_batch=20,  # a hundred new customers' took two seconds, of the twenty that a welcome has
    carries=True,
)
