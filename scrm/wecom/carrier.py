"""Carrying calls out: which leave, the call itself, and what its answer makes of the row.

A mutating call whose answer was lost is ``unknown``: it may have taken effect, and is never repeated blindly.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.queue import rows as work
from scrm.core.queue.leased import LEASES, Hold, LeaseActSettle
from scrm.core.queue.registry import Parked, Waiting
from scrm.wecom import calls, corps, delivery, outcome, unread
from scrm.wecom.errcodes import Reaction
from scrm.wecom.models import ApiPause, CallState, WecomCall
from scrm.wecom.port.errors import OutcomeUnknown, Refused, Unreachable
from scrm.wecom.port.method import METHODS, MethodSpec
from scrm.wecom.port.unread import Unread, collected
from scrm.wecom.port.wecom import wecom

log = structlog.get_logger(__name__)

RATE_PAUSE = dt.timedelta(seconds=60)  # 45009: the shortest window (page 90312)
_TRIES = 4  # -1 and the like: at most three repetitions (page 90313)
_RATE_REASON = "errcode 45009: frequency limit"
_MARGIN = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class _Job:
    spec: MethodSpec
    arguments: dict[str, Any]
    app: str | None


@dataclass(frozen=True)
class _Answer:
    result: Any
    failure: Exception | None
    aside: Sequence[Unread]


def _take(session: Session, rows: Sequence[WecomCall]) -> list[tuple[WecomCall, _Job]]:
    """The calls that leave now; what needs no call any more ends here."""
    now = clock.now()
    paused = _paused(session, now) if rows else {}
    leaving = []
    handed_over = False
    for row in rows:
        try:
            spec, answered = _read(row)
        except Exception as error:  # a row of another version must not keep its lane from leaving
            log.error("wecom_call.unreadable", call=row.id, method=row.method, error=type(error).__name__)
            _put_aside(row, work.reason(error))
            continue
        if answered is not None:
            # One in a transaction: what its reply locks last, a sync's row, the next would begin with.
            if not handed_over:
                delivery.deliver(session, row, answered)
            handed_over = True
        elif row.state == CallState.LEASED and spec.mutating and not _dropped_if_twice(row, spec):
            delivery.finish(session, row, CallState.UNKNOWN, reason="the caller died before the answer")
        elif row.deadline is not None and row.deadline <= now:
            delivery.finish(session, row, CallState.EXPIRED, reason="deadline passed")
        elif row.method in paused:
            row.due_at = paused[row.method]
        else:
            row.unanswered |= row.state == CallState.LEASED
            leaving.append((row, _Job(spec, row.arguments, row.app)))
    return leaving


def _read(row: WecomCall) -> tuple[MethodSpec, outcome.Outcome[Any] | None]:
    """The row's method, and the answer that was kept for its asker."""
    spec = METHODS[row.method]
    return spec, outcome.stored(row, spec) if row.state == CallState.ANSWERED else None


def _worn(session: Session, row: WecomCall) -> None:
    delivery.finish(session, row, CallState.PARKED, reason=f"taken up {LEASES} times without an outcome")


def _paused(session: Session, now: dt.datetime) -> dict[str, dt.datetime]:
    """Methods over WeCom's frequency limit and until when: a call asked for meanwhile would be refused as well."""
    query = select(ApiPause.method, ApiPause.until).where(ApiPause.until > now)
    return {row[0]: row[1] for row in session.execute(query).all()}


def _may_leave(session: Session, job: _Job) -> bool:
    """Unless another call has met the limit since this one was leased."""
    return job.spec.path not in _paused(session, clock.now())


def _call(corp: int, job: _Job, _hold: Hold) -> _Answer:
    with collected() as aside:
        try:
            family = getattr(wecom(corp, job.app), job.spec.family)
            return _Answer(getattr(family, job.spec.name)(**job.arguments), None, aside)
        except (SQLAlchemyError, corps.SecretKeyWrong) as error:  # credentials are read before anything is sent
            return _Answer(None, Unreachable(f"credentials: {type(error).__name__}"), aside)
        except Exception as error:
            return _Answer(None, error, aside)


def _settle(session: Session, row: WecomCall, job: _Job, answer: _Answer) -> None:
    if answer.failure is not None:
        _take_failure(session, row, job.spec, answer.failure)
        return
    unread.note(session, job.spec.path, answer.aside)
    delivery.finish(session, row, CallState.DONE, result=answer.result, aside=answer.aside)


