"""Calls to WeCom: the intent is committed before, the receipt after, and no transaction is open between.

``request`` inserts; ``drain_batch`` leases rows (transaction 1), calls, and hands each answer to the action that wanted
it, in the transaction that stores the receipt (transaction 2). A mutating call whose answer was lost is ``unknown``.
"""

import datetime as dt
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from scrm.core import clock, work
from scrm.core.db import subject_key, transaction
from scrm.core.doorbell import AHEAD, Lane, ring_after_commit
from scrm.wecom import outcome
from scrm.wecom.errcodes import Reaction
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.errors import OutcomeUnknown, Refused, Unreachable
from scrm.wecom.port.method import METHODS, MethodSpec, spec_of
from scrm.wecom.port.wecom import wecom

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(seconds=60)  # longer than a call with its time-outs and one token refresh
BEGIN_WITHIN = 25.0  # seconds from the lease: what is left of it is longer than a call, so nobody else takes it over
RATE_PAUSE = dt.timedelta(seconds=60)  # 45009: the shortest window (page 90312)
_CLAIM = 40
_THREADS = 8
_TRIES = 4  # -1 and the like: at most three repetitions (page 90313)
_RATE_REASON = "errcode 45009: frequency limit"
_OPEN = (CallState.READY, CallState.LEASED, CallState.ANSWERED)


def request(
    session: Session,
    method: Callable[..., Any],
    arguments: dict[str, Any],
    *,
    subject: str,
    reply: str | None = None,
    context: dict[str, Any] | None = None,
    lane: Lane = Lane.DEFAULT,
    key: str | None = None,
    app: str | None = None,
    deadline: dt.datetime | None = None,
    delay: dt.timedelta = dt.timedelta(),
) -> None:
    """Ask for one call of a port method after this transaction's commit.

    Calls of one ``subject`` are not on their way at the same time. While a call with the same ``key`` waits, a further
    request changes nothing: the waiting one will read a state at least as new.
    """
    now = clock.now()
    row = {
        "method": spec_of(method).path,
        "arguments": arguments,
        "app": app,
        "key": key,
        "subject": subject,
        "lane": lane.value,
        "reply": reply,
        "context": context or {},
        "state": CallState.READY.value,
        "due_at": now + delay - (AHEAD if deadline is not None else dt.timedelta()),
        "deadline": deadline,
        "attempts": 0,
        "unanswered": False,
        "created_at": now,
    }
    session.execute(
        insert(WecomCall)
        .values(row)
        .on_conflict_do_nothing(index_elements=["key"], index_where=text("state = 'ready'"))
    )
    if not delay:
        ring_after_commit(session, lane)


def drain_batch(corp: int, lane: Lane) -> int:
    """Lease due calls, carry them out, store their receipts; the number of rows claimed."""
    claimed, leased = _claim(corp, lane)
    by_subject: dict[str, list[_Leased]] = defaultdict(list)
    for item in leased:
        by_subject[item.subject].append(item)
    if len(by_subject) == 1:
        _carry_out_all(corp, leased)
    elif by_subject:
        with ThreadPoolExecutor(min(_THREADS, len(by_subject)), thread_name_prefix="wecom") as pool:
            for done in [pool.submit(_carry_out_all, corp, items) for items in by_subject.values()]:
                done.result()
    return claimed


def _due(_corp: int, lane: Lane) -> work.Condition:
    return exists().where(WecomCall.state.in_(_OPEN), WecomCall.lane == lane.value, WecomCall.due_at <= clock.now())


def _under_way(_corp: int, lane: Lane) -> work.Condition:
    """A call has left and its answer has not been stored."""
    return exists().where(WecomCall.state == CallState.LEASED, WecomCall.lane == lane.value)


TOPIC = work.Topic(name="calls", drain_batch=drain_batch, due=_due, under_way=_under_way, carries=True)


def replay(session: Session, call: WecomCall) -> None:
    """Put a parked call back to work: from its stored answer if it has one, else from the start."""
    call.state = CallState.ANSWERED if call.answer is not None else CallState.READY
    call.due_at, call.attempts, call.deadline, call.finished_at = clock.now(), 0, None, None
    ring_after_commit(session, Lane(call.lane))


