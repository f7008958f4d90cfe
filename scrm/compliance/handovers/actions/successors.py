"""Choosing who takes over: the same plan is shown as a preview and carried out after the confirmation."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, text
from sqlalchemy import case as case_of
from sqlalchemy.orm import Session

from scrm.compliance.handovers import states
from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.actions import slices
from scrm.compliance.handovers.errors import (
    AllTried,
    ItemsUnknown,
    NothingChosen,
    StaffUnknown,
    SuccessorFull,
    SuccessorIsLeaver,
    SuccessorNotActive,
    SuccessorReportedFull,
)
from scrm.compliance.handovers.models import (
    ASSIGNABLE,
    FAILURES,
    MOVING,
    Handover,
    HandoverItem,
    HandoverSlice,
    ItemKind,
    ItemState,
    SliceState,
)
from scrm.compliance.handovers.queries.cases import visible_handover
from scrm.compliance.handovers.schemas import AssignmentPreview, AssignRequest, Selection, SuccessorShare
from scrm.compliance.handovers.setting import POLICY
from scrm.compliance.handovers.states import ItemVerb, Verb
from scrm.contracts.customers import ownership
from scrm.core import clock, search
from scrm.identity import queries as identity
from scrm.identity.actor import Actor
from scrm.identity.models import Staff, StaffStatus
from scrm.wecom.port.transfers import PER_CALL, WINDOW_DAYS, WINDOW_TRANSFERS

TOO_OFTEN = 40128
_REPORTED = dt.timedelta(hours=24)  # how long a report that somebody is full is believed


@dataclass
class Plan:
    """Which item goes to whom; nothing is stored yet."""

    successors: list[Staff]
    shares: dict[int, list["Chosen"]] = field(default_factory=lambda: defaultdict(list))  # staff id -> items
    too_often: list["Chosen"] = field(default_factory=list)  # twice in 90 days already: WeCom would refuse
    tried: list["Chosen"] = field(default_factory=list)  # with all of these successors


@dataclass(frozen=True)
class Chosen:
    id: int
    kind: str
    wecom_id: str
    takeover_id: int | None
    state: str
    tries: list[dict[str, Any]]

    @property
    def tried(self) -> set[int]:
        """Successors with whom a further attempt would be pointless: the customer refused them, or they were full."""
        known = {row["takeover"] for row in self.tries if row["state"] in _POINTLESS}
        return known | ({self.takeover_id} if self.takeover_id and self.state in _POINTLESS else set())


_POINTLESS = frozenset({ItemState.REFUSED.value, ItemState.SUCCESSOR_FULL.value})


def preview(session: Session, actor: Actor, handover_id: int, wanted: AssignRequest) -> AssignmentPreview:
    """What an assignment would do; the same errors as the assignment itself."""
    case = visible_handover(session, actor, handover_id)
    plan = _plan(session, actor, case, wanted)
    counts = ownership().customer_counts(session, [staff.id for staff in plan.successors])
    coming = _coming(session, [staff.id for staff in plan.successors])
    limit = POLICY.of(session).customer_limit
    shares = []
    for staff in plan.successors:
        kinds = Counter(item.kind for item in plan.shares[staff.id])
        shares.append(
            SuccessorShare(
                userid=staff.userid,
                name=staff.name or staff.userid,
                customers=kinds[ItemKind.CUSTOMER],
                groups=kinds[ItemKind.GROUP],
                customers_now=counts[staff.id],
                customers_coming=coming[staff.id],
                customer_limit=limit or None,
            )
        )
    return AssignmentPreview(
        shares=shares,
        customers=sum(share.customers for share in shares),
        groups=sum(share.groups for share in shares),
        too_often=len(plan.too_often),
        tried=len(plan.tried),
        calls=sum(-(-share.customers // PER_CALL) + -(-share.groups // PER_CALL) for share in shares),
    )


def assign(
    session: Session, actor: Actor, handover_id: int, wanted: AssignRequest, *, failures_only: bool = False
) -> Handover:
    """Give the chosen items to the successors, evenly, and begin to send; ``failures_only`` for a second successor."""
    case = visible_handover(session, actor, handover_id, lock=True)
    plan = _plan(session, actor, case, wanted, among=FAILURES if failures_only else ASSIGNABLE)
    _forbid(session, actor, plan.too_often)
    _store(session, actor, case, plan)
    facts = {
        "successors": [staff.userid for staff in plan.successors],
        "items": sum(len(items) for items in plan.shares.values()),
        "too_often": len(plan.too_often),
    }
    states.move(session, case, Verb.ASSIGN, actor, facts)
    slices.advance(session, case)
    handovers.restate(session, case)
    return case


def _plan(
    session: Session,
    actor: Actor,
    case: Handover,
    wanted: AssignRequest,
    *,
    among: frozenset[ItemState] = ASSIGNABLE,
) -> Plan:
    states.check(case, Verb.ASSIGN)
    plan = Plan(_successors(session, actor, case, wanted.successors))
    chosen = _chosen(session, case, wanted.selection, among)
    often = _moved_often(session, chosen) if not case.resigned else set()
    ids = [staff.id for staff in plan.successors]
    turns: Counter[str] = Counter()
    for item in chosen:
        if (item.kind, item.wecom_id) in often:
            plan.too_often.append(item)
            continue
        rest = [number for number in ids if number not in item.tried]
        if not rest:
            plan.tried.append(item)
            continue
        # In turn, so that shares differ by one at most; an item that has tried its turn goes to the next.
        plan.shares[rest[turns[item.kind] % len(rest)]].append(item)
        turns[item.kind] += 1
    if not plan.shares and not plan.too_often:
        raise AllTried(count=len(plan.tried)) if plan.tried else NothingChosen()
    _check_room(session, plan)
    return plan


def _successors(session: Session, actor: Actor, case: Handover, userids: list[str]) -> list[Staff]:
    found: dict[int, Staff] = {}
    for userid in userids:
        staff = identity.staff_by_userid(session, userid)
        seen = staff is not None and session.scalars(identity.visible(actor).where(Staff.id == staff.id)).first()
        if staff is None or not seen:
            raise StaffUnknown(userid=userid)
        if staff.id == case.staff_id:
            raise SuccessorIsLeaver()
        if staff.status != StaffStatus.ACTIVE:
            raise SuccessorNotActive(name=staff.name or staff.userid)
        found[staff.id] = staff
    return list(found.values())


def _chosen(session: Session, case: Handover, wanted: Selection, states: frozenset[ItemState]) -> list[Chosen]:
    """The items of the selection that may be assigned now; ids that may not are an error."""
    query = selected(
        select(
            HandoverItem.id,
            HandoverItem.kind,
            HandoverItem.wecom_id,
            HandoverItem.takeover_id,
            HandoverItem.state,
            HandoverItem.tries,
        ).where(HandoverItem.handover_id == case.id, HandoverItem.state.in_(states)),
        wanted,
    )
    chosen = [Chosen(*row) for row in session.execute(query.order_by(HandoverItem.id)).all()]
    if wanted.item_ids is not None:
        missing = sorted(set(wanted.item_ids) - {item.id for item in chosen})
        if missing:
            raise ItemsUnknown(count=len(missing), example=str(missing[0]))
    if not chosen:
        raise NothingChosen()
    return chosen


def selected(query: Select[Any], wanted: Selection) -> Select[Any]:
    """Narrow a query of items to a selection."""
    if wanted.item_ids is not None:
        query = query.where(HandoverItem.id.in_(wanted.item_ids))
    if wanted.kind is not None:
        query = query.where(HandoverItem.kind == wanted.kind.value)
    if wanted.state is not None:
        query = query.where(HandoverItem.state == wanted.state.value)
    if wanted.tag:
        query = query.where(HandoverItem.tags.contains([wanted.tag]))
    if wanted.q:
        query = query.where(search.within(wanted.q, HandoverItem.name))
    return query


def _moved_often(session: Session, chosen: list[Chosen]) -> set[tuple[str, str]]:
    """Customers and groups with two transfers between employed members within 90 natural days, by our own records."""
    since = clock.china_day_start(clock.now(), days_ago=WINDOW_DAYS - 1)
    counted = [*(state.value for state in MOVING), ItemState.DONE.value]
    query = (
        select(HandoverItem.kind, HandoverItem.wecom_id)
        .join(HandoverSlice, HandoverSlice.id == HandoverItem.slice_id)
        .where(
            HandoverSlice.resigned.is_(False),
            HandoverItem.wecom_id.in_([item.wecom_id for item in chosen]),
            HandoverItem.requested_at >= since,
            HandoverItem.state.in_(counted),
        )
        .group_by(HandoverItem.kind, HandoverItem.wecom_id)
        .having(func.count() >= WINDOW_TRANSFERS)
    )
    return {(kind, wecom_id) for kind, wecom_id in session.execute(query).all()}


def _check_room(session: Session, plan: Plan) -> None:
    """Nobody gets more customers than the corp's limit allows, nor whom WeCom has just reported full."""
    ids = [staff.id for staff in plan.successors]
    counts, coming = ownership().customer_counts(session, ids), _coming(session, ids)
    limit, reported = POLICY.of(session).customer_limit, _reported_full(session, ids)
    for staff in plan.successors:
        new = sum(1 for item in plan.shares[staff.id] if item.kind == ItemKind.CUSTOMER)
        if new and staff.id in reported:
            raise SuccessorReportedFull(name=staff.name or staff.userid)
        total = counts[staff.id] + coming[staff.id] + new
        if new and limit and total > limit:
            raise SuccessorFull(name=staff.name or staff.userid, count=total, limit=limit)


