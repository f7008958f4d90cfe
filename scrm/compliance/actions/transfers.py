"""Sending slices to WeCom one after the other, and taking what became of each item.

A case has one slice on its way: WeCom refuses two calls at once for one leaver (45035), and a worker that dies leaves
one slice in doubt instead of forty. A slice in doubt is looked up before anything more is sent.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from scrm.compliance.actions import alerts, handovers
from scrm.compliance.models.handovers import (
    MOVING,
    Handover,
    HandoverItem,
    HandoverSlice,
    HandoverState,
    ItemKind,
    ItemState,
    SliceState,
)
from scrm.core import audit, clock, outbox
from scrm.core.doorbell import Lane
from scrm.events.handover import CustomersTransferred, GroupsTransferred
from scrm.identity.models import Staff
from scrm.wecom import calls
from scrm.wecom.calls import Outcome
from scrm.wecom.models import CallState
from scrm.wecom.port.contacts import GroupChatPage, GroupChats
from scrm.wecom.port.transfers import GROUPS_PER_DAY, ItemAnswer, TransferResultPage, Transfers

TAKEOVER = dt.timedelta(hours=24)  # a transfer completes by itself after it (pages 92125, 94081)
POLL = dt.timedelta(hours=1)  # between two readings of results, while nothing says that something has happened
NUDGE = dt.timedelta(seconds=3)  # many customers accept at once: read once for all of them
DOUBT = dt.timedelta(seconds=15)  # before a slice in doubt is looked up: its call may still be at work at WeCom's
_AGAIN = dt.timedelta(minutes=5)
_CLOCKS = dt.timedelta(minutes=10)  # how far WeCom's clock and ours may differ
_IN_TRANSFER = frozenset({40100, 40129})
_FULL, _RATE = 40099, 45009
_RESULT_STATES = {1: ItemState.DONE, 2: ItemState.WAITING, 3: ItemState.REFUSED, 4: ItemState.SUCCESSOR_FULL}
_FAIL_REASONS = {"customer_refused": ItemState.REFUSED, "customer_limit_exceed": ItemState.SUCCESSOR_FULL}
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
            _poll_by(case, part.not_before)
            continue
        items = select(HandoverItem.wecom_id).where(
            HandoverItem.slice_id == part.id, HandoverItem.state == ItemState.PLANNED
        )
        ids = list(session.scalars(items.order_by(HandoverItem.id)))
        if part.kind == ItemKind.GROUP and ids and _groups_today(session, case) + len(ids) > GROUPS_PER_DAY:
            part.not_before = clock.china_day_start(now, days_ago=-1)
            _poll_by(case, part.not_before)
            continue
        if ids:
            _send(session, case, part, ids)
            return
        part.state = SliceState.DONE


def slice_answered(session: Session, outcome: Outcome) -> None:
    """WeCom's answer to a slice: per item, none at all, or a refusal of the whole."""
    case = locked(session, outcome.context["handover_id"])
    part = session.get_one(HandoverSlice, outcome.context["slice_id"], populate_existing=True)
    if part.state not in _ON_ITS_WAY:
        return
    part.answered_at, part.reason = clock.now(), outcome.reason
    if outcome.state is CallState.PARKED:
        part.state = SliceState.PARKED
    elif outcome.state is CallState.UNKNOWN:
        part.state = SliceState.UNKNOWN
        _set(session, part, ItemState.UNKNOWN, only=ItemState.REQUESTED)
        _look_up(session, case, part)
    elif outcome.state is CallState.DONE:
        answers: list[ItemAnswer] = outcome.result
        if part.kind == ItemKind.GROUP:
            _take_groups(session, case, part, answers)
        else:
            _take_customers(session, case, part, answers)
    else:
        part.state = SliceState.DONE
        _set(session, part, ItemState.FAILED, only=ItemState.REQUESTED, errcode=outcome.errcode)
    advance(session, case)
    handovers.restate(session, case)


