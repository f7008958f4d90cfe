"""Holding a broadcast, letting it go on, taking it back, and reminding who has not sent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_ids
from scrm.marketing.broadcasts.actions.sending import take_back, whole_slice, withdraw
from scrm.marketing.broadcasts.errors import BroadcastStateWrong, RemindLimit
from scrm.marketing.broadcasts.models import Broadcast, BroadcastSlice, BroadcastState, RecipientState, SliceState
from scrm.marketing.broadcasts.queries.broadcasts import visible_broadcast
from scrm.marketing.broadcasts.queries.recipients import REMINDERS, recent
from scrm.marketing.broadcasts.recipients import move
from scrm.wecom import calls
from scrm.wecom.port.group_messages import GroupMessages


def pause(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """Nothing more is asked of WeCom; calls that have left end as they end, and results are still read."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    _in_state(broadcast, BroadcastState.SCHEDULED, BroadcastState.SENDING)
    withdraw(session, broadcast)
    broadcast.state, broadcast.reason = BroadcastState.PAUSED, None
    broadcast.updated_at = clock.now()
    audit.record(session, actor, "broadcast.paused", f"broadcast:{broadcast.id}")
    return broadcast


def resume(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """On from where it stood; calls that an administrator had to mend are asked for anew."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    _in_state(broadcast, BroadcastState.PAUSED)
    withdraw(session, broadcast)
    now = clock.now()
    begun = broadcast.started_at is not None
    broadcast.state = BroadcastState.SENDING if begun else BroadcastState.SCHEDULED
    broadcast.reason = None
    broadcast.due_at = broadcast.updated_at = now
    audit.record(session, actor, "broadcast.resumed", f"broadcast:{broadcast.id}")
    ring_after_commit(session, Lane.BULK)
    return broadcast


def cancel(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """What is not sent will not be; tasks that no member has confirmed are taken back from WeCom."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    _in_state(
        broadcast,
        BroadcastState.WAITING_APPROVAL,
        BroadcastState.SCHEDULED,
        BroadcastState.SENDING,
        BroadcastState.PAUSED,
        BroadcastState.COLLECTING,
    )
    withdraw(session, broadcast)
    now = clock.now()
    planned = session.scalars(
        select(BroadcastSlice.id).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.PLANNED
        )
    ).all()
    for number in planned:
        row = whole_slice(session, number)
        row.state = SliceState.CANCELLED
        move(row, [RecipientState.PLANNED, RecipientState.IN_DOUBT], RecipientState.CANCELLED, now=now)
    unsent = session.scalars(
        select(BroadcastSlice).where(
            BroadcastSlice.broadcast_id == broadcast.id,
            BroadcastSlice.state == SliceState.ACCEPTED,
            BroadcastSlice.confirmed_at.is_(None),
        )
    ).all()
    for row in unsent:
        take_back(session, broadcast, row)
    broadcast.state, broadcast.reason = BroadcastState.CANCELLED, None
    broadcast.started_at = broadcast.started_at or now
    broadcast.due_at = broadcast.updated_at = now
    facts = {"calls_dropped": len(planned), "tasks_taken_back": len(unsent)}
    audit.record(session, actor, "broadcast.cancelled", f"broadcast:{broadcast.id}", facts)
    ring_after_commit(session, Lane.BULK)
    return broadcast


def remind(session: Session, actor: Actor, broadcast_id: int, *, userids: list[str]) -> int:
    """Have WeCom remind members who have not sent; how many. Raises `RemindLimit` if that is nobody."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    _in_state(broadcast, BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.COLLECTING)
    rows = session.scalars(
        select(BroadcastSlice)
        .where(
            BroadcastSlice.broadcast_id == broadcast.id,
            BroadcastSlice.state == SliceState.ACCEPTED,
            BroadcastSlice.confirmed_at.is_(None),
        )
        .with_for_update()
    ).all()
    wanted = {userid.lower() for userid in userids}
    staff = staff_by_ids(session, [row.staff_id for row in rows])
    now = clock.now()
    reminded: set[int] = set()
    for row in rows:
        if (wanted and staff[row.staff_id].userid.lower() not in wanted) or len(recent(row.reminders)) >= REMINDERS:
            continue
        # Counted before it is asked for: a reminder whose answer is lost may have gone out.
        row.reminders = [*recent(row.reminders), now.isoformat()]
        row.updated_at = now
        reminded.add(row.staff_id)
        calls.request(
            session,
            GroupMessages.remind_groupmsg_send,
            {"msgid": row.msgid},
            subject=f"broadcast-message:{row.msgid}",
            reply="marketing.remind_answered",
            context={"slice_id": row.id},
        )
    if not reminded:
        raise RemindLimit(limit=REMINDERS)
    audit.record(session, actor, "broadcast.reminded", f"broadcast:{broadcast.id}", {"members": len(reminded)})
    return len(reminded)


def refresh(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """Read the results now instead of when they are due."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    now = clock.now()
    rows = session.scalars(
        select(BroadcastSlice).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.ACCEPTED
        )
    ).all()
    for row in rows:
        row.poll_at = now
    if rows:
        broadcast.due_at = now
        ring_after_commit(session, Lane.BULK)
    return broadcast


def _in_state(broadcast: Broadcast, *states: BroadcastState) -> None:
    if broadcast.state not in states:
        raise BroadcastStateWrong(state=broadcast.state)
