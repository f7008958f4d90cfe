"""Sending slices to WeCom one after the other, and taking the answers.

A case has one slice on its way: WeCom refuses two calls at once for one leaver (45035), and a worker that dies leaves
one slice in doubt instead of forty. A slice in doubt is looked up before anything more is sent.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.compliance.handovers import states
from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.models import Handover, HandoverItem, HandoverSlice, ItemKind, ItemState, SliceState
from scrm.compliance.handovers.replies import (
    GROUPS_LISTED,
    RESULTS_LISTED,
    SLICE_ANSWERED,
    GroupsContext,
    ReadingContext,
    ResultsContext,
    SliceContext,
)
from scrm.compliance.handovers.states import ItemVerb, SliceVerb
from scrm.contracts.handovers import GroupsTransferred
from scrm.core import clock, outbox
from scrm.core.doorbell import Lane
from scrm.identity.models import Staff
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import GroupChats
from scrm.wecom.port.transfers import GROUPS_PER_DAY, ItemAnswer, Transfers

TAKEOVER = dt.timedelta(hours=24)  # a transfer completes by itself after it (pages 92125, 94081)
POLL = dt.timedelta(hours=1)  # between two readings of results, while nothing says that something has happened
SOON = dt.timedelta(seconds=3)  # many customers accept at once: read once for all of them
DOUBT = dt.timedelta(seconds=15)  # before a slice in doubt is looked up: its call may still be at work at WeCom's
AGAIN = dt.timedelta(minutes=5)  # after a reading that failed
IN_TRANSFER = frozenset({40100, 40129})
_FULL, _RATE = 40099, 45009
_ON_ITS_WAY = (SliceState.REQUESTED.value, SliceState.UNKNOWN.value, SliceState.PARKED.value)


def locked(session: Session, handover_id: int) -> Handover:
    """The case, for a change of its slices or items."""
    query = select(Handover).where(Handover.id == handover_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def advance(session: Session, case: Handover) -> None:
    """Send the next slice unless one is on its way; groups wait for tomorrow when today's number is used up."""
    session.flush()
    on_its_way = select(HandoverSlice.id).where(
        HandoverSlice.handover_id == case.id, HandoverSlice.state.in_(_ON_ITS_WAY)
    )
    if session.scalars(on_its_way.limit(1)).first() is not None:
        return
    now = clock.now()
    planned = select(HandoverSlice).where(
        HandoverSlice.handover_id == case.id, HandoverSlice.state == SliceState.PLANNED
    )
    for part in session.scalars(planned.order_by(HandoverSlice.position)):
        if part.not_before is not None and part.not_before > now:
            poll_by(case, part.not_before)
            continue
        items = select(HandoverItem.wecom_id).where(
            HandoverItem.slice_id == part.id, HandoverItem.state == ItemState.PLANNED
        )
        ids = list(session.scalars(items.order_by(HandoverItem.id)))
        if part.kind == ItemKind.GROUP and ids and _groups_today(session, case) + len(ids) > GROUPS_PER_DAY:
            part.not_before = clock.china_day_start(now, days_ago=-1)
            poll_by(case, part.not_before)
            continue
        if ids:
            _send(session, case, part, ids)
            return
        states.move_slice(part, SliceVerb.FINISH)


def slice_answered(session: Session, outcome: Outcome[list[ItemAnswer]], context: SliceContext) -> None:
    """WeCom's answer to a slice: per item, none at all, or a refusal of the whole."""
    case = locked(session, context.handover_id)
    part = session.get_one(HandoverSlice, context.slice_id, populate_existing=True)
    if part.state not in _ON_ITS_WAY:
        return
    part.answered_at, part.reason = clock.now(), outcome.reason
    if outcome.state is CallState.PARKED:
        states.move_slice(part, SliceVerb.PARK)
    elif outcome.state is CallState.UNKNOWN:
        states.move_slice(part, SliceVerb.DOUBT)
        states.move_items(session, ItemVerb.DOUBT, HandoverItem.slice_id == part.id)
        look_up(session, case, part)
    elif outcome.state is CallState.DONE:
        if part.kind == ItemKind.GROUP:
            _take_groups(session, case, part, outcome.result)
        else:
            _take_customers(session, case, part, outcome.result)
    else:
        states.move_slice(part, SliceVerb.FINISH)
        states.move_items(
            session,
            ItemVerb.FAIL,
            HandoverItem.slice_id == part.id,
            only={ItemState.REQUESTED},
            errcode=outcome.errcode,
            finished_at=clock.now(),
        )
    advance(session, case)
    handovers.restate(session, case)


