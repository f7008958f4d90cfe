"""Asking for calls to WeCom, and taking them back: the intent, committed with the fact that wanted it.

``calls.request(session, ask(Contacts.get_contact, external_userid=…).then(CONTACT_FETCHED, ContactContext(…)), …)``.
`scrm.wecom.carrier` leases what was asked for, calls, and stores the receipt.
"""

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.doorbell import AHEAD, Lane, ring_after_commit
from scrm.core.storable import cleaned
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.method import MethodSpec, spec_of
from scrm.wecom.replies import Reply

REREADS, MINUTE = 6, dt.timedelta(minutes=1)  # of one object, whatever WeCom or a person repeats
OPEN = (CallState.READY, CallState.LEASED, CallState.ANSWERED)


P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C")


@dataclass(frozen=True)
class Asked:
    """A call as it will stand in its row; ``reply`` is none where nobody wants the answer."""

    spec: MethodSpec
    arguments: dict[str, Any]
    reply: str | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask(Asked, Generic[R]):
    """A call whose method answers with ``R``."""

    def then(self, reply: Reply[R, C], context: C) -> Asked:
        """The same, with who takes the answer and what it gets back."""
        return Asked(self.spec, self.arguments, reply.name, reply.stored(context))


def ask(method: Callable[Concatenate[Any, P], R], /, *args: P.args, **kwargs: P.kwargs) -> Ask[R]:
    """A call of a port method with these arguments, which mypy knows; bound here, not when it leaves."""
    bound = inspect.signature(method).bind(None, *args, **kwargs).arguments
    return Ask(spec_of(method), dict(list(bound.items())[1:]))


def request(
    session: Session,
    asked: Asked,
    *,
    subject: str,
    lane: Lane = Lane.DEFAULT,
    key: str | None = None,
    app: str | None = None,
    deadline: dt.datetime | None = None,
    delay: dt.timedelta = dt.timedelta(),
    reread_at: dt.datetime | None = None,
) -> None:
    """Have a call made after this transaction's commit.

    Calls of one ``subject`` are not on their way at the same time. While a call with the same ``key`` waits, a further
    request changes nothing: the waiting one will read a state at least as new.
    """
    now = clock.now()
    row = {
        "method": asked.spec.path,
        # Storable whatever it holds: what cannot be kept could neither be sent nor set aside.
        "arguments": cleaned(asked.arguments),
        "app": cleaned(app),
        "key": cleaned(key),
        "subject": cleaned(subject),
        "lane": lane.value,
        "reply": asked.reply,
        "context": cleaned(asked.context),
        "state": CallState.READY.value,
        "due_at": now + delay - (AHEAD if deadline is not None else dt.timedelta()),
        "deadline": deadline,
        "attempts": 0,
        "unanswered": False,
        "reread_at": reread_at,
        "created_at": now,
    }
    session.execute(
        insert(WecomCall)
        .values(row)
        .on_conflict_do_nothing(index_elements=["key"], index_where=text("state = 'ready'"))
    )
    if not delay:
        ring_after_commit(session, lane)


def read_again(
    session: Session,
    asked: Asked,
    *,
    subject: str,
    key: str,
    lane: Lane = Lane.DEFAULT,
    app: str | None = None,
    settle: dt.timedelta = dt.timedelta(),
) -> None:
    """Ask by an app for the present state of an object that has changed, `REREADS` times a `MINUTE` at most.

    ``settle`` is how long WeCom shows the old state after a change. Whoever asks beyond the limit is served by one more
    call, which leaves when the minute is over: it reads what stands then, so the last change is not lost.
    """
    now = clock.now()
    # By app: what one credential may see says nothing of what another may.
    same = select(WecomCall.reread_at).where(
        WecomCall.subject == cleaned(subject),
        WecomCall.reread_at.is_not(None),
        WecomCall.method == asked.spec.path,
        WecomCall.app.is_not_distinct_from(cleaned(app)),
    )
    waiting = same.where(WecomCall.state == CallState.READY, WecomCall.reread_at >= now + settle)
    if session.scalars(waiting.limit(1)).first() is not None:
        return
    newest = same.where(WecomCall.reread_at > now - MINUTE).order_by(WecomCall.reread_at.desc()).limit(REREADS)
    latest = [at for at in session.scalars(newest) if at is not None]
    due = max(now + settle, latest[-1] + MINUTE) if len(latest) == REREADS else now + settle
    request(
        session,
        asked,
        subject=subject,
        lane=lane,
        key=f"{key}:{int(due.timestamp())}" if settle else key,
        app=app,
        delay=due - now,
        reread_at=due,
    )


def replay(session: Session, call: WecomCall) -> None:
    """Put a parked call back to work: from its stored answer if it has one, else from the start."""
    call.state = CallState.ANSWERED if call.answer is not None else CallState.READY
    call.due_at, call.attempts, call.deadline, call.finished_at = clock.now(), 0, None, None
    call.leases = 0
    ring_after_commit(session, Lane(call.lane))


def withdraw(
    session: Session, reply: Reply[Any, C], *, key_prefix: str, asked_before: dt.datetime | None = None
) -> list[C]:
    """Take back the calls of these keys that have not left, parked ones included; what this reply would have got.

    What is on its way stays so, and an answer that waits for its asker is still handed over. ``asked_before`` leaves
    alone those that were requested at that moment or later.
    """
    query = select(WecomCall).where(
        WecomCall.key.startswith(key_prefix, autoescape=True),
        WecomCall.reply == reply.name,
        WecomCall.state.in_([CallState.READY, CallState.PARKED]),
        WecomCall.answer.is_(None),
    )
    if asked_before is not None:
        query = query.where(WecomCall.created_at < asked_before)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.state, row.reason, row.finished_at = CallState.EXPIRED, "withdrawn", clock.now()
    return [reply.read(row.context) for row in rows]


def cancel(session: Session, *, subject_prefix: str) -> None:
    """Give up all open calls of these subjects; an answer that is on its way finds its lease gone and is dropped."""
    session.execute(
        update(WecomCall)
        .where(
            WecomCall.subject.startswith(subject_prefix, autoescape=True),
            WecomCall.state.in_([*OPEN, CallState.PARKED]),
        )
        .values(state=CallState.EXPIRED.value, lease=None, reason="given up", finished_at=clock.now())
    )
