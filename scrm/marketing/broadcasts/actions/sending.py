"""Freezing the audience, and creating the tasks at WeCom: one call per slice, a few on their way at once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, undefer

from scrm.contracts.customers import bulk
from scrm.core import audit, clock
from scrm.core.db import lock_subject
from scrm.core.doorbell import Lane
from scrm.identity.queries import staff_by_ids
from scrm.marketing.broadcasts import content, states
from scrm.marketing.broadcasts.actions import listing, media
from scrm.marketing.broadcasts.actions.storing import store
from scrm.marketing.broadcasts.models import Broadcast, BroadcastSlice, BroadcastState, RecipientState, SliceState
from scrm.marketing.broadcasts.queries.audience import plan
from scrm.marketing.broadcasts.recipients import move, positions, states_of
from scrm.marketing.broadcasts.recipients import store as store_states
from scrm.marketing.broadcasts.replies import CANCEL_ANSWERED, SLICE_ANSWERED, CancelContext, SliceContext
from scrm.marketing.broadcasts.schemas import Audience
from scrm.marketing.broadcasts.setting import POLICY
from scrm.marketing.broadcasts.states import SliceVerb, Verb
from scrm.shared.approvals.kind import is_needed
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.group_messages import GroupMessageReceipt, GroupMessages

WINDOW = 40  # calls of one broadcast waiting or on their way
FIRST_LOOK = dt.timedelta(seconds=5)  # from a lost answer to the first look into WeCom's listing
FIRST_POLL = dt.timedelta(seconds=10)
_UNDER_WAY = (SliceState.REQUESTED, SliceState.UNKNOWN)
_EXPECTED = (*_UNDER_WAY, SliceState.PARKED)  # states in which an answer is the slice's own
_MEDIA_GONE = frozenset({40007, 40145})
_NOBODY = 41048  # nobody of the slice can be sent to: a fact about customers, no error of ours
_ERRORS, _SHARE = 5, 20  # so many refused calls, and more than one in so many: something is wrong with the broadcast


def freeze(session: Session, broadcast: Broadcast) -> None:
    """Planning → scheduled or waiting for approval: from now on the recipients stand fixed.

    One plan at a time per corp, so that two broadcasts do not both give away a customer's last place in the quota.
    """
    lock_subject(session, "broadcast-plan")
    now = clock.now()
    at = broadcast.send_at if broadcast.send_at is not None and broadcast.send_at > now else now
    made = plan(session, Audience.model_validate(broadcast.audience), at=at, besides=broadcast.id)
    calls_planned = store(session, broadcast.id, made, now=now)
    broadcast.audience_count, broadcast.without_sender = made.audience, made.without_sender
    broadcast.planned_for, broadcast.updated_at, broadcast.reason = at, now, None
    facts = {"recipients": len(made.customers), "over_quota": len(made.over_quota), "calls": calls_planned}
    # The limit of when it was handed in, or a lower one since: a higher one is for what is handed in under it.
    needs_approval = is_needed(len(made.customers), POLICY.of(session).approval_above, broadcast.submitted_above)
    verb = Verb.ASK_APPROVAL if needs_approval else Verb.PLAN
    states.move(session, broadcast, verb, audit.System.SCHEDULER, facts)


def pump(session: Session, broadcast: Broadcast) -> None:
    """Ask for the next calls, as far as the window goes; the caller holds the broadcast's row."""
    if broadcast.state != BroadcastState.SENDING:
        return
    waiting = session.scalar(
        select(func.count()).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.REQUESTED
        )
    )
    rows = _next_slices(session, broadcast, WINDOW - (waiting or 0))
    if not rows:
        return
    media_ids = media.ready(session, broadcast)
    if media_ids is None:
        return
    attachments = content.for_wecom(broadcast.attachments, media_ids)
    userids = bulk().external_userids(session, [number for row in rows for number in row.customer_ids])
    staff = staff_by_ids(session, [row.staff_id for row in rows])
    now = clock.now()
    for row in rows:
        states.move_slice(row, SliceVerb.REQUEST)
        row.attempt, row.errcode, row.reason = row.attempt + 1, None, None
        row.updated_at = now
        calls.request(
            session,
            ask(
                GroupMessages.add_msg_template,
                sender=staff[row.staff_id].userid,
                external_userids=[userids[number] for number in row.customer_ids],
                text=broadcast.text,
                attachments=attachments,
            ).then(SLICE_ANSWERED, SliceContext(broadcast.id, row.id, row.attempt)),
            # Never two of one sender at once: a lost answer is found again by its sender.
            subject=f"broadcast-sender:{row.staff_id}",
            key=f"{key_prefix(broadcast)}{row.id}:{row.attempt}",
            lane=Lane.BULK,
        )
    listing.enlist(session, [row.id for row in rows])


