"""What became of each customer and group: WeCom's lists of results, and what callbacks tell of them."""

import datetime as dt
from collections import defaultdict
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Text, cast, func, literal, or_, select, update
from sqlalchemy import case as case_of
from sqlalchemy.orm import Session

from scrm.compliance.handovers import states
from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.actions import slices
from scrm.compliance.handovers.models import (
    MOVING,
    Handover,
    HandoverItem,
    HandoverSlice,
    HandoverState,
    ItemKind,
    ItemState,
    SliceState,
)
from scrm.compliance.handovers.replies import GroupsContext, ResultsContext
from scrm.compliance.handovers.states import ItemVerb, SliceVerb
from scrm.contracts.handovers import CustomersTransferred
from scrm.core import audit, clock, outbox
from scrm.identity.models import Staff
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import GroupChatPage
from scrm.wecom.port.transfers import TransferResult, TransferResultPage

_PER_WAITING = dt.timedelta(milliseconds=10)
_CLOCKS = dt.timedelta(minutes=10)  # how far WeCom's clock and ours may differ
_RESULTS = {1: ItemVerb.COMPLETE, 2: ItemVerb.WAIT, 3: ItemVerb.REFUSE, 4: ItemVerb.FILL}
_FAIL_REASONS = {"customer_refused": ItemVerb.REFUSE, "customer_limit_exceed": ItemVerb.FILL}


def poll(session: Session, case: Handover) -> None:
    """Read the results of everybody who waits, and send on what had to wait for its day."""
    now = clock.now()
    case.poll_at = None
    slices.advance(session, case)
    doubtful = select(HandoverSlice).where(
        HandoverSlice.handover_id == case.id, HandoverSlice.state == SliceState.UNKNOWN
    )
    for part in session.scalars(doubtful):
        # The reading that should have settled it may have been parked: while one waits, asking again changes nothing.
        slices.look_up(session, case, part)
    waiting = (
        select(HandoverItem.takeover_id, HandoverSlice.resigned, func.min(HandoverItem.takeover_at))
        .join(HandoverSlice, HandoverSlice.id == HandoverItem.slice_id)
        .where(HandoverItem.handover_id == case.id, HandoverItem.state == ItemState.WAITING)
        .group_by(HandoverItem.takeover_id, HandoverSlice.resigned)
    )
    for takeover_id, resigned, earliest in session.execute(waiting).all():
        if takeover_id is None:
            continue
        _read(session, case, takeover_id, resigned=resigned)
        ripe = earliest + dt.timedelta(minutes=1) if earliest is not None else now + slices.POLL
        slices.poll_by(case, min(now + slices.POLL, max(ripe, now + slices.AGAIN)))


def results_listed(session: Session, outcome: Outcome[TransferResultPage], context: ResultsContext) -> None:
    """A page of results of one pair of members; after the last one, who was in doubt and is not listed is free."""
    case = slices.locked(session, context.handover_id)
    if outcome.state is not CallState.DONE:
        _not_listed(session, case, outcome, context)
        return
    page = outcome.result
    reading = slices.Reading.of(outcome, context)
    _take_results(session, case, context.takeover_id, page, resigned=context.resigned)
    if page.next_cursor:
        slices.ask_results(
            session,
            case,
            takeover_id=context.takeover_id,
            resigned=context.resigned,
            slice_id=context.slice_id,
            cursor=page.next_cursor,
            reading=reading,
        )
    elif context.slice_id is not None:
        part = session.get_one(HandoverSlice, context.slice_id, populate_existing=True)
        if reading.settles(part):
            _settle_doubt(session, case, part)
    elif reading.whole:
        _fail_foreign(session, case, context.takeover_id, began=reading.began or outcome.asked_at)
    slices.advance(session, case)
    handovers.restate(session, case)


def groups_listed(session: Session, outcome: Outcome[GroupChatPage], context: GroupsContext) -> None:
    """The former owner's groups, after a lost answer: those still listed were not transferred, the others were."""
    case = slices.locked(session, context.handover_id)
    if outcome.state is not CallState.DONE:
        _not_listed(session, case, outcome, context)
        return
    page = outcome.result
    seen: list[str] = [*context.seen, *(ref.chat_id for ref in page.items)]
    part = session.get_one(HandoverSlice, context.slice_id, populate_existing=True)
    reading = slices.Reading.of(outcome, context)
    if page.next_cursor:
        slices.ask_groups(session, case, part, cursor=page.next_cursor, seen=seen, reading=reading)
        return
    if reading.settles(part):
        mine, in_doubt = HandoverItem.slice_id == part.id, {ItemState.UNKNOWN}
        kept = HandoverItem.wecom_id.in_(seen)
        states.move_items(session, ItemVerb.PLAN_AGAIN, mine, kept, only=in_doubt, requested_at=None)
        done = states.move_items(session, ItemVerb.COMPLETE, mine, only=in_doubt, finished_at=clock.now())
        slices.tell_groups(session, case, part, [item.wecom_id for item in done])
        _settle_doubt(session, case, part)
    slices.advance(session, case)
    handovers.restate(session, case)


