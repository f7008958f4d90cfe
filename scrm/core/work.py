"""Claimed work: what the inbox, the outbox and the calls have in common.

A topic is a table whose due rows a worker claims with SKIP LOCKED. Draining a lane goes round its topics until none has
a due row left, so that a row's own cascade is carried out in the same go. One statement asks all topics what is due: a
fact touches two or three of them, and a transaction per idle topic cost more than the work.
"""

import datetime as dt
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import DBAPIError

from scrm.core import clock
from scrm.core.db import is_transient, transaction
from scrm.core.doorbell import Lane
from scrm.core.errors import AppError
from scrm.core.storable import cleaned

log = structlog.get_logger(__name__)

BATCH = 100  # rows claimed per transaction: 167,000 rows/s measured in batches of 100 against 11,500 one by one
TURN_SECONDS = 1.0  # of a corp in a lane, then others have theirs
_PATIENCE = 0.15  # for the next answer of WeCom's: most come sooner
ATTEMPTS = 8  # tries before a row is parked: about four minutes of back-off in all


Condition = ColumnElement[bool]


class RowState(StrEnum):
    READY = "ready"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True)
class Topic:
    """One table of claimable work; ``drain_batch`` returns how many rows it took on, 0 when nothing is due.

    ``due`` is the condition that a row is due, as a column of a SELECT; None in a lane that is not the topic's.
    ``under_way`` is the condition that somebody has rows in hand that ``due`` does not show. ``carries`` says that
    others leave it rows: it is looked at after them in the same round, so that a fact goes as far as it can.

    Where ``drain_batch`` does not wait for what it has begun, ``landed`` waits for one of it, some seconds at most, and
    ``all_landed`` for all that this thread began; both tell whether something was waited for and has ended.
    """

    name: str
    drain_batch: Callable[[int, Lane], int]
    due: Callable[[int, Lane], Condition | None]
    under_way: Callable[[int, Lane], Condition | None] | None = None
    carries: bool = False
    landed: Callable[..., bool] | None = None
    all_landed: Callable[[int, Lane], bool] | None = None


TOPICS: list[Topic] = []


def register(topic: Topic) -> None:
    """Called by `scrm.wiring`, once per topic, in the order in which a fact travels."""
    if all(known.name != topic.name for known in TOPICS):
        TOPICS.append(topic)


def drain(corp: int, lane: Lane, *, rounds: int = 10_000) -> int:
    """Carry out all that is due in one lane of one corp, cascades included; the number of rows taken on."""
    total = 0
    for _ in range(rounds):
        taken = _round(corp, lane)
        landed = [topic.all_landed(corp, lane) for topic in TOPICS if topic.all_landed is not None]
        if not taken and not any(landed):
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
        if not taken and not _landed(corp, lane, min(left, _PATIENCE)):
            return False


def _landed(corp: int, lane: Lane, seconds: float) -> bool:
    return any(topic.landed(corp, lane, seconds=seconds) for topic in TOPICS if topic.landed is not None)


def _round(corp: int, lane: Lane) -> int:
    taken = 0
    due = due_topics(corp, lane)
    for topic in TOPICS:
        if topic in due or (taken and topic.carries):
            taken += _batch(topic, corp, lane)
    return taken


def _batch(topic: Topic, corp: int, lane: Lane) -> int:
    """One batch of one topic; one that raises stops alone, and the others of its lane go on."""
    try:
        return topic.drain_batch(corp, lane)
    except Exception as error:
        if passes_by_itself(error):
            raise
        log.error("work.topic_failed", topic=topic.name, corp=corp, lane=lane.value, exc_info=error)
        return 0


def due_topics(corp: int, lane: Lane) -> list[Topic]:
    """Those with a due row, in the order in which a fact travels; rows that others have claimed count too."""
    return _where(corp, [(topic, topic.due(corp, lane)) for topic in TOPICS])


def is_under_way(corp: int, lane: Lane) -> bool:
    """True while something is due, or in the hands of a worker whose next step would be due."""
    in_hand = [(topic, topic.under_way(corp, lane)) for topic in TOPICS if topic.under_way]
    return bool(_where(corp, [(topic, topic.due(corp, lane)) for topic in TOPICS] + in_hand))


def next_try(attempts: int) -> dt.datetime:
    """When a row that has failed ``attempts`` times is due again: 1, 2, 4 … 120 s, with jitter."""
    seconds = min(2.0 ** (attempts - 1), 120.0)
    return clock.now() + dt.timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # nosec B311


def reason(error: BaseException) -> str:
    """Why a row failed, in one line without row values: it stands on a page and in the log."""
    if isinstance(error, AppError):
        said = f"{error.code}: {error.sentence}"
    elif isinstance(error, DBAPIError):
        diagnosis = getattr(error.orig, "diag", None)
        said = f"{type(error).__name__}: {getattr(diagnosis, 'message_primary', None) or type(error.orig).__name__}"
    else:
        said = f"{type(error).__name__}: {error}"
    # Storable, since whatever broke the row may stand in the sentence: keeping a failure cannot fail.
    kept: str = cleaned(said[:500])
    return kept


def passes_by_itself(error: BaseException) -> bool:
    """True where a failure says nothing about the row, so that it is not counted as a try."""
    return is_transient(error)


def _where(corp: int, asked: list[tuple[Topic, Condition | None]]) -> list[Topic]:
    """The topics whose condition holds."""
    conditions = [(topic, condition) for topic, condition in asked if condition is not None]
    with transaction(corp) as session:
        answers = session.execute(select(*(condition for _, condition in conditions))).one()
    return [topic for (topic, _), holds in zip(conditions, answers, strict=True) if holds]