def key_prefix(broadcast: Broadcast) -> str:
    """What the keys of its calls that create tasks begin with."""
    return f"broadcast:{broadcast.id}:create:"


def answered(session: Session, outcome: Outcome[GroupMessageReceipt], context: SliceContext) -> None:
    """WeCom's answer to one slice, or its absence."""
    broadcast = locked(session, context.broadcast_id)
    row = whole_slice(session, context.slice_id)
    if context.attempt != row.attempt or row.state not in _EXPECTED:
        if outcome.state is CallState.DONE and outcome.result.msgid != row.msgid:
            _stray(session, broadcast, outcome.result)
        return
    now = clock.now()
    row.asked_at, row.updated_at = outcome.asked_at, now
    row.errcode, row.reason = outcome.errcode, outcome.reason
    if outcome.state is CallState.DONE:
        accept(session, broadcast, row, outcome.result)
    elif outcome.state is CallState.UNKNOWN:
        states.move_slice(row, SliceVerb.LOSE)
        row.check_at = now + FIRST_LOOK
        move(row, [RecipientState.PLANNED], RecipientState.IN_DOUBT, now=now)
    elif outcome.state is CallState.REFUSED:
        states.move_slice(row, SliceVerb.REFUSE)
        move(row, [RecipientState.PLANNED, RecipientState.IN_DOUBT], RecipientState.REFUSED, now=now)
        _stop_if_refused_too_often(session, broadcast)
    else:
        _parked(session, broadcast, row, outcome)
    session.flush()
    pump(session, broadcast)
    broadcast.due_at = now


def accept(session: Session, broadcast: Broadcast, row: BroadcastSlice, receipt: GroupMessageReceipt) -> None:
    """The slice is a task of its sender from now on; a broadcast that was cancelled meanwhile takes it back."""
    now = clock.now()
    states.move_slice(row, SliceVerb.ACCEPT)
    row.msgid, row.accepted_at = receipt.msgid, now
    row.check_at, row.poll_at, row.updated_at = None, now + FIRST_POLL, now
    row.errcode = row.reason = None
    each = states_of(row)
    each[(each == RecipientState.PLANNED) | (each == RecipientState.IN_DOUBT)] = RecipientState.CREATED
    known = bulk().customer_ids(session, receipt.fail_list)
    at, ours = positions(row, list(known.values()))
    each[at[ours]] = RecipientState.UNSENDABLE
    store_states(row, each, now=now)
    if not (each == RecipientState.CREATED).any():
        states.move_slice(row, SliceVerb.COMPLETE)
    elif broadcast.state == BroadcastState.CANCELLED:
        take_back(session, broadcast, row)


def take_back(session: Session, broadcast: Broadcast, row: BroadcastSlice) -> None:
    """Ask WeCom to stop a task that its sender has not confirmed."""
    row.cancel_asked = True
    _cancel_at_wecom(session, str(row.msgid), CancelContext(broadcast.id, row.id))


def withdraw(session: Session, broadcast: Broadcast) -> int:
    """Calls that have not left are planned again, nobody else gives them back; how many."""
    session.flush()
    planned = 0
    for context in calls.withdraw(session, SLICE_ANSWERED, key_prefix=key_prefix(broadcast)):
        row = whole_slice(session, context.slice_id)
        if context.attempt == row.attempt and row.state in {SliceState.REQUESTED, SliceState.PARKED}:
            states.move_slice(row, SliceVerb.PLAN_AGAIN)
            row.reason = row.errcode = None
            planned += 1
    session.flush()
    return planned


