"""Confirming, rejecting with a reason and withdrawing, the same for all kinds; the caller holds the row's lock."""

from typing import TypeVar

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.identity.actor import Actor
from scrm.shared.approvals.kind import Kind
from scrm.shared.approvals.requests import Requested, RequestState, decide

R = TypeVar("R")


def confirm(session: Session, actor: Actor, kind: Kind[R], row: R) -> None:
    """Let it go ahead; raises what the kind has for one's own, or for what waits no more."""
    _check(kind, row)
    if kind.is_own(actor, row):
        raise kind.own()
    _settle(session, actor, kind, row, RequestState.CONFIRMED, None)


def reject(session: Session, actor: Actor, kind: Kind[R], row: R, *, reason: str | None) -> None:
    """Leave all as it is, and say why; who asked withdraws instead."""
    _check(kind, row)
    if kind.is_own(actor, row):
        raise kind.own()
    _settle(session, actor, kind, row, RequestState.REJECTED, reason)


def withdraw(session: Session, actor: Actor, kind: Kind[R], row: R, *, reason: str | None = None) -> None:
    """Take back what one has asked for oneself."""
    _check(kind, row)
    if not kind.is_own(actor, row):
        raise kind.not_asked()
    _settle(session, actor, kind, row, RequestState.WITHDRAWN, reason)


def overtake(session: Session, actor: Actor, kind: Kind[R], row: R) -> None:
    """End what waits since something else has been done meanwhile, by whomever."""
    _check(kind, row)
    _settle(session, actor, kind, row, RequestState.WITHDRAWN, None)


def decide_on_server(session: Session, kind: Kind[R], row: R, *, confirmed: bool) -> None:
    """The operator's way where nobody else may decide: who has the server is the second person."""
    _check(kind, row)
    state = RequestState.CONFIRMED if confirmed else RequestState.REJECTED
    _settle(session, audit.System.COMMAND_LINE, kind, row, state, None)


def _check(kind: Kind[R], row: R) -> None:
    if not kind.waits(row):
        raise kind.decided(row)


def _settle(
    session: Session, who: Actor | audit.System, kind: Kind[R], row: R, state: RequestState, reason: str | None
) -> None:
    if isinstance(row, Requested):
        decide(session, who, row, state, reason=reason)
    if state is RequestState.CONFIRMED:
        kind.confirmed(session, who, row)
    else:
        (kind.rejected if state is RequestState.REJECTED else kind.withdrawn)(session, who, row, reason)