def poll(session: Session, case: Handover) -> None:
    """Read the results of everybody who waits, and send on what had to wait for its day."""
    now = clock.now()
    case.poll_at = None
    advance(session, case)
    waiting = (
        select(HandoverItem.takeover_id, HandoverSlice.resigned, func.min(HandoverItem.takeover_at))
        .join(HandoverSlice, HandoverSlice.id == HandoverItem.slice_id)
        .where(HandoverItem.handover_id == case.id, HandoverItem.state == ItemState.WAITING)
        .group_by(HandoverItem.takeover_id, HandoverSlice.resigned)
    )
    for takeover_id, resigned, earliest in session.execute(waiting).all():
        if takeover_id is None:
            continue
        _ask_results(session, case, takeover_id=takeover_id, resigned=resigned, slice_id=None, cursor="")
        ripe = earliest + dt.timedelta(minutes=1) if earliest is not None else now + POLL
        _poll_by(case, min(now + POLL, max(ripe, now + _AGAIN)))


def results_listed(session: Session, outcome: Outcome) -> None:
    """A page of results of one pair of members; after the last one, who was in doubt and is not listed is free."""
    context = outcome.context
    case = locked(session, context["handover_id"])
    if outcome.state is not CallState.DONE:
        _not_listed(session, case, outcome)
        return
    page: TransferResultPage = outcome.result
    _take_results(session, case, context["takeover_id"], page, resigned=context["resigned"])
    if page.next_cursor:
        _ask_results(
            session,
            case,
            takeover_id=context["takeover_id"],
            resigned=context["resigned"],
            slice_id=context["slice_id"],
            cursor=page.next_cursor,
        )
    elif context["slice_id"] is not None:
        _settle_doubt(session, case, context["slice_id"])
    else:
        _fail_foreign(session, case, context["takeover_id"], asked_at=outcome.asked_at)
    advance(session, case)
    handovers.restate(session, case)


def groups_listed(session: Session, outcome: Outcome) -> None:
    """The former owner's groups, after a lost answer: those still listed were not transferred, the others were."""
    context = outcome.context
    case = locked(session, context["handover_id"])
    if outcome.state is not CallState.DONE:
        _not_listed(session, case, outcome)
        return
    page: GroupChatPage = outcome.result
    seen: list[str] = [*context["seen"], *(ref.chat_id for ref in page.items)]
    part = session.get_one(HandoverSlice, context["slice_id"], populate_existing=True)
    if page.next_cursor:
        _ask_groups(session, case, part, cursor=page.next_cursor, seen=seen)
        return
    if part.state == SliceState.UNKNOWN:
        in_doubt = (HandoverItem.slice_id == part.id) & (HandoverItem.state == ItemState.UNKNOWN)
        session.execute(
            update(HandoverItem)
            .where(in_doubt, HandoverItem.wecom_id.in_(seen))
            .values(state=ItemState.PLANNED.value, requested_at=None)
        )
        done = update(HandoverItem).where(in_doubt).values(state=ItemState.DONE.value, finished_at=clock.now())
        _tell_groups(session, case, part, list(session.scalars(done.returning(HandoverItem.wecom_id))))
        _settle_doubt(session, case, part.id)
    advance(session, case)
    handovers.restate(session, case)


def nudge(session: Session, *, external_userid: str, userid: str, taking: bool) -> None:
    """Something happened to a customer who waits: read the results soon. ``userid`` takes over, or hands over."""
    member = select(Staff.id).where(func.lower(Staff.userid) == userid.lower()).scalar_subquery()
    waiting = select(HandoverItem.handover_id).where(
        HandoverItem.wecom_id == external_userid, HandoverItem.state.in_(MOVING)
    )
    if taking:
        waiting = waiting.where(HandoverItem.takeover_id == member)
    soon = clock.now() + NUDGE
    ids = list(session.scalars(waiting))
    if ids:
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
        case = locked(session, number)
        state = _FAIL_REASONS.get(reason, ItemState.FAILED)
        session.execute(
            update(HandoverItem)
            .where(
                HandoverItem.handover_id == number,
                HandoverItem.wecom_id == external_userid,
                HandoverItem.state.in_((ItemState.REQUESTED, ItemState.UNKNOWN, ItemState.WAITING)),
            )
            .values(state=state.value, finished_at=at, takeover_at=None)
            .execution_options(synchronize_session=False)
        )
        handovers.restate(session, case)