def locked(session: Session, broadcast_id: int) -> Broadcast:
    """The broadcast's row, before any of its slices: everybody locks in this order."""
    return session.scalars(select(Broadcast).where(Broadcast.id == broadcast_id).with_for_update()).one()


def whole_slice(session: Session, slice_id: int) -> BroadcastSlice:
    """A slice with its recipients."""
    query = select(BroadcastSlice).options(*_RECIPIENTS).where(BroadcastSlice.id == slice_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _next_slices(session: Session, broadcast: Broadcast, space: int) -> Sequence[BroadcastSlice]:
    """Planned slices whose senders have no other call under way, each sender once."""
    if space <= 0:
        return []
    other = aliased(BroadcastSlice)
    busy = select(other.id).where(other.staff_id == BroadcastSlice.staff_id, other.state.in_(_UNDER_WAY)).exists()
    first = (
        select(func.min(BroadcastSlice.id))
        .where(BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.PLANNED, ~busy)
        .group_by(BroadcastSlice.staff_id)
        .order_by(func.min(BroadcastSlice.id))
        .limit(space)
    )
    ids = session.scalars(first).all()
    query = select(BroadcastSlice).options(*_RECIPIENTS).where(BroadcastSlice.id.in_(ids)).order_by(BroadcastSlice.id)
    return session.scalars(query).all()


def _parked(session: Session, broadcast: Broadcast, row: BroadcastSlice, outcome: Outcome[Any]) -> None:
    """Something must be mended first: the broadcast stands still, but a picture that ended is put up anew at once."""
    if outcome.errcode in _MEDIA_GONE and row.attempt <= 2:
        media.forget(session, broadcast)
        states.move_slice(row, SliceVerb.PLAN_AGAIN)
        calls.withdraw(session, SLICE_ANSWERED, key_prefix=f"{key_prefix(broadcast)}{row.id}:")
        return
    states.move_slice(row, SliceVerb.PARK)
    if broadcast.state == BroadcastState.SENDING:
        _stop(session, broadcast, outcome.reason)


def _stop_if_refused_too_often(session: Session, broadcast: Broadcast) -> None:
    session.flush()
    refused, total = session.execute(
        select(
            func.count().filter(
                BroadcastSlice.state == SliceState.REFUSED, BroadcastSlice.errcode.is_distinct_from(_NOBODY)
            ),
            func.count(),
        ).where(BroadcastSlice.broadcast_id == broadcast.id)
    ).one()
    if broadcast.state == BroadcastState.SENDING and refused >= _ERRORS and refused * _SHARE > total:
        _stop(session, broadcast, f"{refused} calls were refused")


def _stop(session: Session, broadcast: Broadcast, reason: str | None) -> None:
    """Stand still until somebody looks; what waits would meet the same."""
    states.move(session, broadcast, Verb.STOP, audit.System.SCHEDULER, {"reason": reason or ""})
    broadcast.reason, broadcast.updated_at = reason, clock.now()
    withdraw(session, broadcast)


def _stray(session: Session, broadcast: Broadcast, receipt: GroupMessageReceipt) -> None:
    """An answer so late that its slice had been given up and asked for anew: the older task is taken back."""
    known = select(BroadcastSlice.id).where(BroadcastSlice.msgid == receipt.msgid)
    if session.scalars(known).first() is None:
        audit.record(session, audit.System.SCHEDULER, "broadcast.stray_cancelled", f"broadcast:{broadcast.id}")
        _cancel_at_wecom(session, receipt.msgid, CancelContext(broadcast.id, None))


def _cancel_at_wecom(session: Session, msgid: str, context: CancelContext) -> None:
    calls.request(
        session,
        ask(GroupMessages.cancel_groupmsg_send, msgid=msgid).then(CANCEL_ANSWERED, context),
        subject=f"broadcast-message:{msgid}",
        key=f"broadcast-cancel:{msgid}",
        lane=Lane.BULK,
    )


_RECIPIENTS = (
    undefer(BroadcastSlice.customer_ids),
    undefer(BroadcastSlice.states),
    undefer(BroadcastSlice.sent_times),
)
