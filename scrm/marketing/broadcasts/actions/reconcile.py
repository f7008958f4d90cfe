"""Finding a lost answer again in WeCom's listing.

A listing tells text and time, its tasks the sender, its results the customers. A message that we have no receipt for,
whose text, only sender and customers are those of a slice in doubt, is that slice's. A slice is asked for anew only
when a listing asked for long enough after its call, read to the end, does not show it.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import bulk
from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.identity.queries import staff_by_ids
from scrm.marketing.broadcasts import states
from scrm.marketing.broadcasts.actions.collecting import ask_results
from scrm.marketing.broadcasts.actions.sending import accept, locked, pump, whole_slice
from scrm.marketing.broadcasts.models import Broadcast, BroadcastSlice, BroadcastState, RecipientState, SliceState
from scrm.marketing.broadcasts.recipients import move, positions
from scrm.marketing.broadcasts.replies import (
    CUSTOMERS_TOLD,
    MESSAGES_LISTED,
    SENDERS_TOLD,
    CustomersContext,
    ListingContext,
    SendersContext,
)
from scrm.marketing.broadcasts.states import SliceVerb
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.group_messages import (
    GroupMessagePage,
    GroupMessageReceipt,
    GroupMessages,
    GroupMessageTaskPage,
    SendResultPage,
)

SETTLED = dt.timedelta(minutes=2)  # after its lease a call has left, ended, and shows in a listing if it was accepted
AGAIN = dt.timedelta(seconds=30)  # after a listing that could not be read
_CLOCKS = dt.timedelta(days=1)  # how far WeCom's clock and ours may be apart
_STALE = dt.timedelta(minutes=10)  # a listing whose answers never came is begun anew
_SILENCE = dt.timedelta(hours=1)  # a message that tells neither senders nor customers for so long is nobody's


def look(session: Session, broadcast: Broadcast) -> None:
    """Begin a listing if slices in doubt are due and none is under way."""
    now = clock.now()
    if broadcast.reconcile is not None and dt.datetime.fromisoformat(broadcast.reconcile["begun"]) > now - _STALE:
        return
    broadcast.reconcile = None
    rows = session.scalars(
        select(BroadcastSlice).where(
            BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.UNKNOWN
        )
    ).all()
    if not any(row.check_at is None or row.check_at <= now for row in rows):
        return
    since = min(row.asked_at or now for row in rows) - _CLOCKS
    broadcast.reconcile = {
        "begun": now.isoformat(),
        "asked_at": None,
        "since": max(int(since.timestamp()), int((now + _CLOCKS).timestamp()) - 30 * 86_400),
        "until": int((now + _CLOCKS).timestamp()),
        "slices": [row.id for row in rows],
        "open": [],
    }
    _ask_list(session, broadcast, "")


def listed(session: Session, outcome: Outcome[GroupMessagePage], context: ListingContext) -> None:
    """One page of messages; after the last, the senders of those that nobody of ours has a receipt for."""
    broadcast = locked(session, context.broadcast_id)
    state = _readable(session, broadcast, outcome, context)
    if state is None:
        return
    page = outcome.result
    # The first page was asked for first: what came to WeCom after it may be missing.
    state["asked_at"] = state["asked_at"] or outcome.asked_at.isoformat()
    alike = [row.msgid for row in page.items if not row.creator and row.text == broadcast.text]
    known = set(session.scalars(select(BroadcastSlice.msgid).where(BroadcastSlice.msgid.in_(alike))))
    state["open"] = [*state["open"], *(msgid for msgid in alike if msgid not in known and msgid not in state["open"])]
    broadcast.reconcile = state
    if page.next_cursor:
        _ask_list(session, broadcast, page.next_cursor)
        return
    for msgid in state["open"]:
        _ask_senders(session, broadcast, msgid, cursor="")
    _conclude(session, broadcast)


def senders_told(session: Session, outcome: Outcome[GroupMessageTaskPage], context: SendersContext) -> None:
    """Who sends a message that nobody claims: its customers are looked at if a slice in doubt has this one sender."""
    broadcast = locked(session, context.broadcast_id)
    state = _readable(session, broadcast, outcome, context)
    if state is None:
        return
    page = outcome.result
    msgid = context.msgid
    senders = {*context.senders, *(item.userid for item in page.items)}
    if len(senders) > 1 or not all(_of_sender(session, state, userid) for userid in senders):
        _drop(session, broadcast, state, msgid)
    elif page.next_cursor:
        _ask_senders(session, broadcast, msgid, cursor=page.next_cursor, senders=sorted(senders))
    elif not senders:
        _told_nothing(session, broadcast, state, msgid)
    else:
        _ask_customers(session, broadcast, msgid, senders.pop(), cursor="")


def customers_told(session: Session, outcome: Outcome[SendResultPage], context: CustomersContext) -> None:
    """The customers of a message that may be a slice's: if they are the slice's, so is the message."""
    broadcast = locked(session, context.broadcast_id)
    state = _readable(session, broadcast, outcome, context)
    if state is None:
        return
    page = outcome.result
    msgid = context.msgid
    userid = context.userid
    told = {item.external_userid for item in page.items}
    if not told and page.next_cursor:
        _ask_customers(session, broadcast, msgid, userid, cursor=page.next_cursor)
        return
    if not told:
        _told_nothing(session, broadcast, state, msgid)
        return
    slices = [whole_slice(session, number) for number in _of_sender(session, state, userid)]
    row = next((row for row in slices if _holds(session, row, told)), None)
    if row is not None:
        accept(session, broadcast, row, GroupMessageReceipt(msgid=msgid, fail_list=[]))
        row.found_again = True
        # The fail list went with the answer: who does not stand in the results was on it.
        move(row, [RecipientState.CREATED], RecipientState.IN_DOUBT, now=clock.now())
        ask_results(session, broadcast, row, cursor="")
    _drop(session, broadcast, state, msgid)


def _holds(session: Session, row: BroadcastSlice, told: set[str]) -> bool:
    """Whether all of these customers are recipients of the slice."""
    known = bulk().customer_ids(session, list(told))
    _, ours = positions(row, list(known.values()))
    return len(known) == len(told) and bool(ours.all())


def _told_nothing(session: Session, broadcast: Broadcast, state: dict[str, Any], msgid: str) -> None:
    """A message of which nothing is told yet may be anybody's: only after long is it taken for nobody's."""
    oldest = session.scalar(select(func.min(BroadcastSlice.asked_at)).where(_in_doubt(state)))
    if oldest is not None and clock.now() - oldest < _SILENCE:
        _give_up(session, broadcast)
    else:
        _drop(session, broadcast, state, msgid)


def _conclude(session: Session, broadcast: Broadcast) -> None:
    """With nothing left to look at: what the listing proves absent is asked for anew."""
    state = broadcast.reconcile
    if state is None or state["open"]:
        return
    asked_at = dt.datetime.fromisoformat(state["asked_at"])
    now = clock.now()
    broadcast.reconcile = None
    for slice_id in state["slices"]:
        row = whole_slice(session, slice_id)
        if row.state != SliceState.UNKNOWN or row.asked_at is None:
            continue
        if asked_at - row.asked_at < SETTLED:
            row.check_at = row.asked_at + SETTLED
        elif broadcast.state == BroadcastState.CANCELLED:
            states.move_slice(row, SliceVerb.CANCEL)
            row.check_at = None
            move(row, [RecipientState.IN_DOUBT, RecipientState.PLANNED], RecipientState.CANCELLED, now=now)
        else:
            states.move_slice(row, SliceVerb.PLAN_AGAIN)
            row.check_at = None
            move(row, [RecipientState.IN_DOUBT], RecipientState.PLANNED, now=now)
    session.flush()
    pump(session, broadcast)
    broadcast.due_at = broadcast.updated_at = now


def _drop(session: Session, broadcast: Broadcast, state: dict[str, Any], msgid: str) -> None:
    broadcast.reconcile = {**state, "open": [one for one in state["open"] if one != msgid]}
    session.flush()
    _conclude(session, broadcast)


def _give_up(session: Session, broadcast: Broadcast) -> None:
    """The listing could not be read to its end, so it proves nothing."""
    state = broadcast.reconcile or {"slices": []}
    broadcast.reconcile = None
    now = clock.now()
    for row in session.scalars(select(BroadcastSlice).where(_in_doubt(state))):
        row.check_at = now + AGAIN
    broadcast.due_at = now


def _readable(
    session: Session, broadcast: Broadcast, outcome: Outcome[Any], context: ListingContext
) -> dict[str, Any] | None:
    """The listing that an answer belongs to; none if it was begun anew meanwhile, or is given up for this answer."""
    state = broadcast.reconcile
    if state is None or state["begun"] != context.begun:
        return None
    if outcome.state is not CallState.DONE or outcome.aside:
        _give_up(session, broadcast)
        return None
    return dict(state)


def _in_doubt(state: dict[str, Any]) -> ColumnElement[bool]:
    """Slices that the listing was begun for, and of which nothing is known still."""
    return and_(BroadcastSlice.id.in_(state["slices"]), BroadcastSlice.state == SliceState.UNKNOWN)


def _of_sender(session: Session, state: dict[str, Any], userid: str) -> list[int]:
    """Slices in doubt of this member."""
    rows = session.execute(select(BroadcastSlice.id, BroadcastSlice.staff_id).where(_in_doubt(state))).all()
    staff = staff_by_ids(session, [row.staff_id for row in rows])
    return [row.id for row in rows if staff[row.staff_id].userid.lower() == userid.lower()]


def _ask_list(session: Session, broadcast: Broadcast, cursor: str) -> None:
    state = broadcast.reconcile or {}
    asked = ask(GroupMessages.get_groupmsg_list, start_time=state["since"], end_time=state["until"], cursor=cursor)
    context = ListingContext(broadcast.id, _begun(broadcast))
    _ask(session, asked.then(MESSAGES_LISTED, context), about=f"list:{broadcast.id}:")


def _ask_senders(
    session: Session, broadcast: Broadcast, msgid: str, *, cursor: str, senders: Sequence[str] = ()
) -> None:
    """``senders`` are those that earlier pages told."""
    asked = ask(GroupMessages.get_groupmsg_task, msgid=msgid, cursor=cursor)
    context = SendersContext(broadcast.id, _begun(broadcast), msgid, senders=tuple(senders))
    _ask(session, asked.then(SENDERS_TOLD, context), about=f"task:{broadcast.id}:{msgid}")


def _ask_customers(session: Session, broadcast: Broadcast, msgid: str, userid: str, *, cursor: str) -> None:
    asked = ask(GroupMessages.get_groupmsg_send_result, msgid=msgid, userid=userid, cursor=cursor)
    context = CustomersContext(broadcast.id, _begun(broadcast), msgid, userid=userid)
    _ask(session, asked.then(CUSTOMERS_TOLD, context), about=f"result:{broadcast.id}:{msgid}")


def _begun(broadcast: Broadcast) -> str:
    begun: str = (broadcast.reconcile or {})["begun"]
    return begun


def _ask(session: Session, asked: calls.Asked, *, about: str) -> None:
    deadline = clock.now() + dt.timedelta(minutes=5)
    calls.request(session, asked, subject=f"broadcast-{about}", lane=Lane.BULK, deadline=deadline)