def withdraw(session: Session, *, key_prefix: str, asked_before: dt.datetime | None = None) -> list[dict[str, Any]]:
    """Take back the calls of these keys that have not left, parked ones included; the contexts of those.

    What is on its way stays so, and an answer that waits for its asker is still handed over. ``asked_before`` leaves
    alone those that were requested at that moment or later.
    """
    query = select(WecomCall).where(
        WecomCall.key.startswith(key_prefix, autoescape=True),
        WecomCall.state.in_([CallState.READY, CallState.PARKED]),
        WecomCall.answer.is_(None),
    )
    if asked_before is not None:
        query = query.where(WecomCall.created_at < asked_before)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.state, row.reason, row.finished_at = CallState.EXPIRED, "withdrawn", clock.now()
    return [row.context for row in rows]


def cancel(session: Session, *, subject_prefix: str) -> None:
    """Give up all open calls of these subjects; an answer that is on its way finds its lease gone and is dropped."""
    session.execute(
        update(WecomCall)
        .where(
            WecomCall.subject.startswith(subject_prefix, autoescape=True),
            WecomCall.state.in_([*_OPEN, CallState.PARKED]),
        )
        .values(state=CallState.EXPIRED.value, lease=None, reason="given up", finished_at=clock.now())
    )


@dataclass(frozen=True)
class _Leased:
    id: int
    lease: str
    spec: MethodSpec
    arguments: dict[str, Any]
    app: str | None
    subject: str
    begin_by: float  # on the monotonic clock: begun later, a call could outlive its lease


def _claim(corp: int, lane: Lane) -> tuple[int, list[_Leased]]:
    now, begin_by = clock.now(), time.monotonic() + BEGIN_WITHIN
    leased: list[_Leased] = []
    other = aliased(WecomCall)
    on_its_way = exists().where(
        other.subject == WecomCall.subject,
        other.state == CallState.LEASED,
        other.due_at > now,
        other.id != WecomCall.id,
    )
    with transaction(corp) as session:
        found = session.scalars(
            select(WecomCall)
            .where(WecomCall.state.in_(_OPEN), WecomCall.lane == lane.value, WecomCall.due_at <= now, ~on_its_way)
            .order_by(WecomCall.due_at, WecomCall.id)
            .limit(_CLAIM)
            .with_for_update(skip_locked=True, of=WecomCall)
        ).all()
        rows = _free(session, corp, found, now)
        paused = _paused_methods(session, lane, now) if rows else {}
        for row in sorted(rows, key=lambda row: (subject_key(corp, row.subject), row.id)):
            spec = METHODS[row.method]
            if row.state == CallState.ANSWERED:
                outcome.deliver(session, row, outcome.stored(row, spec))
            elif row.state == CallState.LEASED and spec.mutating:
                outcome.finish(session, row, CallState.UNKNOWN, reason="the caller died before the answer")
            elif row.deadline is not None and row.deadline <= now:
                outcome.finish(session, row, CallState.EXPIRED, reason="deadline passed")
            elif row.method in paused:
                row.due_at = paused[row.method]
            else:
                row.unanswered |= row.state == CallState.LEASED
                row.state, row.lease, row.leased_at = CallState.LEASED, secrets.token_hex(8), now
                row.due_at = now + LEASE
                leased.append(_Leased(row.id, row.lease, spec, row.arguments, row.app, row.subject, begin_by))
    return len(rows), leased


def _free(session: Session, corp: int, found: Sequence[WecomCall], now: dt.datetime) -> list[WecomCall]:
    """Those whose subject has no other call on its way: another worker may have leased one while we read.

    All locks are taken before the first row is changed, so that nobody waits crosswise.
    """
    if not found:
        return []
    keys = sorted({subject_key(corp, row.subject) for row in found})
    session.execute(
        text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key"), {"keys": keys}
    )
    taken = set(
        session.scalars(
            select(WecomCall.subject).where(
                WecomCall.subject.in_({row.subject for row in found}),
                WecomCall.state == CallState.LEASED,
                WecomCall.due_at > now,
                WecomCall.id.not_in([row.id for row in found]),
            )
        )
    )
    return [row for row in found if row.subject not in taken]


