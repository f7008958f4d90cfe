"""A wish that waits for a second person, as a row of the room that has it; one at most waits at a time."""

import datetime as dt
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import audit, clock
from scrm.core.db import moment
from scrm.identity.actor import Actor


class RequestState(StrEnum):
    """What became of a wish."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # by who asked, or since it was overtaken


class Requested:
    """The columns of such a row; the room adds what is wished for, and an index that lets one be open."""

    state: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)  # as the audit trail names users
    asked_by_name: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime] = moment()
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_by_name: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[dt.datetime | None] = moment()
    reason: Mapped[str | None] = mapped_column(Text)  # of who rejected it


R = TypeVar("R", bound=Requested)


def waiting(session: Session, table: type[R], *, lock: bool = False) -> R | None:
    """What waits."""
    query = select(table).where(table.state == RequestState.OPEN)
    return session.scalars(query.with_for_update() if lock else query).first()


def latest(session: Session, table: type[R]) -> R | None:
    """The last wish, whatever became of it."""
    return session.scalars(select(table).order_by(table.asked_at.desc()).limit(1)).first()


def ask(session: Session, actor: Actor, row: Requested) -> None:
    """Let this wait; a second one of the table runs into its index."""
    row.state, row.asked_at = RequestState.OPEN, clock.now()
    row.asked_by, row.asked_by_name = actor.audit_name, actor.display_name
    session.add(row)
    session.flush()


def is_open(row: Requested) -> bool:
    """Whether it waits."""
    return row.state == RequestState.OPEN


def decide(
    session: Session, who: Actor | audit.System, row: Requested, state: RequestState, *, reason: str | None
) -> None:
    """End it in this state; called by `scrm.shared.approvals.deciding` alone, which has asked the kind."""
    row.reason = reason
    row.state, row.decided_by, row.decided_at = state, who.audit_name, clock.now()
    row.decided_by_name = who.display_name if isinstance(who, Actor) else None
    session.flush()
