"""Holding a broadcast, letting it go on, taking it back, and reminding who has not sent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import nouns
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_ids
from scrm.marketing.broadcasts import states
from scrm.marketing.broadcasts.actions.sending import take_back, whole_slice, withdraw
from scrm.marketing.broadcasts.errors import RemindLimit
from scrm.marketing.broadcasts.models import (
    QUEUE,
    Broadcast,
    BroadcastSlice,
    RecipientState,
    SliceState,
)
from scrm.marketing.broadcasts.queries.broadcasts import visible_broadcast
from scrm.marketing.broadcasts.queries.recipients import REMINDERS, recent
from scrm.marketing.broadcasts.recipients import move
from scrm.marketing.broadcasts.replies import REMIND_ANSWERED, ReminderContext
from scrm.marketing.broadcasts.states import SliceVerb, Verb
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.port.group_messages import GroupMessages


def pause(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """Nothing more is asked of WeCom; calls that have left end as they end, and results are still read."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    states.check(broadcast, Verb.PAUSE)
    held = withdraw(session, broadcast)
    states.move(session, broadcast, Verb.PAUSE, actor, {"calls_held": held})
    broadcast.reason, broadcast.updated_at = None, clock.now()
    return broadcast


def resume(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """On from where it stood; calls that an administrator had to mend are asked for anew."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    verb = Verb.RESUME if broadcast.started_at is not None else Verb.RESUME_UNBEGUN
    states.check(broadcast, verb)
    again = withdraw(session, broadcast)
    now = clock.now()
    states.move(session, broadcast, verb, actor, {"calls_again": again})
    broadcast.reason = None
    broadcast.due_at = broadcast.updated_at = now
    nouns.forget(session, QUEUE, [broadcast.id])
    ring_after_commit(session, Lane.BULK)
    return broadcast


def cancel(session: Session, actor: Actor, broadcast_id: int) -> Broadcast:
    """What is not sent will not be; tasks that no member has confirmed are taken back from WeCom."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    states.check(broadcast, Verb.CANCEL)
    withdraw(session, broadcast)
    now = clock.now()
    planned = session.scalars(
        select(BroadcastSlice.id).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.PLANNED
        )
    ).all()
    for number in planned:
        row = whole_slice(session, number)
        states.move_slice(row, SliceVerb.CANCEL)
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
    broadcast.reason, broadcast.started_at = None, broadcast.started_at or now
    broadcast.due_at = broadcast.updated_at = now
    nouns.forget(session, QUEUE, [broadcast.id])
    facts = {"calls_dropped": len(planned), "tasks_taken_back": len(unsent)}
    states.move(session, broadcast, Verb.CANCEL, actor, facts)
    ring_after_commit(session, Lane.BULK)
    return broadcast


def remind(session: Session, actor: Actor, broadcast_id: int, *, userids: list[str]) -> int:
    """Have WeCom remind members who have not sent; how many. Raises `RemindLimit` if that is nobody."""
    broadcast = visible_broadcast(session, actor, broadcast_id, lock=True)
    states.check(broadcast, Verb.REMIND)
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
            ask(GroupMessages.remind_groupmsg_send, msgid=str(row.msgid)).then(
                REMIND_ANSWERED, ReminderContext(row.id)
            ),
            subject=f"broadcast-message:{row.msgid}",
        )
    if not reminded:
        raise RemindLimit(limit=REMINDERS)
    states.move(session, broadcast, Verb.REMIND, actor, {"members": len(reminded)})
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