def _put_aside(row: WecomCall, problem: str) -> None:
    row.state, row.reason, row.finished_at = CallState.PARKED, problem, None


def _put_back(session: Session, row: WecomCall) -> None:
    """A call that has not left is due when its method is not paused any more."""
    now = clock.now()
    row.due_at = _paused(session, now).get(row.method, now)
    _back_to_ready(session, row)


def _take_failure(session: Session, row: WecomCall, spec: MethodSpec, failure: Exception) -> None:
    if spec.mutating and not isinstance(failure, Refused | Unreachable):
        # No answer, or one that we could not read: it may have taken effect.
        if not isinstance(failure, OutcomeUnknown):
            log.error("wecom_call.failed", call=row.id, method=row.method, exc_info=failure)
        if _dropped_if_twice(row, spec):
            _try_again(session, row, failure)
            return
        delivery.finish(session, row, CallState.UNKNOWN, reason=work.reason(failure))
        return
    if isinstance(failure, Refused):
        row.errcode = failure.errcode
        if failure.reaction is Reaction.RATE:
            _pause_method(session, row)
            return
        if failure.reaction is not Reaction.RETRY:
            # What an administrator can mend waits on the page 异常任务 for a replay; the rest is a fact.
            mendable = failure.reaction in {Reaction.CONFIG, Reaction.REFRESH, Reaction.BUG}
            state = CallState.PARKED if mendable else CallState.REFUSED
            delivery.finish(session, row, state, reason=f"errcode {failure.errcode}")
            return
    elif not isinstance(failure, Unreachable | OutcomeUnknown):
        log.error("wecom_call.failed", call=row.id, method=row.method, exc_info=failure)
    _try_again(session, row, failure)


def _dropped_if_twice(row: WecomCall, spec: MethodSpec) -> bool:
    """Whether WeCom itself drops a second request of this kind, and will for long enough to come."""
    if spec.dropped_within is None:
        return False
    return clock.now() - row.created_at < spec.dropped_within - _MARGIN and row.attempts + 1 < _TRIES


def _try_again(session: Session, row: WecomCall, failure: Exception) -> None:
    row.attempts += 1
    row.unanswered |= not isinstance(failure, Refused | Unreachable)
    row.reason = work.reason(failure)
    if row.deadline is None and row.attempts >= _TRIES:
        delivery.finish(session, row, CallState.PARKED, reason=row.reason)
        return
    # Inside a deadline of seconds a doubling pause would spend it on waiting.
    row.due_at = clock.now() + dt.timedelta(seconds=1) if row.deadline else work.next_try(row.attempts)
    _back_to_ready(session, row)


def _pause_method(session: Session, row: WecomCall) -> None:
    until = clock.now() + RATE_PAUSE
    row.reason, row.due_at = _RATE_REASON, until
    statement = insert(ApiPause).values(method=row.method, until=until)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["method"], set_={"until": statement.excluded.until}, where=ApiPause.until < until
        )
    )
    _back_to_ready(session, row)


def _back_to_ready(session: Session, row: WecomCall) -> None:
    if row.key is not None:
        waiting = select(WecomCall.id).where(WecomCall.key == row.key, WecomCall.state == CallState.READY)
        if session.scalars(waiting).first() is not None:
            # Somebody has asked anew meanwhile; that call answers for both.
            row.state, row.finished_at = CallState.DONE, clock.now()
            return
    row.state = CallState.READY


# What has a deadline is due before it was asked for, so that it goes ahead; it is late only from then on.
_SINCE = func.greatest(WecomCall.due_at, WecomCall.created_at)

QUEUE: LeaseActSettle[WecomCall, _Job, _Answer] = LeaseActSettle(
    name="calls",
    model=WecomCall,
    waiting=Waiting(model=WecomCall, where=WecomCall.state.in_(calls.OPEN), due_at=_SINCE),
    parked=Parked(
        kind="call",
        model=WecomCall,
        where=WecomCall.state == CallState.PARKED,
        what=WecomCall.method,
        subject=WecomCall.subject,
        since=WecomCall.created_at,
        replay=calls.replay,
    ),
    open_states=calls.OPEN,
    leased_state=CallState.LEASED,
    settled_states=(CallState.LEASED, CallState.UNKNOWN),
    take=_take,
    may_leave=_may_leave,
    act=_call,
    settle=_settle,
    put_aside=_put_aside,
    put_back=_put_back,
    worn=_worn,
)