def _send(session: Session, case: Handover, part: HandoverSlice, ids: list[str]) -> None:
    """The intent: from the commit on, the slice counts as on its way."""
    now = clock.now()
    giver, taker = session.get_one(Staff, case.staff_id), session.get_one(Staff, part.takeover_id)
    part.resigned = case.resigned  # a member who was disabled first may have left since
    states.move_slice(part, SliceVerb.REQUEST)
    part.requested_at, part.answered_at, part.reason = now, None, None
    part.attempts += 1
    states.move_items(session, ItemVerb.SEND, HandoverItem.slice_id == part.id, requested_at=now)
    if part.kind == ItemKind.GROUP:
        groups = Transfers.transfer_resigned_groups if part.resigned else Transfers.transfer_groups
        asked = ask(groups, chat_ids=ids, new_owner=taker.userid)
    elif part.resigned:
        asked = ask(
            Transfers.transfer_resigned_customers,
            handover_userid=giver.userid,
            takeover_userid=taker.userid,
            external_userids=ids,
        )
    else:
        asked = ask(
            Transfers.transfer_customers,
            handover_userid=giver.userid,
            takeover_userid=taker.userid,
            external_userids=ids,
            message=case.message,
        )
    context = SliceContext(case.id, part.id)
    calls.request(session, asked.then(SLICE_ANSWERED, context), subject=f"handover:{case.id}")


def _take_customers(session: Session, case: Handover, part: HandoverSlice, answers: list[ItemAnswer]) -> None:
    """0 has begun; some errcodes say that a transfer is under way, which the results will show; the rest has failed."""
    now = clock.now()
    takeover_at = (part.requested_at or now) + TAKEOVER
    by_code: dict[int, list[str]] = defaultdict(list)
    for answer in answers:
        by_code[answer.errcode].append(answer.id)
    for errcode, ids in by_code.items():
        begun = errcode == 0 or errcode in IN_TRANSFER
        verb = ItemVerb.WAIT if begun else ItemVerb.FILL if errcode == _FULL else ItemVerb.FAIL
        states.move_items(
            session,
            verb,
            HandoverItem.slice_id == part.id,
            HandoverItem.wecom_id.in_(ids),
            only={ItemState.REQUESTED, ItemState.UNKNOWN},
            errcode=errcode or None,
            takeover_at=takeover_at if begun else None,
            finished_at=None if begun else now,
        )
    unanswered = select(HandoverItem.id).where(
        HandoverItem.slice_id == part.id, HandoverItem.state == ItemState.REQUESTED
    )
    if session.scalars(unanswered.limit(1)).first() is not None:
        states.move_slice(part, SliceVerb.DOUBT)
        part.reason = "items without an answer"
        states.move_items(session, ItemVerb.DOUBT, HandoverItem.slice_id == part.id)
        look_up(session, case, part)
    else:
        states.move_slice(part, SliceVerb.FINISH)
    foreign = any(answer.errcode in IN_TRANSFER for answer in answers)
    poll_by(case, now + (SOON if foreign else POLL))