def _coming(session: Session, staff_ids: list[int]) -> dict[int, int]:
    query = (
        select(HandoverItem.takeover_id, func.count())
        .where(
            HandoverItem.takeover_id.in_(staff_ids),
            HandoverItem.state.in_(MOVING),
            HandoverItem.kind == ItemKind.CUSTOMER,
        )
        .group_by(HandoverItem.takeover_id)
    )
    counts = {row[0]: row[1] for row in session.execute(query).all()}
    return {number: counts.get(number, 0) for number in staff_ids}


def _reported_full(session: Session, staff_ids: list[int]) -> set[int]:
    full = ItemState.SUCCESSOR_FULL.value
    query = text(
        "SELECT takeover_id FROM handover_item WHERE takeover_id = ANY(:ids) AND state = :full AND finished_at > :since"
        " UNION SELECT (t->>'takeover')::bigint FROM handover_item, jsonb_array_elements(tries) t"
        " WHERE tries <> '[]' AND t->>'state' = :full AND (t->>'takeover')::bigint = ANY(:ids)"
        " AND (t->>'at')::timestamptz > :since"
    )
    values = {"ids": staff_ids, "full": full, "since": clock.now() - _REPORTED}
    return set(session.execute(query, values).scalars())


def _forbid(session: Session, actor: Actor, items: list[Chosen]) -> None:
    if items:
        mine = HandoverItem.id.in_([item.id for item in items])
        states.move_items(session, ItemVerb.FORBID, mine, who=actor, errcode=TOO_OFTEN, finished_at=clock.now())