def nudge(session: Session, *, external_userid: str, userid: str, taking: bool) -> None:
    """Something happened to a customer who waits: read the results soon. ``userid`` takes over, or hands over."""
    member = select(Staff.id).where(func.lower(Staff.userid) == userid.lower()).scalar_subquery()
    waiting = select(HandoverItem.handover_id).where(
        HandoverItem.wecom_id == external_userid, HandoverItem.state.in_(MOVING)
    )
    if taking:
        waiting = waiting.where(HandoverItem.takeover_id == member)
    ids = list(session.scalars(waiting))
    if ids:
        # A reading walks every page of the pair: the more there are, the more customers it has to serve.
        many = select(func.count()).where(HandoverItem.handover_id.in_(ids), HandoverItem.state.in_(MOVING))
        soon = clock.now() + slices.SOON + (session.scalar(many) or 0) * _PER_WAITING
        session.execute(
            update(Handover)
            .where(Handover.id.in_(ids), (Handover.poll_at.is_(None)) | (Handover.poll_at > soon))
            .where(Handover.state.in_((HandoverState.OPEN.value, HandoverState.RUNNING.value)))
            .values(poll_at=soon)
            .execution_options(synchronize_session=False)
        )


def take_failure(session: Session, *, external_userid: str, takeover_userid: str, reason: str, at: dt.datetime) -> None:
    """``transfer_fail`` told of one customer; the list of results would say the same an hour later."""
    takeover = select(Staff.id).where(func.lower(Staff.userid) == takeover_userid.lower()).scalar_subquery()
    query = select(HandoverItem.handover_id).where(
        HandoverItem.wecom_id == external_userid,
        HandoverItem.takeover_id == takeover,
        HandoverItem.state.in_((ItemState.REQUESTED, ItemState.UNKNOWN, ItemState.WAITING)),
        HandoverItem.requested_at <= at + _CLOCKS,
    )
    for number in sorted(session.scalars(query).all()):
        case = slices.locked(session, number)
        states.move_items(
            session,
            _FAIL_REASONS.get(reason, ItemVerb.FAIL),
            HandoverItem.handover_id == number,
            HandoverItem.wecom_id == external_userid,
            who=audit.System.CALLBACK,
            finished_at=at,
            takeover_at=None,
        )
        handovers.restate(session, case)


def _take_results(
    session: Session, case: Handover, takeover_id: int, page: TransferResultPage, *, resigned: bool
) -> None:
    """A page, a statement for each thing it says. A result older than our request belongs to an earlier transfer."""
    now = clock.now()
    said: dict[ItemVerb, list[TransferResult]] = defaultdict(list)
    for row in page.items:
        if row.status in _RESULTS:
            said[_RESULTS[row.status]].append(row)
    done: list[tuple[str, dt.datetime, dt.datetime]] = []
    for verb, rows in said.items():
        listed = (
            func.unnest(
                cast([row.external_userid for row in rows], ARRAY(Text)),
                cast([row.takeover_time for row in rows], ARRAY(BigInteger)),
            )
            .table_valued("wecom_id", "at")
            .render_derived()
        )
        at = func.to_timestamp(listed.c.at)
        # One that waits on is written only where something about it is new.
        known = (HandoverItem.state == ItemState.WAITING) & HandoverItem.errcode.is_(None)
        moved = states.move_items(
            session,
            verb,
            HandoverItem.handover_id == case.id,
            HandoverItem.takeover_id == takeover_id,
            HandoverItem.kind == ItemKind.CUSTOMER,
            HandoverItem.wecom_id == listed.c.wecom_id,
            or_(listed.c.at == 0, at >= HandoverItem.requested_at - _CLOCKS),
            *([~known | HandoverItem.takeover_at.is_distinct_from(at)] if verb is ItemVerb.WAIT else []),
            errcode=None,
            takeover_at=case_of(
                (listed.c.at > 0, at),
                else_=literal(now if verb is ItemVerb.COMPLETE else None, HandoverItem.takeover_at.type),
            ),
            finished_at=None if verb is ItemVerb.WAIT else now,
        )
        if verb is ItemVerb.COMPLETE:
            done = sorted(
                (item.wecom_id, item.requested_at, item.takeover_at)
                for item in moved
                if item.requested_at is not None and item.takeover_at is not None  # which both are by now
            )
    if not done:
        return
    giver, taker = session.get_one(Staff, case.staff_id), session.get_one(Staff, takeover_id)
    outbox.publish(
        session,
        CustomersTransferred(
            handover_id=case.id, from_userid=giver.userid, to_userid=taker.userid, resigned=resigned, moved=done
        ),
    )


