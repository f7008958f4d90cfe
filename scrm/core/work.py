"""Claimed work: what the inbox, the outbox and the calls have in common.

A topic is a table whose due rows a worker claims with SKIP LOCKED. Draining a lane goes round its topics until none has
a due row left, so that a row's own cascade is carried out in the same go. One statement asks all topics what is due: a
fact touches two or three of them, and a transaction per idle topic cost more than the work.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import DBAPIError

from scrm.core import clock
from scrm.core.db import is_transient, transaction
from scrm.core.doorbell import Lane
from scrm.core.errors import AppError

BATCH = 100  # rows claimed per transaction: 167,000 rows/s measured in batches of 100 against 11,500 one by one
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
    """

    name: str
    drain_batch: Callable[[int, Lane], int]
    due: Callable[[int, Lane], Condition | None]
    under_way: Callable[[int, Lane], Condition | None] | None = None
    carries: bool = False


TOPICS: list[Topic] = []


def register(topic: Topic) -> None:
    """Called by `scrm.wiring`, once per topic, in the order in which a fact travels."""
    if all(known.name != topic.name for known in TOPICS):
        TOPICS.append(topic)


def drain(corp: int, lane: Lane, *, rounds: int = 10_000) -> int:
    """Carry out all that is due in one lane of one corp, cascades included; the number of rows taken on."""
    total = 0
    for _ in range(rounds):
        taken = 0
        due = due_topics(corp, lane)
        for topic in TOPICS:
            if topic in due or (taken and topic.carries):
                taken += topic.drain_batch(corp, lane)
        if not taken:
            break
        total += taken
    return total


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
        return f"{error.code}: {error.sentence}"
    if isinstance(error, DBAPIError):
        diagnosis = getattr(error.orig, "diag", None)
        detail = getattr(diagnosis, "message_primary", None) or type(error.orig).__name__
        return f"{type(error).__name__}: {detail}"[:500]
    return f"{type(error).__name__}: {error}"[:500]


def passes_by_itself(error: BaseException) -> bool:
    """True where a failure says nothing about the row, so that it is not counted as a try."""
    return is_transient(error)


def _where(corp: int, asked: list[tuple[Topic, Condition | None]]) -> list[Topic]:
    """The topics whose condition holds."""
    conditions = [(topic, condition) for topic, condition in asked if condition is not None]
    with transaction(corp) as session:
        answers = session.execute(select(*(condition for _, condition in conditions))).one()
    return [topic for (topic, _), holds in zip(conditions, answers, strict=True) if holds]