def _store(session: Session, actor: Actor, case: Handover, plan: Plan) -> None:
    """Slices of at most a hundred, taking turns between the successors, customers before groups."""
    position = session.scalar(select(func.max(HandoverSlice.position)).where(HandoverSlice.handover_id == case.id)) or 0
    for kind in ItemKind:
        queues = {staff_id: [item.id for item in items if item.kind == kind] for staff_id, items in plan.shares.items()}
        while any(queues.values()):
            for staff_id, queue in queues.items():
                if not queue:
                    continue
                part, queues[staff_id] = queue[:PER_CALL], queue[PER_CALL:]
                position += 1
                made = HandoverSlice(
                    handover_id=case.id,
                    kind=kind.value,
                    takeover_id=staff_id,
                    resigned=case.resigned,
                    state=SliceState.PLANNED.value,
                    position=position,
                    size=len(part),
                    attempts=0,
                )
                session.add(made)
                session.flush()
                states.move_items(
                    session,
                    ItemVerb.PLAN,
                    HandoverItem.id.in_(part),
                    who=actor,
                    tries=_tries_and_last(clock.now()),
                    takeover_id=staff_id,
                    slice_id=made.id,
                    errcode=None,
                    requested_at=None,
                    takeover_at=None,
                    finished_at=None,
                )


def _tries_and_last(now: dt.datetime) -> ColumnElement[Any]:
    """The earlier tries of an item with the one that has failed now, if it is not its first."""
    item = HandoverItem
    last = func.jsonb_build_object(
        *("takeover", item.takeover_id, "state", item.state, "errcode", item.errcode),
        *("at", func.coalesce(item.finished_at, literal(now, item.finished_at.type))),
    )
    return case_of((item.takeover_id.is_(None), item.tries), else_=item.tries.concat(func.jsonb_build_array(last)))
