"""Where a handover, its slices and items stand: the tables of what may become of them, and the only writer of it.

A handover's state follows from its items, but for being closed. Items move many at a time, in one statement, and the
trail has one event for each slice, once everybody of it has a final state.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from scrm.compliance.handovers.errors import HandoverStateWrong
from scrm.compliance.handovers.models import (
    ASSIGNABLE,
    MOVING,
    Handover,
    HandoverItem,
    HandoverSlice,
    HandoverState,
    ItemState,
    SliceState,
)
from scrm.core import audit
from scrm.core.transitions import SERVICE, Move, Transitions, allow
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


class ItemVerb(StrEnum):
    """What becomes of a customer or group."""

    PLAN = "plan"  # a successor was chosen
    FORBID = "forbid"  # handed over too often already: WeCom would refuse
    SEND = "send"
    DOUBT = "doubt"
    PLAN_AGAIN = "plan_again"  # not taken by WeCom, or not today
    WAIT = "wait"  # accepted, and for how long
    COMPLETE = "complete"
    REFUSE = "refuse"
    FILL = "fill"  # the successor has no room
    FAIL = "fail"
    GO = "go"  # WeCom lists it no more
    RETURN = "return"


_I = ItemState
_ASKED = {_I.REQUESTED, _I.UNKNOWN}
_OUT = {*_ASKED, _I.WAITING}


def _of_item(verb: ItemVerb, of: Collection[_I], to: _I, who: str = SERVICE) -> Move[_I, ItemVerb]:
    return Move(verb=verb, of=frozenset(of), to=to, who=who)


ITEMS: Transitions[_I, ItemVerb] = Transitions(
    "handover_item",
    HandoverStateWrong,
    (
        _of_item(ItemVerb.PLAN, ASSIGNABLE, _I.PLANNED, _HANDLE),
        _of_item(ItemVerb.FORBID, ASSIGNABLE, _I.FAILED, _HANDLE),
        _of_item(ItemVerb.SEND, {_I.PLANNED}, _I.REQUESTED),
        _of_item(ItemVerb.DOUBT, {_I.REQUESTED}, _I.UNKNOWN),
        _of_item(ItemVerb.PLAN_AGAIN, _ASKED, _I.PLANNED),
        _of_item(ItemVerb.WAIT, _OUT, _I.WAITING),
        _of_item(ItemVerb.COMPLETE, _OUT, _I.DONE),
        _of_item(ItemVerb.REFUSE, _OUT, _I.REFUSED),
        _of_item(ItemVerb.FILL, _OUT, _I.SUCCESSOR_FULL),
        _of_item(ItemVerb.FAIL, _OUT, _I.FAILED),
        _of_item(ItemVerb.GO, {_I.UNASSIGNED}, _I.GONE),
        _of_item(ItemVerb.RETURN, {_I.GONE}, _I.UNASSIGNED),
    ),
)


@dataclass(frozen=True)
class Moved:
    """An item that has been moved, as it is now."""

    handover_id: int
    slice_id: int | None
    wecom_id: str
    requested_at: dt.datetime | None
    takeover_at: dt.datetime | None


def check(case: Handover, verb: Verb) -> None:
    """Raises `HandoverStateWrong` where this cannot be done now."""
    HANDOVERS.check(case.state, verb)


def move(session: Session, case: Handover, verb: Verb, who: audit.Who, facts: dict[str, Any] | None = None) -> None:
    """Write the handover's state and the audit event."""
    HANDOVERS.move(session, case, verb, who, facts)


def move_slice(part: HandoverSlice, verb: SliceVerb) -> None:
    """Write the slice's state."""
    SLICES.write(part, verb)


def move_items(
    session: Session,
    verb: ItemVerb,
    *where: ColumnElement[bool],
    who: audit.Who = audit.System.SCHEDULER,
    only: Collection[ItemState] | None = None,
    **values: Any,
) -> list[Moved]:
    """Write the state of all items that are meant and may be moved, from ``only`` these states; which were.

    The caller holds the case. What a person moves is noted by the handover's own event.
    """
    allow(ITEMS.moves[verb], who)
    item = HandoverItem
    columns = (item.handover_id, item.slice_id, item.wecom_id, item.requested_at, item.takeover_at)
    statement = ITEMS.statement(item, verb, *where, only=only, **values).returning(*columns)
    moved = [Moved(*row) for row in session.execute(statement).all()]
    if ITEMS.moves[verb].to not in MOVING and ITEMS.moves[verb].of <= MOVING:
        _note_settled(session, {(row.handover_id, row.slice_id) for row in moved if row.slice_id is not None}, who)
    return moved


def _note_settled(session: Session, touched: set[tuple[int, int]], who: audit.Who) -> None:
    """One event for each of these slices of which everybody has a final state, with how many have which."""
    query = select(HandoverItem.slice_id, HandoverItem.state, func.count()).where(
        HandoverItem.slice_id.in_([part for _, part in touched])
    )
    counts: dict[int | None, dict[str, int]] = defaultdict(dict)
    for row in session.execute(query.group_by(HandoverItem.slice_id, HandoverItem.state)).all():
        counts[row[0]][row[1]] = row[2]
    for case, part in sorted(touched):
        if MOVING.isdisjoint(counts[part]):
            audit.record(session, who, "handover.slice_settled", f"handover:{case}", {"slice": part, **counts[part]})