def _send(session: Session, case: Handover, part: HandoverSlice, ids: list[str]) -> None:
    """The intent: from the commit on, the slice counts as on its way."""
    now = clock.now()
    giver, taker = session.get_one(Staff, case.staff_id), session.get_one(Staff, part.takeover_id)
    part.resigned = case.resigned  # a member who was disabled first may have left since
    part.state, part.requested_at, part.answered_at, part.reason = SliceState.REQUESTED, now, None, None
    part.attempts += 1
    _set(session, part, ItemState.REQUESTED, only=ItemState.PLANNED, requested_at=now)
    method: Callable[..., Any]
    if part.kind == ItemKind.GROUP:
        method = Transfers.transfer_resigned_groups if part.resigned else Transfers.transfer_groups
        arguments: dict[str, Any] = {"chat_ids": ids, "new_owner": taker.userid}
    else:
        method = Transfers.transfer_resigned_customers if part.resigned else Transfers.transfer_customers
        arguments = {"handover_userid": giver.userid, "takeover_userid": taker.userid, "external_userids": ids}
        if not part.resigned:
            arguments["message"] = case.message
    calls.request(
        session,
        method,
        arguments,
        subject=f"handover:{case.id}",
        reply="compliance.slice_answered",
        context={"handover_id": case.id, "slice_id": part.id},
    )


def _take_customers(session: Session, case: Handover, part: HandoverSlice, answers: list[ItemAnswer]) -> None:
    """0 has begun; some errcodes say that a transfer is under way, which the results will show; the rest has failed."""
    part.state = SliceState.DONE
    now = clock.now()
    states = []
    for answer in answers:
        begun = answer.errcode == 0 or answer.errcode in _IN_TRANSFER
        full = answer.errcode == _FULL
        states.append(ItemState.WAITING if begun else ItemState.SUCCESSOR_FULL if full else ItemState.FAILED)
    session.execute(
        text(_ANSWERED),
        {
            "slice": part.id,
            "ids": [answer.id for answer in answers],
            "states": [state.value for state in states],
            "codes": [answer.errcode for answer in answers],
            "now": now,
            "takeover_at": (part.requested_at or now) + TAKEOVER,
        },
    )
    unanswered = select(HandoverItem.id).where(
        HandoverItem.slice_id == part.id, HandoverItem.state == ItemState.REQUESTED
    )
    if session.scalars(unanswered.limit(1)).first() is not None:
        part.state, part.reason = SliceState.UNKNOWN, "items without an answer"
        _set(session, part, ItemState.UNKNOWN, only=ItemState.REQUESTED)
        _look_up(session, case, part)
    foreign = any(answer.errcode in _IN_TRANSFER for answer in answers)
    _poll_by(case, now + (NUDGE if foreign else POLL))


def _take_groups(session: Session, case: Handover, part: HandoverSlice, failures: list[ItemAnswer]) -> None:
    """Groups change hands at once; only failures are named, and too many for today are sent tomorrow."""
    now = clock.now()
    tomorrow = [answer.id for answer in failures if answer.errcode == _RATE]
    failed = {answer.id: answer.errcode for answer in failures if answer.errcode != _RATE}
    mine = (HandoverItem.slice_id == part.id) & (HandoverItem.state == ItemState.REQUESTED)
    for chat_id, errcode in failed.items():
        session.execute(
            update(HandoverItem)
            .where(mine, HandoverItem.wecom_id == chat_id)
            .values(state=ItemState.FAILED.value, errcode=errcode, finished_at=now)
        )
    session.execute(
        update(HandoverItem)
        .where(mine, HandoverItem.wecom_id.in_(tomorrow))
        .values(state=ItemState.PLANNED.value, requested_at=None)
    )
    done = update(HandoverItem).where(mine).values(state=ItemState.DONE.value, finished_at=now, takeover_at=now)
    _tell_groups(session, case, part, list(session.scalars(done.returning(HandoverItem.wecom_id))))
    part.state = SliceState.DONE
    if tomorrow:
        part.state, part.not_before = SliceState.PLANNED, clock.china_day_start(now, days_ago=-1)
        _poll_by(case, part.not_before)


