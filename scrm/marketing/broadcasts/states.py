"""Where a broadcast and its slices stand: the tables of what may become of them, and the only place that writes it."""

from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.core.transitions import SERVICE, Move, Transitions
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts.errors import BroadcastStateWrong
from scrm.marketing.broadcasts.models import Broadcast, BroadcastSlice, BroadcastState, SliceState

_SEND = Permission.BROADCASTS_SEND


class Verb(StrEnum):
    """What becomes of a broadcast."""

    EDIT = "edit"
    REMOVE = "remove"
    SUBMIT = "submit"
    PLAN = "plan"
    ASK_APPROVAL = "ask_approval"
    APPROVE = "approve"
    REJECT = "reject"
    BEGIN = "begin"
    PAUSE = "pause"
    STOP = "stop"  # by the service: something must be mended first
    RESUME = "resume"
    RESUME_UNBEGUN = "resume_unbegun"
    REMIND = "remind"
    CANCEL = "cancel"
    CREATE_ALL = "create_all"  # the last task stands at WeCom
    FINISH = "finish"


_S = BroadcastState


def _move(verb: Verb, of: set[_S], to: _S | None, who: str, event: str | None) -> Move[_S, Verb]:
    return Move(verb=verb, of=frozenset(of), to=to, who=who, event=f"broadcast.{event}" if event is not None else None)


_RUNNING = {_S.SENDING, _S.PAUSED, _S.COLLECTING}

BROADCASTS: Transitions[_S, Verb] = Transitions(
    "broadcast",
    BroadcastStateWrong,
    (
        _move(Verb.EDIT, {_S.DRAFT}, None, _SEND, "edited"),
        _move(Verb.REMOVE, {_S.DRAFT}, None, _SEND, "removed"),
        _move(Verb.SUBMIT, {_S.DRAFT}, _S.PLANNING, _SEND, "submitted"),
        _move(Verb.PLAN, {_S.PLANNING}, _S.SCHEDULED, SERVICE, "planned"),
        _move(Verb.ASK_APPROVAL, {_S.PLANNING}, _S.WAITING_APPROVAL, SERVICE, "planned"),
        _move(Verb.APPROVE, {_S.WAITING_APPROVAL}, _S.SCHEDULED, _SEND, "approved"),
        _move(Verb.REJECT, {_S.WAITING_APPROVAL, _S.SCHEDULED}, _S.DRAFT, _SEND, "rejected"),
        _move(Verb.BEGIN, {_S.SCHEDULED}, _S.SENDING, SERVICE, "begun"),
        _move(Verb.PAUSE, {_S.SCHEDULED, _S.SENDING}, _S.PAUSED, _SEND, "paused"),
        _move(Verb.STOP, {_S.SENDING}, _S.PAUSED, SERVICE, "paused"),
        _move(Verb.RESUME, {_S.PAUSED}, _S.SENDING, _SEND, "resumed"),
        _move(Verb.RESUME_UNBEGUN, {_S.PAUSED}, _S.SCHEDULED, _SEND, "resumed"),
        _move(Verb.REMIND, _RUNNING, None, _SEND, "reminded"),
        _move(Verb.CANCEL, {_S.WAITING_APPROVAL, _S.SCHEDULED, *_RUNNING}, _S.CANCELLED, _SEND, "cancelled"),
        _move(Verb.CREATE_ALL, {_S.SENDING}, _S.COLLECTING, SERVICE, "tasks_created"),
        _move(Verb.FINISH, {_S.COLLECTING}, _S.FINISHED, SERVICE, "finished"),
    ),
)


# What the service did to thousands of slices is noted once they are through, with how many are where.
_COUNTED = {Verb.STOP, Verb.CREATE_ALL, Verb.FINISH}


class SliceVerb(StrEnum):
    """What becomes of a slice; the service alone says so."""

    REQUEST = "request"
    ACCEPT = "accept"
    LOSE = "lose"  # its answer
    REFUSE = "refuse"
    PARK = "park"
    PLAN_AGAIN = "plan_again"
    CANCEL = "cancel"
    COMPLETE = "complete"  # everybody of it is final


_P = SliceState
_EXPECTED = {_P.REQUESTED, _P.UNKNOWN, _P.PARKED}  # an answer is the slice's own


def _of_slice(verb: SliceVerb, of: set[_P], to: _P) -> Move[_P, SliceVerb]:
    return Move(verb=verb, of=frozenset(of), to=to)


SLICES: Transitions[_P, SliceVerb] = Transitions(
    "broadcast_slice",
    BroadcastStateWrong,
    (
        _of_slice(SliceVerb.REQUEST, {_P.PLANNED}, _P.REQUESTED),
        _of_slice(SliceVerb.ACCEPT, _EXPECTED, _P.ACCEPTED),
        _of_slice(SliceVerb.LOSE, _EXPECTED, _P.UNKNOWN),
        _of_slice(SliceVerb.REFUSE, _EXPECTED, _P.REFUSED),
        _of_slice(SliceVerb.PARK, _EXPECTED, _P.PARKED),
        _of_slice(SliceVerb.PLAN_AGAIN, _EXPECTED, _P.PLANNED),
        _of_slice(SliceVerb.CANCEL, {_P.PLANNED, _P.UNKNOWN, _P.ACCEPTED}, _P.CANCELLED),
        _of_slice(SliceVerb.COMPLETE, {_P.ACCEPTED}, _P.DONE),
    ),
)


def check(broadcast: Broadcast, verb: Verb) -> None:
    """Raises `BroadcastStateWrong` where this cannot be done now."""
    BROADCASTS.check(broadcast.state, verb)


def move(
    session: Session, broadcast: Broadcast, verb: Verb, who: audit.Who, facts: dict[str, Any] | None = None
) -> None:
    """Write the broadcast's state and the audit event."""
    if verb in _COUNTED:
        facts = {**(facts or {}), "slices": _slices(session, broadcast)}
    BROADCASTS.move(session, broadcast, verb, who, facts)


def move_slice(row: BroadcastSlice, verb: SliceVerb) -> None:
    """Write the slice's state; the broadcast's own events count slices."""
    SLICES.write(row, verb)


def _slices(session: Session, broadcast: Broadcast) -> dict[str, int]:
    """How many slices are in which state."""
    session.flush()
    query = select(BroadcastSlice.state, func.count()).where(BroadcastSlice.broadcast_id == broadcast.id)
    grouped = session.execute(query.group_by(BroadcastSlice.state).order_by(BroadcastSlice.state)).all()
    return {row[0]: row[1] for row in grouped}