def _paused_methods(session: Session, lane: Lane, now: dt.datetime) -> dict[str, dt.datetime]:
    """Methods over WeCom's frequency limit and until when: a call asked for meanwhile would be refused as well."""
    query = (
        select(WecomCall.method, func.max(WecomCall.due_at))
        .where(
            WecomCall.state == CallState.READY,
            WecomCall.lane == lane.value,
            WecomCall.due_at > now,
            WecomCall.reason == _RATE_REASON,
        )
        .group_by(WecomCall.method)
    )
    return {row[0]: row[1] for row in session.execute(query).all()}


def _carry_out_all(corp: int, items: Sequence[_Leased]) -> None:
    for item in items:
        _carry_out(corp, item)


def _carry_out(corp: int, item: _Leased) -> None:
    result: Any = None
    failure: Exception | None = None
    if time.monotonic() > item.begin_by:
        _hand_back(corp, item)
        return
    try:
        family = getattr(wecom(corp, item.app), item.spec.family)
        result = getattr(family, item.spec.name)(**item.arguments)
    except Exception as error:
        failure = error
    with transaction(corp) as session:
        row = session.scalars(
            select(WecomCall).where(WecomCall.id == item.id, WecomCall.lease == item.lease).with_for_update()
        ).first()
        if row is None or row.state not in {CallState.LEASED, CallState.UNKNOWN}:
            log.warning("wecom_call.lease_lost", call=item.id, method=item.spec.path)
            return
        if failure is None:
            outcome.finish(session, row, CallState.DONE, result=result)
        else:
            _take_failure(session, row, item.spec, failure)


def _hand_back(corp: int, item: _Leased) -> None:
    """A call that waited too long behind others of its batch has not left: anybody may take it."""
    with transaction(corp) as session:
        row = session.scalars(
            select(WecomCall)
            .where(WecomCall.id == item.id, WecomCall.lease == item.lease, WecomCall.state == CallState.LEASED)
            .with_for_update()
        ).first()
        if row is not None:
            row.due_at = clock.now()
            _back_to_ready(session, row)


def _take_failure(session: Session, row: WecomCall, spec: MethodSpec, failure: Exception) -> None:
    if spec.mutating and not isinstance(failure, Refused | Unreachable):
        # No answer, or one that we could not read: it may have taken effect.
        if not isinstance(failure, OutcomeUnknown):
            log.error("wecom_call.failed", call=row.id, method=row.method, exc_info=failure)
        outcome.finish(session, row, CallState.UNKNOWN, reason=work.reason(failure))
        return
    if isinstance(failure, Refused):
        row.errcode = failure.errcode
        if failure.reaction is Reaction.RATE:
            _pause_method(session, row)
            return
        if failure.reaction is not Reaction.RETRY:
            # What an administrator can mend waits on the page 任务 for a replay; the rest is a fact.
            mendable = failure.reaction in {Reaction.CONFIG, Reaction.REFRESH, Reaction.BUG}
            state = CallState.PARKED if mendable else CallState.REFUSED
            outcome.finish(session, row, state, reason=f"errcode {failure.errcode}")
            return
    elif not isinstance(failure, Unreachable | OutcomeUnknown):
        log.error("wecom_call.failed", call=row.id, method=row.method, exc_info=failure)
    _try_again(session, row, failure)


def _try_again(session: Session, row: WecomCall, failure: Exception) -> None:
    row.attempts += 1
    row.unanswered |= not isinstance(failure, Refused | Unreachable)
    row.reason = work.reason(failure)
    if row.deadline is None and row.attempts >= _TRIES:
        outcome.finish(session, row, CallState.PARKED, reason=row.reason)
        return
    # Inside a deadline of seconds a doubling pause would spend it on waiting.
    row.due_at = clock.now() + dt.timedelta(seconds=2) if row.deadline else work.next_try(row.attempts)
    _back_to_ready(session, row)


def _pause_method(session: Session, row: WecomCall) -> None:
    until = clock.now() + RATE_PAUSE
    row.reason, row.due_at = _RATE_REASON, until
    session.execute(
        update(WecomCall)
        .where(WecomCall.method == row.method, WecomCall.state == CallState.READY, WecomCall.due_at < until)
        .values(due_at=until)
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
