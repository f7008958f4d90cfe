"""Going round the queues of a lane.

Draining goes on until no queue has a due row left, so that a row's own cascade is carried out in the same go. One
statement asks all queues what is due: a fact touches two or three, and a transaction per idle one cost more than the
work.
"""

import time
from functools import lru_cache
from typing import Any

import structlog
from sqlalchemy import Select, select

from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.flights import flights
from scrm.core.queue.glance import Glance
from scrm.core.queue.registry import QUEUES, Queue
from scrm.core.queue.rows import Condition, passes_by_itself

log = structlog.get_logger(__name__)

# Of a corp in a lane, then others have theirs. A sync is a chain of some forty turns, each of which waits for one of
# every busy neighbour's: with a second, a sync of half a second took fifty beside a big one.
TURN_SECONDS = 0.2
_PATIENCE = 0.15  # for the next answer of WeCom's: most come sooner


def drain(corp: int, lane: Lane, *, rounds: int = 10_000) -> int:
    """Carry out all that is due in one lane of one corp, cascades included; the number of rows taken on."""
    total = 0
    for _ in range(rounds):
        taken = _round(corp, lane)
        if not flights.wait_own(corp, lane) and not taken:
            break
        total += taken
    return total


def take_turn(corp: int, lane: Lane) -> bool:
    """Carry out what is due, for a turn's length at most; true if more is due, which whoever comes next goes on with.

    What is on its way is waited for only as long as answers usually take: a slow one holds up nobody else.
    """
    ends = time.monotonic() + TURN_SECONDS
    while True:
        taken = _round(corp, lane)
        left = ends - time.monotonic()
        if left <= 0:
            return bool(taken)
        if not taken and not flights.wait(corp, lane, seconds=min(left, _PATIENCE)):
            return False


def due_queues(corp: int, lane: Lane) -> list[Queue]:
    """Those with a due row, in the order in which a fact travels; rows that others have claimed count too."""
    return _where(corp, [(queue, queue.due(corp, lane)) for queue in QUEUES])


def due_everywhere(lane: Lane) -> Glance:
    """A look at which corps have due rows in this lane."""

    def asked(corp: int) -> dict[str, Condition]:
        conditions = {queue.name: queue.due(corp, lane) for queue in QUEUES}
        return {name: condition for name, condition in conditions.items() if condition is not None}

    return Glance(asked)


def is_under_way(corp: int, lane: Lane) -> bool:
    """True while something is due, or in the hands of a worker whose next step would be due."""
    asked = [(queue, condition(corp, lane)) for queue in QUEUES for condition in (queue.due, queue.under_way)]
    return bool(_where(corp, asked))


def _round(corp: int, lane: Lane) -> int:
    taken = 0
    due = due_queues(corp, lane)
    for queue in QUEUES:
        if queue in due or (taken and queue.carries):
            taken += _batch(queue, corp, lane)
    return taken


def _batch(queue: Queue, corp: int, lane: Lane) -> int:
    """One batch of one queue; one that raises stops alone, and the others of its lane go on."""
    try:
        return queue.drain_batch(corp, lane)
    except Exception as error:
        if passes_by_itself(error):
            raise
        log.error("queue.batch_failed", queue=queue.name, corp=corp, lane=lane.value, exc_info=error)
        return 0


def _where(corp: int, asked: list[tuple[Queue, Condition | None]]) -> list[Queue]:
    """The queues whose condition holds."""
    conditions = [(queue, condition) for queue, condition in asked if condition is not None]
    if not conditions:
        return []
    with transaction(corp) as session:
        answers = session.execute(question(tuple(condition for _, condition in conditions))).one()
    return [queue for (queue, _), holds in zip(conditions, answers, strict=True) if holds]


@lru_cache(maxsize=64)
def question(conditions: tuple[Condition, ...]) -> Select[*tuple[Any, ...]]:
    """One look at all of these, which are the same again and again: a corp is asked some dozen times in a sync."""
    return select(*conditions)
