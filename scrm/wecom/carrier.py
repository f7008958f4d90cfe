"""Carrying calls out: lease (transaction 1), call with no transaction open, receipt and reply (transaction 2).

A call on its way occupies only itself: a batch is not waited for. A lease counts before the call, so that a call that
takes its worker along each time ends on the page of parked work. A mutating call whose answer was lost is ``unknown``.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import exists, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, aliased

from scrm.core import alarms, clock, holding, in_hand, work
from scrm.core.db import is_transient, subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.wecom import outcome, unread
from scrm.wecom.calls import OPEN
from scrm.wecom.errcodes import Reaction
from scrm.wecom.flights import flights
from scrm.wecom.models import ApiPause, CallState, WecomCall
from scrm.wecom.port.errors import OutcomeUnknown, Refused, Unreachable
from scrm.wecom.port.method import METHODS, MethodSpec
from scrm.wecom.port.unread import Unread, collected
from scrm.wecom.port.wecom import wecom

log = structlog.get_logger(__name__)

T = TypeVar("T")

LEASE = dt.timedelta(seconds=60)  # longer than a call with its time-outs and one token refresh
BEGIN_WITHIN = 25.0  # seconds from the lease: what is left of it is longer than a call, so nobody else takes it over
RATE_PAUSE = dt.timedelta(seconds=60)  # 45009: the shortest window (page 90312)
LEASES = 16  # so many workers that ended over a call make it the call; machines that restart take up a few again
_AGAIN = 3  # from then on it is an alarm
_TRIES = 4  # -1 and the like: at most three repetitions (page 90313)
_PATIENT_SECONDS = 20.0  # for a receipt to be stored; together with a call less than a lease
_RATE_REASON = "errcode 45009: frequency limit"
_MARGIN = dt.timedelta(minutes=2)

AGAIN = alarms.kind(
    "work_taken_again",
    zh="有 {count} 项任务反复中断，未得到结果",
    en="{count} pieces of work break off again and again without an outcome",
    path="/tasks",
)


def drain_batch(corp: int, lane: Lane) -> int:
    """Lease due calls and let them leave; the number of rows claimed. Whoever wants their answers waits for them."""
    room = flights.room(corp)
    if not room:
        return 0
    claimed, leased = _claim(corp, lane, room)
    for item in leased:
        flights.begin(corp, lane, _carrying(corp, item))
    return claimed


def _carrying(corp: int, item: "_Leased") -> Callable[[], None]:
    return lambda: _carry_out(corp, item)


def _due(_corp: int, lane: Lane) -> work.Condition:
    return exists().where(WecomCall.state.in_(OPEN), WecomCall.lane == lane.value, WecomCall.due_at <= clock.now())


def _under_way(_corp: int, lane: Lane) -> work.Condition:
    """A call has left and its answer has not been stored."""
    return exists().where(WecomCall.state == CallState.LEASED, WecomCall.lane == lane.value)


TOPIC = work.Topic(
    name="calls",
    drain_batch=drain_batch,
    due=_due,
    under_way=_under_way,
    carries=True,
    landed=flights.wait,
    all_landed=flights.wait_own,
)


def look_after(corp: int) -> None:
    """What no caller sees: leases of processes that are no more end at once, and calls taken up again are told of."""
    now = clock.now()
    with transaction(corp) as session:
        held = select(WecomCall.holder).where(WecomCall.state == CallState.LEASED, WecomCall.due_at > now).distinct()
        dead = holding.gone(session, [holder for holder in session.scalars(held) if holder is not None])
        if dead:
            session.execute(
                update(WecomCall)
                .where(WecomCall.state == CallState.LEASED, WecomCall.holder.in_(dead), WecomCall.due_at > now)
                .values(due_at=now)
            )
        again = len(session.scalars(select(WecomCall.id).where(*_taken_again()).limit(1_000)).all())
        again += in_hand.taken_again(session)
        if again:
            alarms.raise_alarm(session, AGAIN, count=again)
        else:
            alarms.clear(session, AGAIN)


def _taken_again() -> tuple[work.Condition, ...]:
    return (WecomCall.state.in_([*OPEN, CallState.PARKED]), WecomCall.leases >= _AGAIN)


@dataclass(frozen=True)
class _Leased:
    id: int
    lease: str
    spec: MethodSpec
    arguments: dict[str, Any]
    app: str | None
    begin_by: float  # on the monotonic clock: begun later, a call could outlive its lease


def _claim(corp: int, lane: Lane, room: int) -> tuple[int, list[_Leased]]:
    now, begin_by = clock.now(), time.monotonic() + BEGIN_WITHIN
    holder = holding.key()
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
            .where(WecomCall.state.in_(OPEN), WecomCall.lane == lane.value, WecomCall.due_at <= now, ~on_its_way)
            .order_by(WecomCall.due_at, WecomCall.id)
            .limit(room)
            .with_for_update(skip_locked=True, of=WecomCall)
        ).all()
        rows = _free(session, corp, found, now)
        paused = _paused(session, now) if rows else {}
        handed_over = False
        for row in sorted(rows, key=lambda row: (subject_key(corp, row.subject), row.id)):
            spec = METHODS[row.method]
            if row.state == CallState.ANSWERED:
                # One in a transaction: what its reply locks last, a sync's row, the next would begin with.
                if not handed_over:
                    outcome.deliver(session, row, outcome.stored(row, spec))
                handed_over = True
            elif row.state == CallState.LEASED and spec.mutating and not _dropped_if_twice(row, spec):
                outcome.finish(session, row, CallState.UNKNOWN, reason="the caller died before the answer")
            elif row.deadline is not None and row.deadline <= now:
                outcome.finish(session, row, CallState.EXPIRED, reason="deadline passed")
            elif row.leases >= LEASES:
                outcome.finish(session, row, CallState.PARKED, reason=f"taken up {LEASES} times without an outcome")
            elif row.method in paused:
                row.due_at = paused[row.method]
            else:
                row.unanswered |= row.state == CallState.LEASED
                row.state, row.lease, row.leased_at = CallState.LEASED, secrets.token_hex(8), now
                row.due_at, row.holder = now + LEASE, holder
                row.leases += 1
                leased.append(_Leased(row.id, row.lease, spec, row.arguments, row.app, begin_by))
    return len(rows), leased


def _free(session: Session, corp: int, found: Sequence[WecomCall], now: dt.datetime) -> list[WecomCall]:
    """One of each subject that has no other call on its way: another worker may have leased one while we read.

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
    first: dict[str, WecomCall] = {}
    for row in sorted(found, key=lambda row: row.id):
        if row.subject not in taken:
            first.setdefault(row.subject, row)
    return list(first.values())


