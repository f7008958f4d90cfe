"""What is due for broadcasts: the row says when, and one step at a time carries it on."""

import datetime as dt

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import rows as work
from scrm.core.queue.registry import OwnWay, Waiting
from scrm.marketing.broadcasts.actions import collecting, reconcile, sending
from scrm.marketing.broadcasts.models import Broadcast, BroadcastState

log = structlog.get_logger(__name__)

_LANE = Lane.BULK
_AGAIN = dt.timedelta(minutes=1)


def drain_batch(corp: int, lane: Lane) -> int:
    """One step of one due broadcast, in one transaction; 1, or 0 when nothing is due."""
    if lane is not _LANE:
        return 0
    with transaction(corp) as session:
        broadcast = session.scalars(
            select(Broadcast)
            .where(Broadcast.due_at <= clock.now())
            .order_by(Broadcast.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if broadcast is None:
            return 0
        try:
            with session.begin_nested():
                step(session, broadcast)
                session.flush()
        except Exception as error:  # one broadcast must not hold up the lane
            if work.passes_by_itself(error):
                raise
            log.error("broadcast.step_failed", broadcast=broadcast.id, exc_info=error)
            broadcast.reason = work.reason(error)
            broadcast.updated_at = clock.now()
            broadcast.due_at = clock.now() + _AGAIN
        return 1


QUEUE = OwnWay(
    name="broadcasts",
    waiting=Waiting(model=Broadcast, where=Broadcast.due_at.is_not(None), due_at=Broadcast.due_at),
    parked=None,
    batch=drain_batch,
    is_due=lambda _corp, lane: exists().where(Broadcast.due_at <= clock.now()) if lane is _LANE else None,
)


def step(session: Session, broadcast: Broadcast) -> None:
    """Carry a broadcast on as far as it goes without waiting."""
    now = clock.now()
    if broadcast.state == BroadcastState.PLANNING:
        sending.freeze(session, broadcast)
    if broadcast.state == BroadcastState.SCHEDULED and (broadcast.send_at is None or broadcast.send_at <= now):
        broadcast.state, broadcast.started_at, broadcast.updated_at = BroadcastState.SENDING, now, now
        audit.record(session, audit.System.SCHEDULER, "broadcast.begun", f"broadcast:{broadcast.id}")
    if broadcast.started_at is not None and broadcast.finished_at is None:
        reconcile.look(session, broadcast)
        collecting.poll(session, broadcast)
        sending.pump(session, broadcast)
        collecting.settle(session, broadcast)
    session.flush()
    broadcast.due_at = collecting.next_due(session, broadcast)