def _take_results(
    session: Session, case: Handover, takeover_id: int, page: TransferResultPage, *, resigned: bool
) -> None:
    """A page in one statement. A result older than our request belongs to an earlier transfer of the same pair."""
    known = [row for row in page.items if row.status in _RESULT_STATES]
    if not known:
        return
    rows = session.execute(
        text(_RESULTS),
        {
            "case": case.id,
            "takeover": takeover_id,
            "ids": [row.external_userid for row in known],
            "states": [_RESULT_STATES[row.status].value for row in known],
            "times": [row.takeover_time for row in known],
            "now": clock.now(),
        },
    ).all()
    done = sorted((row.wecom_id, row.requested_at, row.takeover_at) for row in rows if row.state == ItemState.DONE)
    if not done:
        return
    giver, taker = session.get_one(Staff, case.staff_id), session.get_one(Staff, takeover_id)
    outbox.publish(
        session,
        CustomersTransferred(
            handover_id=case.id, from_userid=giver.userid, to_userid=taker.userid, resigned=resigned, moved=done
        ),
    )
    since = min(requested_at for _, requested_at, _ in done)
    alerts.close_transferred(session, userid=case.userid, external_userids=[row[0] for row in done], since=since)


def _settle_doubt(session: Session, case: Handover, slice_id: int) -> None:
    """The list has been read to its end: what is still in doubt was not accepted and is sent again."""
    part = session.get_one(HandoverSlice, slice_id, populate_existing=True)
    if part.state != SliceState.UNKNOWN:
        return
    again = _set(session, part, ItemState.PLANNED, only=ItemState.UNKNOWN, requested_at=None)
    planned = select(HandoverItem.id).where(HandoverItem.slice_id == part.id, HandoverItem.state == ItemState.PLANNED)
    part.state = SliceState.PLANNED if session.scalars(planned.limit(1)).first() is not None else SliceState.DONE
    _poll_by(case, clock.now() + POLL)
    audit.record(
        session,
        audit.System.SCHEDULER,
        "handover.doubt_settled",
        f"handover:{case.id}",
        {"slice": part.id, "again": again},
    )


def _fail_foreign(session: Session, case: Handover, takeover_id: int, *, asked_at: dt.datetime) -> None:
    """Said to be in a transfer already, but not in one to this successor: it is somebody else's."""
    session.execute(
        update(HandoverItem)
        .where(
            HandoverItem.handover_id == case.id,
            HandoverItem.takeover_id == takeover_id,
            HandoverItem.state == ItemState.WAITING,
            HandoverItem.errcode.in_(_IN_TRANSFER),
            HandoverItem.requested_at < asked_at,
        )
        .values(state=ItemState.FAILED.value, finished_at=clock.now(), takeover_at=None)
        .execution_options(synchronize_session=False)
    )


def _not_listed(session: Session, case: Handover, outcome: Outcome) -> None:
    """A reading failed. Refused for good, nothing will ever settle what is in doubt: it is shown as failed."""
    slice_id = outcome.context["slice_id"]
    part = session.get(HandoverSlice, slice_id, populate_existing=True) if slice_id is not None else None
    if outcome.state is CallState.REFUSED and part is not None and part.state == SliceState.UNKNOWN:
        part.state, part.reason = SliceState.DONE, outcome.reason
        _set(session, part, ItemState.FAILED, only=ItemState.UNKNOWN, errcode=outcome.errcode)
        advance(session, case)
    _poll_by(case, clock.now() + _AGAIN)
    handovers.restate(session, case)


def _look_up(session: Session, case: Handover, part: HandoverSlice) -> None:
    if part.kind == ItemKind.GROUP:
        _ask_groups(session, case, part, cursor="", seen=[])
    else:
        _ask_results(
            session,
            case,
            takeover_id=part.takeover_id,
            resigned=part.resigned,
            slice_id=part.id,
            cursor="",
            delay=DOUBT,
        )


