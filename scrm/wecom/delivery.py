"""Handing what became of a call to whoever takes it: with the receipt, or later."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.db import lock_subject
from scrm.core.queue import rows as work
from scrm.wecom import replies
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.outcome import Outcome, kept, of
from scrm.wecom.port.unread import Unread

log = structlog.get_logger(__name__)


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


def deliver(session: Session, row: WecomCall, outcome: Outcome[Any]) -> None:
    """Store the receipt and hand the answer over; if the asker fails, the answer is kept and handed over later."""
    row.reason = outcome.reason
    try:
        with session.begin_nested():
            if row.reply is not None:
                lock_subject(session, row.subject)
                replies.take(row.reply, session, outcome, row.context)
                session.flush()
    except Exception as error:
        if work.passes_by_itself(error) and getattr(error, "connection_invalidated", False):
            raise
        _keep(row, outcome, error)
        return
    row.state, row.finished_at = outcome.state, clock.now()
    if outcome.state is CallState.REFUSED and row.reply is None:
        row.state = CallState.PARKED


def _keep(row: WecomCall, outcome: Outcome[Any], error: Exception) -> None:
    if not work.passes_by_itself(error):
        row.attempts += 1
    row.answer = kept(row, outcome)
    row.reason = work.reason(error)
    row.state = CallState.PARKED if row.attempts >= work.ATTEMPTS else CallState.ANSWERED
    row.due_at = work.next_try(max(row.attempts, 1))
    log.warning("wecom_call.answer_not_taken", call=row.id, method=row.method, reply=row.reply, error=row.reason)
