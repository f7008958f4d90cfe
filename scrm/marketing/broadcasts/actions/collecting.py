"""Reading what became of the tasks: who has sent, and what each customer got, until all are final."""

import datetime as dt

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import bulk
from scrm.core import audit, clock
from scrm.core.doorbell import Lane
from scrm.identity.queries import staff_by_ids
from scrm.marketing.broadcasts import states
from scrm.marketing.broadcasts.actions.sending import locked, whole_slice
from scrm.marketing.broadcasts.models import (
    FINAL,
    Broadcast,
    BroadcastSlice,
    BroadcastState,
    RecipientState,
    SliceState,
)
from scrm.marketing.broadcasts.queries.broadcasts import WATCHED
from scrm.marketing.broadcasts.recipients import move, positions, states_of, store, times_of
from scrm.marketing.broadcasts.replies import (
    RESULTS_POLLED,
    TASK_POLLED,
    CancelContext,
    PollContext,
    ReminderContext,
)
from scrm.marketing.broadcasts.states import SliceVerb, Verb
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.group_messages import GroupMessages, GroupMessageTaskPage, SendResultPage

_AT_ONCE = 200  # polls asked for in one step
_PER_SECOND = 30  # polls of one broadcast at most: WeCom allows 10,000 calls a minute (page 90312)
_PATIENCE = dt.timedelta(minutes=2)  # of one poll; the next one asks again
_SENT = 2  # status of a task (page 93338)
_STOPPED = 41093  # it had been cancelled before
_STATES = {
    0: RecipientState.CREATED,
    1: RecipientState.DELIVERED,
    2: RecipientState.NOT_A_FRIEND,
    3: RecipientState.QUOTA_AT_WECOM,
}
_OPEN = (RecipientState.PLANNED, RecipientState.CREATED, RecipientState.IN_DOUBT)
# By the age of the broadcast: staff who send at once are seen at once.
_PACE = (
    (dt.timedelta(minutes=10), dt.timedelta(seconds=10)),
    (dt.timedelta(hours=2), dt.timedelta(minutes=1)),
    (dt.timedelta(days=1), dt.timedelta(minutes=10)),
)
_SLOWEST = dt.timedelta(hours=1)


def poll(session: Session, broadcast: Broadcast) -> None:
    """Ask for the tasks that are due; the caller holds the broadcast's row."""
    now = clock.now()
    if _busy_creating(session, broadcast, now):
        return
    rows = session.scalars(
        select(BroadcastSlice)
        .where(
            BroadcastSlice.broadcast_id == broadcast.id,
            BroadcastSlice.state == SliceState.ACCEPTED,
            BroadcastSlice.poll_at <= now,
        )
        .order_by(BroadcastSlice.poll_at)
        .limit(_AT_ONCE)
    ).all()
    if not rows:
        return
    pause = _pause(session, broadcast, now)
    for row in rows:
        row.poll_at = now + pause
        _ask_task(session, broadcast, row, cursor="")


def task_polled(session: Session, outcome: Outcome[GroupMessageTaskPage], context: PollContext) -> None:
    """Whether the member has sent; results are read from then on. A task that was taken back unsent is over."""
    if outcome.state is not CallState.DONE:
        return  # asked again when the next poll is due
    broadcast = locked(session, context.broadcast_id)
    row = whole_slice(session, context.slice_id)
    if row.state != SliceState.ACCEPTED:
        return
    page = outcome.result
    task = next((task for task in page.items if task.status == _SENT), None)
    if task is not None and row.confirmed_at is None:
        row.confirmed_at = clock.from_unix(task.send_time) if task.send_time else outcome.asked_at
        row.updated_at = clock.now()
    if task is None and page.next_cursor:
        _ask_task(session, broadcast, row, cursor=page.next_cursor)
    elif task is not None or row.found_again:
        ask_results(session, broadcast, row, cursor="")
    elif row.stopped_at is not None and outcome.asked_at > row.stopped_at:
        _end(broadcast, row)


def ask_results(session: Session, broadcast: Broadcast, row: BroadcastSlice, *, cursor: str) -> None:
    """Ask for a page of what the customers got."""
    userid = staff_by_ids(session, [row.staff_id])[row.staff_id].userid
    asked = ask(GroupMessages.get_groupmsg_send_result, msgid=str(row.msgid), userid=userid, cursor=cursor)
    _ask(session, row, asked.then(RESULTS_POLLED, PollContext(broadcast.id, row.id)), cursor=cursor)


