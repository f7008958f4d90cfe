"""What a room says of itself: its manifest, from which the wiring is made.

Each room has one, in its ``room.py``; nothing inside the room imports it, only `scrm.wiring` does. What crosses the
walls (who hears which event, who answers whose question) stands in `scrm.wiring.listeners` and `scrm.wiring.ports`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from scrm.core.clockwork import Job
from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.naming import Namer, Relatives
from scrm.core.queue.registry import Parked, Queue
from scrm.core.records.action import Action
from scrm.core.records.kind import Extends, RecordKind
from scrm.core.refers import Ref
from scrm.core.touches import Live


class Taker(Protocol):
    """Who takes the answers of the calls that name it, see `scrm.wecom.replies`."""

    @property
    def name(self) -> str: ...

    def __call__(self, session: Session, outcome: Any, stored: Mapping[str, Any], /) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Room:
    """One noun with tables of its own, or a floor below the rooms.

    ``replies`` take WeCom's answers by the name that is stored in call rows; ``names`` say what a ``kind:id`` is
    called.
    """

    name: str  # as it is imported, without ``scrm.``
    apis: tuple[Api, ...] = ()
    replies: tuple[Taker, ...] = ()
    queues: tuple[Queue, ...] = ()
    parked: tuple[Parked, ...] = ()  # rows that wait for a person and are no queue's
    clock: tuple[Job, ...] = ()
    names: Mapping[str, Namer] = field(default_factory=dict)
    relatives: Relatives | None = None
    topics: Mapping[str, Live] = field(default_factory=dict)  # of the pulse; several rooms may tell of one
    refers: tuple[Ref, ...] = ()  # columns that point at a customer or a member
    timeline: tuple[Any, ...] = ()  # `scrm.shared.timeline.source.Source`: what it tells of customers when asked
    kinds: tuple[RecordKind, ...] = ()  # what users look at in lists of its own
    extends: tuple[Extends, ...] = ()  # fields of the kinds of other rooms
    actions: tuple[Action, ...] = ()  # on many records at once
    notices: tuple[Any, ...] = ()  # `scrm.shared.notices.kind.Kind`: why somebody is told of its records


class Rooms(tuple[Room, ...]):
    """All rooms, in order; a name that two of them give raises."""

    def __new__(cls, *rooms: Room) -> "Rooms":
        for slot in ("names",):
            _once(slot, [name for room in rooms for name in getattr(room, slot)])
        _once("replies", [reply.name for room in rooms for reply in room.replies])
        _once("room", [room.name for room in rooms])
        _once("queue", [queue.name for room in rooms for queue in room.queues])
        _once("clock", [job.name for room in rooms for job in room.clock])
        return super().__new__(cls, rooms)


def _once(slot: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{slot}: registered twice: {', '.join(twice)}")
