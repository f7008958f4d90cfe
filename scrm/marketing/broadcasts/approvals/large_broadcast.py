"""A broadcast to more customers than the limit is sent when somebody else has looked at it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import nouns
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts import states
from scrm.marketing.broadcasts.content import check_time
from scrm.marketing.broadcasts.errors import BroadcastStateWrong, SecondPersonNeeded
from scrm.marketing.broadcasts.models import QUEUE, Broadcast, BroadcastSlice, BroadcastState
from scrm.marketing.broadcasts.states import Verb
from scrm.shared.approvals.kind import Kind


def give_back(session: Session, who: audit.Who, broadcast: Broadcast, reason: str | None) -> None:
    """It is a draft again, with the reason; the frozen audience is given up."""
    states.move(session, broadcast, Verb.REJECT, who)
    nouns.forget(session, QUEUE, [broadcast.id])
    session.execute(delete(BroadcastSlice).where(BroadcastSlice.broadcast_id == broadcast.id))
    broadcast.reason = reason
    broadcast.submitter = broadcast.submitted_above = None
    broadcast.approver_name = broadcast.approved_at = broadcast.due_at = broadcast.planned_for = None
    broadcast.audience_count = broadcast.without_sender = 0
    broadcast.updated_at = clock.now()


def _confirmed(session: Session, who: audit.Who, broadcast: Broadcast) -> None:
    now = clock.now()
    check_time(broadcast.send_at, now)
    broadcast.approver_name, broadcast.approved_at = who.display_name if isinstance(who, Actor) else None, now
    broadcast.due_at, broadcast.updated_at = broadcast.send_at or now, now
    states.move(session, broadcast, Verb.APPROVE, who)
    ring_after_commit(session, Lane.BULK)


KIND: Kind[Broadcast] = Kind(
    name="large_broadcast",
    zh="大量群发",
    en="Large broadcast",
    record="broadcast",
    permission=Permission.BROADCASTS_SEND,
    waits=lambda broadcast: broadcast.state == BroadcastState.WAITING_APPROVAL,
    asked_by=lambda broadcast: (broadcast.author, broadcast.submitter),
    own=SecondPersonNeeded,
    decided=lambda broadcast: BroadcastStateWrong(state=broadcast.state),
    not_asked=SecondPersonNeeded,
    confirmed=_confirmed,
    rejected=give_back,
    withdrawn=give_back,
)
