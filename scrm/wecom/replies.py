"""Who takes the answer of a call: a name that is stored in the row, the answer's type, and what the asker wants back.

A room declares its replies in ``replies.py``, asks with them (`scrm.wecom.calls`), and says in its manifest which
function takes each: ``SLICE_ANSWERED.by(handlers.slice_answered)``. mypy knows both ends.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from scrm.wecom.outcome import Outcome

R = TypeVar("R")
C = TypeVar("C")

Take = Callable[[Session, Outcome[R], C], None]


@dataclass(frozen=True)
class Nothing:
    """The context of an answer that says all by itself."""


class Reply(Generic[R, C]):
    """A reply by its stored name, which outlives renames; ``context`` is a frozen dataclass.

    Its fields are stored under their names, so that what waited through an upgrade finds back: a field that is added
    has a default, one that is dropped is passed over.
    """

    def __init__(self, name: str, context: type[C]) -> None:
        if name in DECLARED:
            raise ValueError(f"reply {name} is declared twice")
        self.name, self.context, self._kept = name, context, TypeAdapter(context)
        DECLARED[name] = self

    def by(self, take: Take[R, C]) -> "Taker":
        """This function takes the answers."""
        return Taker(self, take)

    def stored(self, context: C) -> dict[str, Any]:
        """A context as a row keeps it."""
        stored: dict[str, Any] = self._kept.dump_python(context, mode="json")
        return stored

    def read(self, stored: Mapping[str, Any]) -> C:
        """The context that a row kept; raises `pydantic.ValidationError`."""
        context: C = self._kept.validate_python(stored)
        return context


@dataclass(frozen=True)
class Taker:
    """A reply and who takes it, as a room's manifest says."""

    reply: Reply[Any, Any]
    take: Take[Any, Any]

    @property
    def name(self) -> str:
        return self.reply.name

    def __call__(self, session: Session, outcome: Outcome[Any], stored: Mapping[str, Any], /) -> None:
        self.take(session, outcome, self.reply.read(stored))


DECLARED: dict[str, Reply[Any, Any]] = {}
_takers: dict[str, Callable[[Session, Outcome[Any], Mapping[str, Any]], None]] = {}


def install(name: str, taker: Callable[[Session, Outcome[Any], Mapping[str, Any]], None]) -> None:
    """Called by `scrm.wiring`."""
    _takers[name] = taker


def take(name: str, session: Session, outcome: Outcome[Any], stored: Mapping[str, Any]) -> None:
    """Hand an answer to who takes it, with the context as the row kept it."""
    _takers[name](session, outcome, stored)
