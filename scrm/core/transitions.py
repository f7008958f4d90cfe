"""States as a table: from which states a verb leads where, who may say it, and what the audit trail notes.

A noun has one module ``states.py`` with its table and the functions that write its state; nothing else assigns one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Update, update
from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.core.errors import AppError, NotPermitted

S = TypeVar("S", bound=StrEnum)
V = TypeVar("V", bound=StrEnum)

SERVICE = "service"  # in place of a permission: no person does this


class Stateful(Protocol):
    """A row with a state."""

    id: Any
    state: Any


@dataclass(frozen=True, kw_only=True)
class Move(Generic[S, V]):
    """``verb`` leads from each of these states to ``to``, none where it stays; ``who`` is a permission or `SERVICE`.

    ``event`` is the audit trail's verb; none where the trail says nothing of it.
    """

    verb: V
    of: frozenset[S | str]
    to: S | None
    who: str = SERVICE
    event: str | None = None


class Transitions(Generic[S, V]):
    """The moves of a noun. An impossible one raises ``wrong``, a sentence that takes the ``state``."""

    def __init__(self, noun: str, wrong: type[AppError], moves: Iterable[Move[S, V]]) -> None:
        self.noun, self._wrong = noun, wrong
        self.moves = {move.verb: move for move in moves}

    def check(self, state: str, verb: V) -> Move[S, V]:
        """The move, if it is possible from here."""
        move = self.moves[verb]
        if state not in move.of:
            raise self._wrong(state=state)
        return move

    def write(self, row: Stateful, verb: V) -> Move[S, V]:
        """Write the state; for nouns of which the trail says nothing, else see `move`."""
        move = self.check(row.state, verb)
        if move.to is not None:
            row.state = move.to.value
        return move

    def move(
        self, session: Session, row: Stateful, verb: V, who: audit.Who, facts: dict[str, Any] | None = None
    ) -> None:
        """Write the state and the audit event, in the caller's transaction."""
        move = self.check(row.state, verb)
        allow(move, who)
        if move.to is not None:
            row.state = move.to.value
        if move.event is not None:
            audit.record(session, who, move.event, f"{self.noun}:{row.id}", facts)

    def statement(
        self, model: Any, verb: V, *where: ColumnElement[bool], only: Collection[S] | None = None, **values: Any
    ) -> Update:
        """An UPDATE of all rows that this verb may move, from ``only`` these of its states; others stay as they are."""
        move = self.moves[verb]
        if move.to is None or not move.of.issuperset(only or ()):
            raise ValueError(f"{self.noun}: {verb} does not lead from {only} anywhere")
        states = sorted(str(state) for state in (only or move.of))
        moved = update(model).where(model.state.in_(states), *where).values(state=move.to.value, **values)
        return moved.execution_options(synchronize_session=False)


def allow(move: Move[Any, Any], who: audit.Who) -> None:
    """Raises `NotPermitted` unless this is the service, or a user with the permission, as the move has it."""
    if move.who == SERVICE and not isinstance(who, audit.System):
        raise NotPermitted()
    if move.who != SERVICE and move.who not in getattr(who, "permissions", ()):
        raise NotPermitted()
