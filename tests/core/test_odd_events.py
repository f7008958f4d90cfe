"""Events whose fields hold what nobody would say: told, kept, read back, and heard or parked alone."""

import json
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from scrm.core import outbox
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.event import Event, from_json, to_json
from scrm.core.outbox import OutboxRow, listeners
from scrm.core.queue.rows import ATTEMPTS
from scrm.core.storable import cleaned, storable
from tests.support import odd


def kinds(of: type[Event] = Event) -> list[type[Event]]:
    """Every event of the house that can be told."""
    inner = [kind for child in of.__subclasses__() for kind in kinds(child)]
    own = [of] if of.__module__.startswith("scrm.") and not of.__subclasses__() else []
    return sorted([*own, *inner], key=lambda kind: kind.__name__)


def told(kind: type[Event], values: dict[str, Any]) -> Event:
    """The event with these values as they are, of whatever type."""
    event = kind.__new__(kind)
    for name, value in values.items():
        object.__setattr__(event, name, value)
    return event


def said(kind: type[Event]) -> Iterator[tuple[odd.Path, Any, Event]]:
    """The way to each field, the odd value there, and the event with it."""
    sample = from_json(kind, odd.sample_of(kind))
    values = {name: getattr(sample, name) for name in odd.sample_of(kind)}
    for path, value, changed in odd.variants(values):
        yield path, value, told(kind, changed)


def fits(kind: type[Event], path: odd.Path, value: Any) -> bool:
    """The value is of the field's type: a text for a text, a number for a number."""
    known = odd.at(odd.sample_of(kind), path)
    return isinstance(value, str | int) and type(value) is type(known) and known != odd.MOMENT


@pytest.fixture(autouse=True)
def _no_advice() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic's, over a value of another type
        yield


def test_every_event_is_storable_and_read_back_as_it_was_told(bare: int) -> None:
    assert len(kinds()) > 15
    for kind in kinds():
        for path, value, event in said(kind):
            payload = to_json(event)
            json.dumps(payload, allow_nan=False)
            assert storable(payload), (kind, path, value)
            if fits(kind, path, value) and cleaned(value) is not None:
                assert odd.at(payload, path) == cleaned(value)
                assert to_json(from_json(kind, payload)) == payload


def test_every_odd_event_can_be_published(bare: int) -> None:
    for kind in kinds():
        events = [event for path, value, event in said(kind) if fits(kind, path, value)]
        with transaction(bare) as session:
            before = len(session.scalars(select(OutboxRow.id)).all())
            outbox.publish(session, *events)
            session.flush()
            rows = len(session.scalars(select(OutboxRow.id)).all()) - before
            assert rows == len(events) * len(listeners.names(kind))
            session.rollback()


def test_odd_events_are_heard_or_parked_alone(bare: int) -> None:
    """All of a kind lie in the outbox together, each with one try left."""
    ends: Counter[str] = Counter()
    for kind in kinds():
        ordinary = odd.sample_of(kind)
        payloads = {json.dumps(to_json(event)) for _, value, event in said(kind) if value in odd.FEW}
        with transaction(bare) as session:
            outbox.publish(session, from_json(kind, ordinary))
            session.flush()
            rows = session.scalars(select(OutboxRow).where(OutboxRow.state == "ready")).all()
            names = [column.key for column in OutboxRow.__table__.c if column.key not in {"id", "payload", "attempts"}]
            same = [{name: getattr(row, name) for name in names} for row in rows]
            odd_rows = [{**row, "payload": json.loads(payload), "attempts": ATTEMPTS - 1}
                        for row in same for payload in sorted(payloads)]  # fmt: skip
            if odd_rows:
                session.execute(insert(OutboxRow), odd_rows)
        for lane in Lane:
            while outbox.QUEUE.drain_batch(bare, lane):
                pass
        with transaction(bare) as session:
            last = session.scalars(select(OutboxRow.state).where(OutboxRow.attempts >= ATTEMPTS - 1)).all()
            assert len(last) == len(odd_rows) and set(last) <= {"done", "parked"}
            ends.update(last)
            session.execute(delete(OutboxRow))
    assert ends["done"] > 200 and ends["parked"] > 100, ends