def _read(session: Session, case: Handover, takeover_id: int, *, resigned: bool) -> None:
    """Begin a reading of the results of one pair of members."""
    slices.ask_results(
        session,
        case,
        takeover_id=takeover_id,
        resigned=resigned,
        slice_id=None,
        cursor="",
        reading=slices.Reading(),
    )


def _settle_doubt(session: Session, case: Handover, part: HandoverSlice) -> None:
    """The list has been read to its end: what is still in doubt was not accepted and is sent again."""
    mine = HandoverItem.slice_id == part.id
    again = states.move_items(session, ItemVerb.PLAN_AGAIN, mine, only={ItemState.UNKNOWN}, requested_at=None)
    planned = select(HandoverItem.id).where(HandoverItem.slice_id == part.id, HandoverItem.state == ItemState.PLANNED)
    left = session.scalars(planned.limit(1)).first() is not None
    states.move_slice(part, SliceVerb.PLAN_AGAIN if left else SliceVerb.FINISH)
    slices.poll_by(case, clock.now() + slices.POLL)
    audit.record(
        session,
        audit.System.SCHEDULER,
        "handover.doubt_settled",
        f"handover:{case.id}",
        {"slice": part.id, "again": len(again)},
    )


def _fail_foreign(session: Session, case: Handover, takeover_id: int, *, began: dt.datetime) -> None:
    """Said to be in a transfer already, but not in one to this successor: it is somebody else's.

    A reading that ``began`` before that was said may have passed over the page that names the customer now.
    """
    told = select(HandoverSlice.id).where(HandoverSlice.handover_id == case.id, HandoverSlice.answered_at < began)
    states.move_items(
        session,
        ItemVerb.FAIL,
        HandoverItem.handover_id == case.id,
        HandoverItem.takeover_id == takeover_id,
        HandoverItem.errcode.in_(slices.IN_TRANSFER),
        HandoverItem.slice_id.in_(told),
        only={ItemState.WAITING},
        finished_at=clock.now(),
        takeover_at=None,
    )


def _not_listed(
    session: Session, case: Handover, outcome: Outcome[Any], context: ResultsContext | GroupsContext
) -> None:
    """A reading failed. Refused for good, nothing will ever settle what is in doubt: it is shown as failed."""
    slice_id = context.slice_id
    part = session.get(HandoverSlice, slice_id, populate_existing=True) if slice_id is not None else None
    if outcome.state is CallState.REFUSED and part is not None and slices.Reading.of(outcome, context).settles(part):
        states.move_slice(part, SliceVerb.FINISH)
        part.reason = outcome.reason
        states.move_items(
            session,
            ItemVerb.FAIL,
            HandoverItem.slice_id == part.id,
            only={ItemState.UNKNOWN},
            errcode=outcome.errcode,
            finished_at=clock.now(),
        )
        slices.advance(session, case)
    elif outcome.state is CallState.REFUSED and part is None and isinstance(context, ResultsContext):
        _results_refused(session, case, outcome, context)
    slices.poll_by(case, clock.now() + slices.AGAIN)
    handovers.restate(session, case)


def _results_refused(session: Session, case: Handover, outcome: Outcome[Any], context: ResultsContext) -> None:
    """The results cannot be read: the member has left meanwhile, or, a day after the transfer's end, nothing will tell.

    What is given up stays in WeCom's list of unassigned customers, if it is still there, and can be assigned again.
    """
    takeover_id = context.takeover_id
    if case.resigned and not context.resigned:
        _read(session, case, takeover_id, resigned=True)
    states.move_items(
        session,
        ItemVerb.FAIL,
        HandoverItem.handover_id == case.id,
        HandoverItem.takeover_id == takeover_id,
        HandoverItem.takeover_at < clock.now() - slices.TAKEOVER,
        only={ItemState.WAITING},
        errcode=outcome.errcode,
        finished_at=clock.now(),
    )