def results_polled(session: Session, outcome: Outcome[SendResultPage], context: PollContext) -> None:
    """One page of results; after the last, the slice is done if everybody has a final state."""
    if outcome.state is not CallState.DONE:
        return
    broadcast = locked(session, context.broadcast_id)
    row = whole_slice(session, context.slice_id)
    if row.state != SliceState.ACCEPTED:
        return
    page = outcome.result
    _take(session, row, page)
    if page.next_cursor:
        ask_results(session, broadcast, row, cursor=page.next_cursor)
        return
    now = clock.now()
    if row.found_again:
        # Read to the end: who is not told of was on the fail list that got lost.
        move(row, [RecipientState.IN_DOUBT], RecipientState.UNSENDABLE, now=now)
        row.found_again = row.confirmed_at is None and row.found_again
    if not np.isin(states_of(row), _OPEN).any():
        states.move_slice(row, SliceVerb.COMPLETE)
    elif row.confirmed_at is None and row.stopped_at is not None and outcome.asked_at > row.stopped_at:
        _end(broadcast, row)  # once a member has sent, what does not show yet still will
    broadcast.due_at = now


def cancel_answered(session: Session, outcome: Outcome[None], context: CancelContext) -> None:
    """WeCom stopped a task, or it was stopped already: what was sent before is read, the rest is cancelled.

    Where it refuses for another reason, the task stands, and is watched on.
    """
    if context.slice_id is None:
        return
    broadcast = locked(session, context.broadcast_id)
    row = whole_slice(session, context.slice_id)
    if row.state != SliceState.ACCEPTED:
        return
    now = clock.now()
    if outcome.state is CallState.DONE or outcome.errcode == _STOPPED:
        row.stopped_at = now
    else:
        row.reason = f"cancel: {outcome.reason}"
    row.poll_at = broadcast.due_at = row.updated_at = now


def remind_answered(session: Session, outcome: Outcome[None], context: ReminderContext) -> None:
    """A reminder went out, or not and why; a lost answer counts as one that went out."""
    row = whole_slice(session, context.slice_id)
    now = clock.now()
    row.reason = None if outcome.state in {CallState.DONE, CallState.UNKNOWN} else f"remind: {outcome.reason}"
    row.poll_at, row.updated_at = now, now


def settle(session: Session, broadcast: Broadcast) -> None:
    """Sending → collecting when every task stands at WeCom, → finished when every recipient is final."""
    session.flush()
    now = clock.now()
    found = set(
        session.scalars(select(BroadcastSlice.state).where(BroadcastSlice.broadcast_id == broadcast.id).distinct())
    )
    open_states = {SliceState.PLANNED, SliceState.REQUESTED, SliceState.UNKNOWN, SliceState.PARKED}
    if broadcast.state == BroadcastState.SENDING and not open_states & found:
        states.move(session, broadcast, Verb.CREATE_ALL, audit.System.SCHEDULER)
        broadcast.created_all_at = broadcast.updated_at = now
    if _watched_until(broadcast) <= now:
        _close(session, broadcast, now)
        found = set()
    if all(state in FINAL for state in found):
        if broadcast.state == BroadcastState.COLLECTING:
            states.move(session, broadcast, Verb.FINISH, audit.System.SCHEDULER)
            broadcast.finished_at = broadcast.updated_at = now
        elif broadcast.state == BroadcastState.CANCELLED and broadcast.finished_at is None:
            broadcast.finished_at = broadcast.updated_at = now


def next_due(session: Session, broadcast: Broadcast) -> dt.datetime | None:
    """When the next step is due; replies bring it forward."""
    now = clock.now()
    if broadcast.state == BroadcastState.SCHEDULED:
        return broadcast.send_at or now
    if broadcast.finished_at is not None or broadcast.started_at is None:
        return None
    soonest = session.execute(
        select(
            func.min(BroadcastSlice.poll_at).filter(BroadcastSlice.state == SliceState.ACCEPTED),
            func.min(BroadcastSlice.check_at).filter(BroadcastSlice.state == SliceState.UNKNOWN),
        ).where(BroadcastSlice.broadcast_id == broadcast.id)
    ).one()
    moments: list[dt.datetime] = [moment for moment in soonest if moment is not None]
    if broadcast.state == BroadcastState.SENDING:
        moments.append(now + dt.timedelta(seconds=15))  # a sender may be waiting for another broadcast's answer
    moments.append(_watched_until(broadcast))
    # A listing under way ends by answers; without them it is begun anew, so a step a few seconds on is soon enough.
    return max(min(moments), now + dt.timedelta(seconds=2))