def _take_groups(session: Session, case: Handover, part: HandoverSlice, failures: list[ItemAnswer]) -> None:
    """Groups change hands at once; only failures are named, and too many for today are sent tomorrow."""
    now = clock.now()
    tomorrow = [answer.id for answer in failures if answer.errcode == _RATE]
    mine = HandoverItem.slice_id == part.id
    for answer in failures:
        if answer.errcode != _RATE:
            states.move_items(
                session,
                ItemVerb.FAIL,
                mine,
                HandoverItem.wecom_id == answer.id,
                only={ItemState.REQUESTED},
                errcode=answer.errcode,
                finished_at=now,
            )
    late = HandoverItem.wecom_id.in_(tomorrow)
    states.move_items(session, ItemVerb.PLAN_AGAIN, mine, late, only={ItemState.REQUESTED}, requested_at=None)
    done = states.move_items(
        session, ItemVerb.COMPLETE, mine, only={ItemState.REQUESTED}, finished_at=now, takeover_at=now
    )
    tell_groups(session, case, part, [item.wecom_id for item in done])
    states.move_slice(part, SliceVerb.PLAN_AGAIN if tomorrow else SliceVerb.FINISH)
    if tomorrow:
        part.not_before = clock.china_day_start(now, days_ago=-1)
        poll_by(case, part.not_before)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Which reading a page belongs to: what it does not name counts only for what had been answered when it began.

    ``began`` is when its first page was asked for, ``None`` for that page itself; ``attempt`` is that of the slice in
    doubt, ``None`` where the reading is for nobody in particular. It is ``whole`` while all of it could be read: else
    who is not named may stand in the rest.
    """

    began: dt.datetime | None = None
    attempt: int | None = None
    whole: bool = True

    @classmethod
    def of(cls, outcome: Outcome[Any], context: ReadingContext) -> "Reading":
        """The reading whose page this is; it has begun."""
        whole = context.whole and not outcome.aside
        return cls(began=context.began or outcome.asked_at, attempt=context.attempt, whole=whole)

    @property
    def key(self) -> str:
        """Pages of two readings are not one question, though they ask for the same."""
        return f"{self.attempt}:{self.began.isoformat() if self.began is not None else ''}"

    def settles(self, part: HandoverSlice) -> bool:
        """Whether its end tells what became of a slice in doubt."""
        told = self.began is not None and part.answered_at is not None and part.answered_at < self.began
        return self.whole and part.state == SliceState.UNKNOWN and part.attempts == self.attempt and told


def look_up(session: Session, case: Handover, part: HandoverSlice) -> None:
    """Ask WeCom what became of a slice whose answer was lost."""
    poll_by(case, clock.now() + AGAIN)
    reading = Reading(attempt=part.attempts)
    if part.kind == ItemKind.GROUP:
        ask_groups(session, case, part, cursor="", seen=[], reading=reading)
    else:
        ask_results(
            session,
            case,
            takeover_id=part.takeover_id,
            resigned=part.resigned,
            slice_id=part.id,
            cursor="",
            reading=reading,
            delay=DOUBT,
        )


def ask_results(
    session: Session,
    case: Handover,
    *,
    takeover_id: int,
    resigned: bool,
    slice_id: int | None,
    cursor: str,
    reading: Reading,
    delay: dt.timedelta = dt.timedelta(),
) -> None:
    giver, taker = session.get_one(Staff, case.staff_id), session.get_one(Staff, takeover_id)
    method = Transfers.list_resigned_results if resigned else Transfers.list_results
    context = ResultsContext(
        handover_id=case.id,
        takeover_id=takeover_id,
        resigned=resigned,
        slice_id=slice_id,
        began=reading.began,
        attempt=reading.attempt,
        whole=reading.whole,
    )
    calls.request(
        session,
        ask(method, handover_userid=giver.userid, takeover_userid=taker.userid, cursor=cursor).then(
            RESULTS_LISTED, context
        ),
        subject=f"handover-results:{case.id}",
        key=f"handover-results:{case.id}:{takeover_id}:{resigned}:{slice_id}:{reading.key}:{cursor}",
        lane=Lane.DEFAULT,
        delay=delay,
    )


def ask_groups(
    session: Session, case: Handover, part: HandoverSlice, *, cursor: str, seen: Sequence[str], reading: Reading
) -> None:
    giver = session.get_one(Staff, case.staff_id)
    context = GroupsContext(
        handover_id=case.id,
        slice_id=part.id,
        seen=tuple(seen),
        began=reading.began,
        attempt=reading.attempt,
        whole=reading.whole,
    )
    calls.request(
        session,
        ask(GroupChats.list_group_chats, owners=[giver.userid], cursor=cursor).then(GROUPS_LISTED, context),
        subject=f"handover-results:{case.id}",
        key=f"handover-groups:{case.id}:{part.id}:{reading.key}:{cursor}",
        delay=dt.timedelta() if cursor else DOUBT,
    )


def _groups_today(session: Session, case: Handover) -> int:
    """How many of the member's groups have been given away today, by any case."""
    query = (
        select(func.count())
        .select_from(HandoverItem)
        .join(Handover, Handover.id == HandoverItem.handover_id)
        .where(
            Handover.staff_id == case.staff_id,
            HandoverItem.kind == ItemKind.GROUP,
            HandoverItem.requested_at >= clock.china_day_start(clock.now()),
            HandoverItem.state != ItemState.FAILED,
        )
    )
    return session.scalar(query) or 0


def tell_groups(session: Session, case: Handover, part: HandoverSlice, chat_ids: list[str]) -> None:
    if chat_ids:
        taker = session.get_one(Staff, part.takeover_id)
        event = GroupsTransferred(
            handover_id=case.id, to_userid=taker.userid, resigned=part.resigned, chat_ids=sorted(chat_ids)
        )
        outbox.publish(session, event)


def poll_by(case: Handover, at: dt.datetime) -> None:
    """Let the clock attend to the case at this moment or before."""
    case.poll_at = at if case.poll_at is None else min(case.poll_at, at)
