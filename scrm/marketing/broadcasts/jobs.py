"""What is due for broadcasts: the row says when, and one step at a time carries it on."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NOW
from scrm.marketing.broadcasts import models, states
from scrm.marketing.broadcasts.actions import collecting, listing, reconcile, sending
from scrm.marketing.broadcasts.models import Broadcast, BroadcastState
from scrm.marketing.broadcasts.states import Verb


def step(session: Session, broadcast: Broadcast) -> None:
    """Carry a broadcast on as far as it goes without waiting."""
    now = clock.now()
    if broadcast.state == BroadcastState.PLANNING:
        sending.freeze(session, broadcast)
    if broadcast.state == BroadcastState.SCHEDULED and (broadcast.send_at is None or broadcast.send_at <= now):
        states.move(session, broadcast, Verb.BEGIN, audit.System.SCHEDULER)
        broadcast.started_at = broadcast.updated_at = now
        listing.begin(session, broadcast)
    if broadcast.started_at is not None and broadcast.finished_at is None:
        reconcile.look(session, broadcast)
        collecting.poll(session, broadcast)
        sending.pump(session, broadcast)
        collecting.settle(session, broadcast)
    session.flush()
    broadcast.due_at = collecting.next_due(session, broadcast)


def _act(session: Session, broadcasts: Sequence[Broadcast]) -> None:
    for broadcast in broadcasts:
        step(session, broadcast)


def _failing(_session: Session, broadcast: Broadcast, reason: str) -> None:
    """Its page says why it does not go on."""
    broadcast.reason, broadcast.updated_at = reason, clock.now()


QUEUE: NounQueue[Broadcast] = NounQueue(
    name=models.QUEUE,
    kind="broadcast",
    subject_kind="broadcast",
    model=Broadcast,
    open=Broadcast.due_at.is_not(None),
    now=lambda: Broadcast.due_at <= NOW,
    due_at=Broadcast.due_at,
    order=(Broadcast.due_at, Broadcast.id),
    lane=Lane.BULK,
    batch=1,
    act=_act,
    failing=_failing,
)
