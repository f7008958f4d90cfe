"""The outbox: an effect exactly when its row is done, whatever dies, waits or fails in between."""

import datetime as dt
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scrm.core import audit, clock, outbox
from scrm.core.audit import AuditEvent, System
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.event import Event
from scrm.core.outbox import OutboxRow, listeners
from scrm.core.queue import turns
from scrm.core.queue.rows import ATTEMPTS, BATCH
from tests.support.database import asked, throw_out
from tests.support.moved_clock import later


@dataclass(frozen=True, kw_only=True)
class Knocked(Event):
    """Somebody knocked at a door."""

    door: str
    number: int = 0
    who: str

    @property
    def subject(self) -> str:
        return f"door:{self.door}"


_hearers: dict[str, Callable[[Session, Knocked], None]] = {}


def _hear(session: Session, event: Knocked) -> None:
    _hearers.get(event.who, _open)(session, event)


def _open(session: Session, event: Knocked) -> None:
    audit.record(session, System.COMMAND_LINE, "door.opened", f"{event.who}:{event.number}")


def _open_and_die(session: Session, event: Knocked) -> None:
    _open(session, event)
    session.flush()
    os.kill(os.getpid(), signal.SIGKILL)


listeners.listen(Knocked, "tests.hear", _hear)


@dataclass(frozen=True, kw_only=True)
class Rang(Knocked):
    """Somebody rang, and does not wait long."""

    @property
    def hurried(self) -> bool:
        return True


_order: list[str] = []
listeners.listen(Rang, "tests.enter", lambda _session, _event: _order.append("enter"))
listeners.listen(Rang, "tests.greet", lambda _session, _event: _order.append("greet"), first=True)


def knock(corp: int, *events: Knocked) -> None:
    with transaction(corp) as session:
        for event in events:
            outbox.publish(session, event)


def opened(corp: int, who: str) -> Counter[str]:
    with transaction(corp) as session:
        return Counter(session.scalars(select(AuditEvent.subject).where(AuditEvent.subject.startswith(f"{who}:"))))


def rows(corp: int, who: str) -> list[OutboxRow]:
    with transaction(corp) as session:
        query = select(OutboxRow).where(OutboxRow.payload["who"].astext == who).order_by(OutboxRow.id)
        return list(session.scalars(query))


def test_rolled_back_fact_is_never_told(bare: int) -> None:
    with pytest.raises(KeyError), transaction(bare) as session:
        outbox.publish(session, Knocked(door="1", who="nobody"))
        raise KeyError
    assert rows(bare, "nobody") == []


def test_listener_hears_once_and_the_row_is_done(bare: int) -> None:
    knock(bare, *(Knocked(door="1", number=number, who="postman") for number in range(250)))
    assert turns.drain(bare, Lane.DEFAULT) == 250
    assert turns.drain(bare, Lane.DEFAULT) == 0
    assert opened(bare, "postman") == Counter({f"postman:{number}": 1 for number in range(250)})
    assert {row.state for row in rows(bare, "postman")} == {"done"}


def test_who_is_hurried_is_greeted_ahead_of_all_that_merely_came_earlier(bare: int) -> None:
    _order.clear()
    knock(bare, *(Rang(door=str(number), number=number, who="guest") for number in range(BATCH)))
    while turns.drain(bare, Lane.DEFAULT):
        pass
    assert _order == ["greet"] * BATCH + ["enter"] * BATCH
    assert {row.state for row in rows(bare, "guest")} == {"done"}


def test_poison_row_is_parked_alone_with_its_reason(bare: int) -> None:
    def refuse(session: Session, event: Knocked) -> None:
        _open(session, event)
        if event.number == 3:
            raise ValueError("门锁坏了")

    _hearers["poisoner"] = refuse
    knock(bare, *(Knocked(door="1", number=number, who="poisoner") for number in range(6)))
    waits = []
    for attempt in range(1, ATTEMPTS + 1):
        before = clock.now()
        with later(600.0 * (attempt - 1)):
            moved = clock.now() - before
            turns.drain(bare, Lane.DEFAULT)
        (poison,) = (row for row in rows(bare, "poisoner") if row.payload["number"] == 3)
        assert poison.attempts == attempt
        waits.append((poison.due_at - before - moved).total_seconds())
    assert poison.state == "parked" and poison.reason is not None
    assert re.fullmatch(r"ValueError at scrm/core/outbox.py:\d+ in _hear", poison.reason), "no words of the row"
    assert {row.state for row in rows(bare, "poisoner") if row is not poison and row.id != poison.id} == {"done"}
    assert opened(bare, "poisoner") == Counter({f"poisoner:{number}": 1 for number in (0, 1, 2, 4, 5)})
    for attempt, wait in enumerate(waits):
        nominal = min(2.0**attempt, 120)
        assert nominal * 0.7 <= wait <= nominal * 1.3 + 2