def _ask_results(
    session: Session,
    case: Handover,
    *,
    takeover_id: int,
    resigned: bool,
    slice_id: int | None,
    cursor: str,
    delay: dt.timedelta = dt.timedelta(),
) -> None:
    giver, taker = session.get_one(Staff, case.staff_id), session.get_one(Staff, takeover_id)
    method: Callable[..., Any] = Transfers.list_resigned_results if resigned else Transfers.list_results
    calls.request(
        session,
        method,
        {"handover_userid": giver.userid, "takeover_userid": taker.userid, "cursor": cursor},
        subject=f"handover-results:{case.id}",
        reply="compliance.results_listed",
        context={"handover_id": case.id, "takeover_id": takeover_id, "resigned": resigned, "slice_id": slice_id},
        key=f"handover-results:{case.id}:{takeover_id}:{resigned}:{slice_id}:{cursor}",
        lane=Lane.DEFAULT,
        delay=delay,
    )


def _ask_groups(session: Session, case: Handover, part: HandoverSlice, *, cursor: str, seen: list[str]) -> None:
    giver = session.get_one(Staff, case.staff_id)
    calls.request(
        session,
        GroupChats.list_group_chats,
        {"owners": [giver.userid], "cursor": cursor},
        subject=f"handover-results:{case.id}",
        reply="compliance.handover_groups_listed",
        context={"handover_id": case.id, "slice_id": part.id, "seen": seen},
        key=f"handover-groups:{case.id}:{part.id}:{cursor}",
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


def _tell_groups(session: Session, case: Handover, part: HandoverSlice, chat_ids: list[str]) -> None:
    if chat_ids:
        taker = session.get_one(Staff, part.takeover_id)
        event = GroupsTransferred(
            handover_id=case.id, to_userid=taker.userid, resigned=part.resigned, chat_ids=sorted(chat_ids)
        )
        outbox.publish(session, event)


def _poll_by(case: Handover, at: dt.datetime) -> None:
    case.poll_at = at if case.poll_at is None else min(case.poll_at, at)


def _set(session: Session, part: HandoverSlice, state: ItemState, *, only: ItemState, **values: Any) -> int:
    """Move a slice's items from one state to another; how many."""
    if state in {ItemState.FAILED}:
        values["finished_at"] = clock.now()
    moved = (
        update(HandoverItem)
        .where(HandoverItem.slice_id == part.id, HandoverItem.state == only)
        .values(state=state.value, **values)
        .returning(HandoverItem.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(moved).all())


_ANSWERED = """
UPDATE handover_item i SET state = a.state, errcode = NULLIF(a.errcode, 0),
    takeover_at = CASE WHEN a.state = 'waiting' THEN CAST(:takeover_at AS timestamptz) END,
    finished_at = CASE WHEN a.state = 'waiting' THEN NULL ELSE CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS text[]), CAST(:states AS text[]), CAST(:codes AS int[])) AS a(wecom_id, state, errcode)
WHERE i.slice_id = :slice AND i.wecom_id = a.wecom_id AND i.state IN ('requested', 'unknown')
"""
_RESULTS = """
UPDATE handover_item i SET state = l.state, errcode = NULL,
    takeover_at = CASE WHEN l.at > 0 THEN to_timestamp(l.at) WHEN l.state = 'done' THEN CAST(:now AS timestamptz) END,
    finished_at = CASE WHEN l.state = 'waiting' THEN NULL ELSE CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS text[]), CAST(:states AS text[]), CAST(:times AS bigint[])) AS l(wecom_id, state, at)
WHERE i.handover_id = :case AND i.takeover_id = :takeover AND i.kind = 'customer' AND i.wecom_id = l.wecom_id
    AND i.state IN ('requested', 'unknown', 'waiting')
    AND (i.state <> l.state OR i.errcode IS NOT NULL OR i.takeover_at IS DISTINCT FROM to_timestamp(l.at))
    AND (l.at = 0 OR to_timestamp(l.at) >= i.requested_at - interval '10 minutes')
RETURNING i.wecom_id, i.state, i.requested_at, i.takeover_at
"""