def _take(session: Session, row: BroadcastSlice, page: SendResultPage) -> None:
    known = bulk().customer_ids(session, [item.external_userid for item in page.items])
    items = [item for item in page.items if item.external_userid in known]
    at, ours = positions(row, [known[item.external_userid] for item in items])
    told = np.array([_STATES.get(item.status, RecipientState.CREATED) for item in items], dtype=np.uint8)
    moments = np.array([item.send_time or 0 for item in items], dtype=np.uint32)
    each, times = states_of(row), times_of(row)
    # A final state stays: a page that was read twice or late tells nothing new.
    fresh = ours & np.isin(each[at], _OPEN) if len(items) else ours
    changed = fresh & (each[at] != told) if len(items) else fresh
    if not changed.any():
        return
    each[at[fresh]] = told[fresh]
    times[at[fresh]] = moments[fresh]
    row.sent_times = times.astype(">u4").tobytes()
    store(row, each, now=clock.now())


def _end(broadcast: Broadcast, row: BroadcastSlice) -> None:
    """A cancelled task: what was not sent will not be."""
    states.move_slice(row, SliceVerb.CANCEL)
    move(row, _OPEN, RecipientState.CANCELLED, now=clock.now())
    broadcast.due_at = clock.now()


def _close(session: Session, broadcast: Broadcast, now: dt.datetime) -> None:
    """Watched long enough: whoever has not sent by now is said to have not."""
    ids = session.scalars(
        select(BroadcastSlice.id).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.ACCEPTED
        )
    ).all()
    for number in ids:
        row = whole_slice(session, number)
        states.move_slice(row, SliceVerb.COMPLETE)
        move(row, _OPEN, RecipientState.UNCONFIRMED, now=now)
    session.flush()


def _watched_until(broadcast: Broadcast) -> dt.datetime:
    """When results are read no more: some time after the last task was created, or after a cancel."""
    if broadcast.state in {BroadcastState.SENDING, BroadcastState.PAUSED}:
        return dt.datetime.max.replace(tzinfo=dt.UTC)
    return (broadcast.created_all_at or broadcast.updated_at) + WATCHED


def _busy_creating(session: Session, broadcast: Broadcast, now: dt.datetime) -> bool:
    """Tasks come first: what a poll asks is asked for slices in doubt too, and both share WeCom's frequency limit."""
    if broadcast.state == BroadcastState.SENDING and now - (broadcast.started_at or now) < _PACE[0][0]:
        return True
    in_doubt = select(BroadcastSlice.id).where(
        BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.UNKNOWN
    )
    return session.scalars(in_doubt.limit(1)).first() is not None


def _pause(session: Session, broadcast: Broadcast, now: dt.datetime) -> dt.timedelta:
    age = now - (broadcast.started_at or now)
    pace = next((pause for until, pause in _PACE if age < until), _SLOWEST)
    waiting = session.scalar(
        select(func.count()).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.ACCEPTED
        )
    )
    return max(pace, dt.timedelta(seconds=(waiting or 0) / _PER_SECOND))


def _ask_task(session: Session, broadcast: Broadcast, row: BroadcastSlice, *, cursor: str) -> None:
    asked = ask(GroupMessages.get_groupmsg_task, msgid=str(row.msgid), cursor=cursor)
    _ask(session, row, asked.then(TASK_POLLED, PollContext(broadcast.id, row.id)), cursor=cursor)


def _ask(session: Session, row: BroadcastSlice, asked: calls.Asked, *, cursor: str) -> None:
    calls.request(
        session,
        asked,
        subject=f"broadcast-poll:{row.id}",
        key=f"{asked.reply}:{row.id}:{cursor}",
        lane=Lane.BULK,
        deadline=clock.now() + _PATIENCE,
    )