def test_failure_that_passes_by_itself_is_not_held_against_the_row(bare: int) -> None:
    def interrupted(session: Session, event: Knocked) -> None:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$"))

    _hearers["unlucky"] = interrupted
    knock(bare, Knocked(door="1", who="unlucky"))
    for attempt in range(ATTEMPTS + 2):
        with later(600.0 * attempt):
            turns.drain(bare, Lane.DEFAULT)
    (row,) = rows(bare, "unlucky")
    assert (row.state, row.attempts) == ("ready", 0)
    _hearers["unlucky"] = _open
    with later(9_000):
        turns.drain(bare, Lane.DEFAULT)
    assert opened(bare, "unlucky") == {"unlucky:0": 1}


def test_two_drainers_on_shuffled_subjects_neither_deadlock_nor_double(bare: int) -> None:
    order: dict[str, list[int]] = {}

    def slow(session: Session, event: Knocked) -> None:
        _open(session, event)
        order.setdefault(event.door, []).append(event.number)
        time.sleep(0.001)

    _hearers["crowd"] = slow
    dice = random.Random(11)
    events = [Knocked(door=str(dice.randrange(25)), number=number, who="crowd") for number in range(300)]
    for start in range(0, 300, 25):
        knock(bare, *events[start : start + 25])
    drainers = [threading.Thread(target=turns.drain, args=(bare, Lane.DEFAULT)) for _ in range(3)]
    began = dt.datetime.now(dt.UTC)
    for drainer in drainers:
        drainer.start()
    for drainer in drainers:
        drainer.join(60)
    assert (dt.datetime.now(dt.UTC) - began).total_seconds() < 30
    assert opened(bare, "crowd") == Counter({f"crowd:{number}": 1 for number in range(300)})
    assert {(row.state, row.attempts, row.reason) for row in rows(bare, "crowd")} == {("done", 0, None)}


def test_worker_killed_between_effect_and_done_leaves_neither(bare: int) -> None:
    knock(bare, *(Knocked(door="1", number=number, who="victim") for number in range(5)))
    code = (
        "from tests.core import test_outbox as it; from scrm.core.queue import registry, turns;"
        "from scrm.core.doorbell import Lane;"
        "from scrm.core import outbox; registry.register(outbox.QUEUE);"
        f"it._hearers['victim'] = it._open_and_die; turns.drain({bare}, Lane.DEFAULT)"
    )
    killed = subprocess.run([sys.executable, "-c", code], timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert opened(bare, "victim") == {}
    assert {row.state for row in rows(bare, "victim")} == {"ready"}
    turns.drain(bare, Lane.DEFAULT)
    assert opened(bare, "victim") == Counter({f"victim:{number}": 1 for number in range(5)})


def test_connection_lost_mid_batch_rolls_back_the_batch(bare: int) -> None:
    def cut(session: Session, event: Knocked) -> None:
        _open(session, event)
        if event.number == 2:
            throw_out()
            session.execute(text("SELECT 1"))

    _hearers["cut"] = cut
    knock(bare, *(Knocked(door="1", number=number, who="cut") for number in range(4)))
    with asked():
        with pytest.raises(OperationalError):
            turns.drain(bare, Lane.DEFAULT)
        assert opened(bare, "cut") == {}
        _hearers["cut"] = _open
        turns.drain(bare, Lane.DEFAULT)
    assert opened(bare, "cut").total() == 4


def test_every_listener_has_a_row_of_its_own(bare: int) -> None:
    with transaction(bare) as session:
        before = session.scalar(select(func.count()).select_from(OutboxRow))
    knock(bare, Knocked(door="1", who="visitor"))
    with transaction(bare) as session:
        after = session.scalar(select(func.count()).select_from(OutboxRow))
    assert (after or 0) - (before or 0) == len(listeners.names(Knocked)) == 1
    turns.drain(bare, Lane.DEFAULT)
