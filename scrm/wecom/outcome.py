"""What became of a call to WeCom, and handing it to the action that asked."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_type_hints

import structlog
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.db import lock_subject
from scrm.core.queue import rows as work
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.method import METHODS, MethodSpec
from scrm.wecom.port.unread import Unread

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a call. ``result`` is set when ``state`` is done, ``errcode`` when WeCom refused."""

    state: CallState
    result: Any = None
    errcode: int | None = None
    reason: str | None = None
    context: dict[str, Any]
    asked_at: dt.datetime  # when the request left: the answer is at least as new
    aside: Sequence[Unread] = ()  # items of the answer that could not be read: not told is not gone
    unanswered: bool = False  # an earlier try of this call may have reached WeCom: its answer was lost


Reply = Callable[[Session, Outcome], None]
_replies: dict[str, Reply] = {}


def on_answer(name: str, reply: Reply) -> None:
    """Let ``reply`` take the answers of calls that name it; `scrm.wiring` fills this."""
    _replies[name] = reply


def of(
    row: WecomCall,
    state: CallState,
    *,
    result: Any = None,
    reason: str | None = None,
    aside: Sequence[Unread] = (),
) -> Outcome:
    """The outcome of a call that ends in this state now."""
    asked_at = row.leased_at or row.created_at
    errcode = row.errcode if state is not CallState.DONE else None
    return Outcome(
        state=state,
        result=result,
        errcode=errcode,
        reason=reason,
        context=row.context,
        asked_at=asked_at,
        aside=aside,
        unanswered=row.unanswered,
    )


def stored(row: WecomCall, spec: MethodSpec) -> Outcome:
    """The outcome that was kept because its asker could not take it."""
    answer = row.answer or {}
    result = answer.get("result")
    state = CallState(answer["state"])
    restored = _result_adapter(spec).validate_python(result) if state is CallState.DONE and result is not None else None
    aside = [Unread(**item) for item in answer.get("aside", ())]
    return of(row, state, result=restored, reason=answer.get("reason"), aside=aside)


def finish(
    session: Session,
    row: WecomCall,
    state: CallState,
    *,
    result: Any = None,
    reason: str | None = None,
    aside: Sequence[Unread] = (),
) -> None:
    """The call ends in this state: see `deliver`."""
    deliver(session, row, of(row, state, result=result, reason=reason, aside=aside))


def deliver(session: Session, row: WecomCall, outcome: Outcome) -> None:
    """Store the receipt and hand the answer over; if the asker fails, the answer is kept and handed over later."""
    row.reason = outcome.reason
    try:
        with session.begin_nested():
            if row.reply is not None:
                lock_subject(session, row.subject)
                _replies[row.reply](session, outcome)
                session.flush()
    except Exception as error:
        if work.passes_by_itself(error) and getattr(error, "connection_invalidated", False):
            raise
        _keep(row, outcome, error)
        return
    row.state, row.finished_at = outcome.state, clock.now()
    if outcome.state is CallState.REFUSED and row.reply is None:
        row.state = CallState.PARKED


def _keep(row: WecomCall, outcome: Outcome, error: Exception) -> None:
    if not work.passes_by_itself(error):
        row.attempts += 1
    spec = METHODS[row.method]
    result = _result_adapter(spec).dump_python(outcome.result, mode="json") if outcome.result is not None else None
    aside = [asdict(item) for item in outcome.aside]
    row.answer = {"state": outcome.state.value, "result": result, "reason": outcome.reason, "aside": aside}
    row.reason = work.reason(error)
    row.state = CallState.PARKED if row.attempts >= work.ATTEMPTS else CallState.ANSWERED
    row.due_at = work.next_try(max(row.attempts, 1))
    log.warning("wecom_call.answer_not_taken", call=row.id, method=row.method, reply=row.reply, error=row.reason)


def _result_adapter(spec: MethodSpec) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(spec.function)["return"])
