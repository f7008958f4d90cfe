"""What is due is asked by statements that are made once: none holds the moment at which it was made."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import BindParameter, DateTime, literal
from sqlalchemy.sql import visitors

from scrm import wiring
from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.core.queue.leased import LeaseActSettle
from scrm.core.queue.registry import Queue
from scrm.core.queue.rows import NOW, Condition


def _held(condition: Condition) -> Iterator[BindParameter[Any]]:
    """The moments that a condition brings along."""
    for part in visitors.iterate(condition):
        if isinstance(part, BindParameter) and isinstance(part.value, dt.datetime):
            yield part


@pytest.mark.parametrize("queue", wiring.QUEUES, ids=lambda queue: queue.name)
def test_no_queue_asks_for_a_moment_that_has_passed(queue: Queue) -> None:
    rows = queue._due if isinstance(queue, LeaseActSettle) else None  # of corps that it does not serve it asks nothing
    asked = [condition for lane in Lane for condition in (rows(lane) if rows else (queue.due(1, lane),))]
    conditions = [condition for condition in asked if condition is not None]
    assert conditions
    assert [list(_held(condition)) for condition in conditions if list(_held(condition))] == []


def test_a_moment_that_has_passed_is_found_and_the_present_is_none() -> None:
    then = literal(clock.now(), DateTime(timezone=True))
    assert len(list(_held(then <= NOW))) == 1
    assert list(_held(NOW <= NOW)) == []


def test_the_present_moves_on() -> None:
    (first, second) = (NOW.compile().params["now_1"] for _ in range(2))
    assert first < second
