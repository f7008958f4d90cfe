"""Work started by the clock: results to read, sending to go on with, late handovers to escalate.

The handover's row is the queue: ``poll_at`` and ``escalate_at`` say when it is due.
"""

import datetime as dt
from typing import Any

import structlog
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.actions import notices as handover_notices
from scrm.compliance.handovers.actions import results, unassigned
from scrm.compliance.handovers.models import Handover
from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import rows as work
from scrm.core.queue.registry import OwnWay, Waiting

log = structlog.get_logger(__name__)

_CLAIM = 20
_LANE = Lane.URGENT  # swept every two seconds: somebody may be looking at the page
_LATER = dt.timedelta(minutes=10)


def drain_batch(corp: int, lane: Lane) -> int:
    """Claim due handovers; the number of them."""
    if lane is not _LANE:
        return 0
    with transaction(corp) as session:
        query = select(Handover).where(_due()).order_by(Handover.id).limit(_CLAIM)
        rows = session.scalars(query.with_for_update(skip_locked=True)).all()
        for case in rows:
            try:
                with session.begin_nested():
                    _attend(session, case)
            except Exception as error:  # one handover must not hold up the others
                if work.passes_by_itself(error):
                    raise
                log.error("handover.not_attended", handover=case.id, error=work.reason(error))
                later = clock.now() + _LATER
                session.execute(update(Handover).where(Handover.id == case.id, _due()).values(poll_at=later))
                session.execute(
                    update(Handover)
                    .where(Handover.id == case.id, Handover.escalate_at <= clock.now())
                    .values(escalate_at=later)
                )
        return len(rows)


QUEUE = OwnWay(
    name="handovers",
    waiting=Waiting(
        model=Handover,
        where=or_(Handover.poll_at.is_not(None), Handover.escalate_at.is_not(None)),
        due_at=func.least(Handover.poll_at, Handover.escalate_at),
    ),
    parked=None,
    batch=drain_batch,
    is_due=lambda _corp, lane: exists().where(_due()) if lane is _LANE else None,
)


def pull_unassigned(session: Session, _carried: dict[str, Any]) -> bool:
    """Read WeCom's list of unassigned customers; the clock's job of every hour, since no callback tells."""
    unassigned.pull(session)
    return False


def _attend(session: Session, case: Handover) -> None:
    now = clock.now()
    if case.escalate_at is not None and case.escalate_at <= now:
        handover_notices.escalate(session, case)
    if case.poll_at is not None and case.poll_at <= now:
        results.poll(session, case)
        handovers.restate(session, case)
    session.flush()


def _due() -> work.Condition:
    now = clock.now()
    return or_(Handover.poll_at <= now, Handover.escalate_at <= now)
