"""Where a handover and its slices stand: the tables of what may become of them, and the only place that writes it.

A handover's state follows from its items, but for being closed; items move many at a time, in the statements of
`slices`, `results` and `successors`.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from scrm.compliance.handovers.errors import HandoverStateWrong
from scrm.compliance.handovers.models import Handover, HandoverSlice, HandoverState, SliceState
from scrm.core import audit
from scrm.core.transitions import SERVICE, Move, Transitions
from scrm.identity.permissions import Permission

NEW = ""  # before anybody has looked at its items


class Verb(StrEnum):
    """What becomes of a handover."""

    ASSIGN = "assign"
    OPEN = "open"  # something has to be assigned
    RUN = "run"  # all of it is on its way
    FINISH = "finish"
    CLOSE = "close"


_S = HandoverState
_HANDLE = Permission.HANDOVERS_HANDLE
_UNFINISHED = {_S.OPEN, _S.RUNNING}


def _move(verb: Verb, of: set[_S | str], to: _S | None, who: str, event: str | None) -> Move[_S, Verb]:
    return Move(verb=verb, of=frozenset(of), to=to, who=who, event=event)


HANDOVERS: Transitions[_S, Verb] = Transitions(
    "handover",
    HandoverStateWrong,
    (
        _move(Verb.ASSIGN, {*_UNFINISHED}, None, _HANDLE, "handover.assigned"),
        _move(Verb.OPEN, {NEW, _S.RUNNING, _S.DONE, _S.CLOSED}, _S.OPEN, SERVICE, None),
        _move(Verb.RUN, {NEW, _S.OPEN, _S.DONE}, _S.RUNNING, SERVICE, None),
        _move(Verb.FINISH, {NEW, *_UNFINISHED}, _S.DONE, SERVICE, "handover.done"),
        _move(Verb.CLOSE, {*_UNFINISHED}, _S.CLOSED, _HANDLE, "handover.closed"),
    ),
)


class SliceVerb(StrEnum):
    """What becomes of a slice; the service alone says so."""

    REQUEST = "request"
    DOUBT = "doubt"  # its answer was lost, or does not speak of all of it
    PARK = "park"
    PLAN_AGAIN = "plan_again"
    FINISH = "finish"


_P = SliceState
_ON_ITS_WAY = {_P.REQUESTED, _P.UNKNOWN, _P.PARKED}


def _of_slice(verb: SliceVerb, of: set[_P], to: _P) -> Move[_P, SliceVerb]:
    return Move(verb=verb, of=frozenset(of), to=to)


SLICES: Transitions[_P, SliceVerb] = Transitions(
    "handover_slice",
    HandoverStateWrong,
    (
        _of_slice(SliceVerb.REQUEST, {_P.PLANNED}, _P.REQUESTED),
        _of_slice(SliceVerb.DOUBT, _ON_ITS_WAY, _P.UNKNOWN),
        _of_slice(SliceVerb.PARK, _ON_ITS_WAY, _P.PARKED),
        _of_slice(SliceVerb.PLAN_AGAIN, _ON_ITS_WAY, _P.PLANNED),
        _of_slice(SliceVerb.FINISH, {_P.PLANNED, *_ON_ITS_WAY}, _P.DONE),
    ),
)


def check(case: Handover, verb: Verb) -> None:
    """Raises `HandoverStateWrong` where this cannot be done now."""
    HANDOVERS.check(case.state, verb)


def move(session: Session, case: Handover, verb: Verb, who: audit.Who, facts: dict[str, Any] | None = None) -> None:
    """Write the handover's state and the audit event."""
    HANDOVERS.move(session, case, verb, who, facts)


def move_slice(part: HandoverSlice, verb: SliceVerb) -> None:
    """Write the slice's state."""
    SLICES.write(part, verb)
