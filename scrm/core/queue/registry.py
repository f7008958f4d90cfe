"""What is known of every queue: how it is drained, and how it is seen from outside."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import SQLColumnExpression
from sqlalchemy.orm import Session

from scrm.core.doorbell import Lane
from scrm.core.queue.rows import Condition

Column = SQLColumnExpression[Any]


@dataclass(frozen=True, kw_only=True)
class Parked:
    """Rows that wait for a person, as the page 异常任务 shows them under the words of ``kind``.

    The columns are expressions over ``model``; ``what`` is a technical name. State and attempts are those of the row,
    where it is one of work. ``replay`` gets the locked row; ``about`` says whom it is about where it is not the row
    itself.
    """

    kind: str
    model: type[Any]
    where: Condition
    what: Column
    subject: Column
    since: Column
    replay: Callable[[Session, Any], None]
    state: Column | None = None
    attempts: Column | None = None
    about: Callable[[Any], str] | None = None

    def columns(self) -> tuple[Column, ...]:
        """What, subject, state, attempts, reason, since."""
        state = self.model.state if self.state is None else self.state
        attempts = self.model.attempts if self.attempts is None else self.attempts
        return self.what, self.subject, state, attempts, self.model.reason, self.since


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Rows that wait for work, due or not yet; ``due_at`` is none where a row says no time: then it is always due."""

    model: type[Any]
    where: Condition
    due_at: Column | None


class Queue(ABC):
    """One table of claimable work.

    ``carries`` says that others leave it rows: it is looked at after them in the same round, so that a fact goes as far
    as it can.
    """

    name: str  # stands in metrics and in notes of what is in hand
    carries: bool = False
    waiting: Waiting
    parked: Parked

    @abstractmethod
    def drain_batch(self, corp: int, lane: Lane) -> int:
        """Take on due rows; how many, 0 when nothing is due."""

    @abstractmethod
    def due(self, corp: int, lane: Lane) -> Condition | None:
        """The condition that a row is due, as a column of a SELECT; none in a lane that is not the queue's."""

    def under_way(self, _corp: int, _lane: Lane) -> Condition | None:
        """The condition that somebody has rows in hand that `due` does not show."""
        return None

    def unsettled(self) -> Condition | None:
        """The condition that `look_after` has anything to look at."""
        return None

    def look_after(self, _session: Session) -> int:
        """End what processes that are no more had in hand; how many rows have been taken up again and again."""
        return 0


QUEUES: list[Queue] = []
_others: list[Parked] = []


def register(queue: Queue) -> None:
    """Called by `scrm.wiring`, once per queue, in the order in which a fact travels."""
    if queue in QUEUES:
        return
    if any(known.name == queue.name for known in QUEUES):
        raise ValueError(f"queue {queue.name} is registered twice")
    _free(queue.parked)
    QUEUES.append(queue)


def register_parked(parked: Parked) -> None:
    """Rows that wait for a person and were never work."""
    if parked not in _others:
        _free(parked)
        _others.append(parked)


def parked_kinds() -> list[Parked]:
    """All that the page 异常任务 shows, by kind."""
    return [queue.parked for queue in QUEUES] + _others


def _free(parked: Parked) -> None:
    if any(known.kind == parked.kind for known in parked_kinds()):
        raise ValueError(f"kind of parked work {parked.kind} is registered twice")