def _paused(session: Session, now: dt.datetime) -> dict[str, dt.datetime]:
    """Methods over WeCom's frequency limit and until when: a call asked for meanwhile would be refused as well."""
    query = select(ApiPause.method, ApiPause.until).where(ApiPause.until > now)
    return {row[0]: row[1] for row in session.execute(query).all()}


def _carry_out(corp: int, item: _Leased) -> None:
    if time.monotonic() > item.begin_by or _patiently(lambda: _paused_now(corp, item)):
        _patiently(lambda: _hand_back(corp, item))
        return
    result: Any = None
    failure: Exception | None = None
    with collected() as aside:
        try:
            family = getattr(wecom(corp, item.app), item.spec.family)
            result = getattr(family, item.spec.name)(**item.arguments)
        except Exception as error:
            failure = error
    try:
        _patiently(lambda: _settle(corp, item, result, failure, aside))
    except Exception as error:  # the receipt itself cannot be kept: without this the row would be leased for ever
        log.error("wecom_call.receipt_not_kept", corp=corp, call=item.id, method=item.spec.path, exc_info=error)
        problem = type(error).__name__
        _patiently(lambda: _put_aside(corp, item, problem))


def _patiently(ask: Callable[[], T]) -> T:
    """Ask in spite of a database that is away for a moment: WeCom will not say its answer a second time."""
    ends = time.monotonic() + _PATIENT_SECONDS
    pause = 0.05
    while True:
        try:
            return ask()
        except Exception as error:
            if not (is_transient(error) or isinstance(error, PoolTimeout)) or time.monotonic() > ends:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 2.0)


def _paused_now(corp: int, item: _Leased) -> bool:
    """Whether another call has met the limit since this one was leased."""
    with transaction(corp) as session:
        return item.spec.path in _paused(session, clock.now())


def _held(session: Session, item: _Leased) -> WecomCall | None:
    return session.scalars(
        select(WecomCall).where(WecomCall.id == item.id, WecomCall.lease == item.lease).with_for_update()
    ).first()


def _settle(corp: int, item: _Leased, result: Any, failure: Exception | None, aside: Sequence[Unread]) -> None:
    with transaction(corp) as session:
        row = _held(session, item)
        if row is None or row.state not in {CallState.LEASED, CallState.UNKNOWN}:
            log.warning("wecom_call.lease_lost", call=item.id, method=item.spec.path)
            return
        row.leases, row.holder = 0, None
        if failure is None:
            unread.note(session, item.spec.path, aside)
            outcome.finish(session, row, CallState.DONE, result=result, aside=aside)
        else:
            _take_failure(session, row, item.spec, failure)


def _put_aside(corp: int, item: _Leased, problem: str) -> None:
    """Park a call whose outcome cannot be kept, with nothing of what came."""
    with transaction(corp) as session:
        row = _held(session, item)
        if row is not None and row.state in {CallState.LEASED, CallState.UNKNOWN}:
            row.state, row.reason, row.finished_at = CallState.PARKED, f"the outcome cannot be kept: {problem}", None
            row.holder = None


def _hand_back(corp: int, item: _Leased) -> None:
    """A call that has not left: anybody may take it, when its method is not paused any more."""
    with transaction(corp) as session:
        row = _held(session, item)
        if row is not None and row.state == CallState.LEASED:
            now = clock.now()
            row.due_at = _paused(session, now).get(row.method, now)
            row.leases -= 1
            _back_to_ready(session, row)


def _take_failure(session: Session, row: WecomCall, spec: MethodSpec, failure: Exception) -> None:
    if spec.mutating and not isinstance(failure, Refused | Unreachable):
        # No answer, or one that we could not read: it may have taken effect.
        if not isinstance(failure, OutcomeUnknown):
            log.error("wecom_call.failed", call=row.id, method=row.method, exc_info=failure)
        if _dropped_if_twice(row, spec):
            _try_again(session, row, failure)
            return
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
        outcome.finish(session, row, CallState.PARKED, reason=row.reason)
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
    row.holder = None
    if row.key is not None:
        waiting = select(WecomCall.id).where(WecomCall.key == row.key, WecomCall.state == CallState.READY)
        if session.scalars(waiting).first() is not None:
            # Somebody has asked anew meanwhile; that call answers for both.
            row.state, row.finished_at = CallState.DONE, clock.now()
            return
    row.state = CallState.READY
