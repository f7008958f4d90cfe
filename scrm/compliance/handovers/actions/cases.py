"""Cases: a departure or a transfer between employed members, opened, filled, closed."""

import datetime as dt
import json
from collections.abc import Iterable

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from scrm.compliance.handovers import states
from scrm.compliance.handovers.actions import notices as handover_notices
from scrm.compliance.handovers.errors import (
    HandoverMoving,
    HandoverRunning,
    ItemsUnknown,
    NotEmployed,
    NothingChosen,
    StaffUnknown,
)
from scrm.compliance.handovers.models import (
    ASSIGNABLE,
    MOVING,
    QUEUE,
    Handover,
    HandoverItem,
    HandoverKind,
    HandoverState,
    ItemKind,
    ItemState,
)
from scrm.compliance.handovers.queries.cases import visible_handover
from scrm.compliance.handovers.setting import POLICY
from scrm.compliance.handovers.states import ItemVerb, Verb
from scrm.contracts.customers import OwnCustomer, ownership
from scrm.contracts.groups import groups as group_file
from scrm.core import audit, clock
from scrm.core.db import lock_subject
from scrm.core.queue import nouns
from scrm.identity import queries as identity
from scrm.identity.actor import Actor
from scrm.identity.models import Staff, StaffStatus

_SAME_DEPARTURE = dt.timedelta(days=1)
UNFINISHED = (HandoverState.OPEN.value, HandoverState.RUNNING.value)


def open_departure(
    session: Session,
    staff: Staff,
    *,
    resigned: bool,
    departed_at: dt.datetime,
    detected_by: str,
    listed: list[str] | None = None,
) -> Handover | None:
    """The case of this departure, with all that the customer file knows; ``None`` if there is nothing to hand over.

    Callback, sync and WeCom's list may each tell of the same departure, in any order and more than once; ``listed``
    are customers whom that list names. A case that is there takes in what the customer file has learned since.
    """
    case = departure_of(session, staff, departed_at=departed_at)
    if case is not None:
        case.resigned = case.resigned or resigned
        case.departed_at = min(case.departed_at, departed_at)
        if listed is None:  # the list comes in pages, each hour anew: it adds what it names, and no more
            _take_in(session, case, staff)
        return case
    customers = ownership().customers_of(session, staff.id)
    groups = group_file().owned_by(session, staff.userid)
    if not customers and not groups and not listed:
        return None
    case = _new(session, staff, HandoverKind.DEPARTURE, departed_at=departed_at, detected_by=detected_by)
    case.resigned = resigned
    session.flush()
    add_customers(session, case, customers)
    add_groups(session, case, groups)
    add_listed(session, case, listed or [], at=clock.now())
    audit.record(session, _finder(detected_by), "handover.opened", f"handover:{case.id}", {"detected_by": detected_by})
    restate(session, case)
    handover_notices.tell_opened(session, case)
    return case


def departure_of(session: Session, staff: Staff, *, departed_at: dt.datetime) -> Handover | None:
    """The case that a departure belongs to, locked: an unfinished one, else one of about the same time or later."""
    lock_subject(session, f"departure:{staff.id}")
    case = session.scalars(
        select(Handover)
        .where(Handover.staff_id == staff.id, Handover.kind == HandoverKind.DEPARTURE)
        .order_by(Handover.id.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if case is None or (case.state not in UNFINISHED and departed_at > case.departed_at + _SAME_DEPARTURE):
        return None
    return case


def open_missed(session: Session) -> int:
    """Cases for members out of service who own something and have no case: what no event told. How many were opened.

    A case that is there takes in what has been found since.
    """
    opened = 0
    query = select(Handover.staff_id, Handover.departed_at).where(Handover.kind == HandoverKind.DEPARTURE)
    latest: dict[int, dt.datetime] = {row[0]: row[1] for row in session.execute(query.order_by(Handover.id)).all()}
    staff = identity.staff_by_ids(
        session, {*ownership().departed_followers(session), *group_file().departed_owners(session)}
    )
    # Locked in the order in which the list's pages lock them.
    for number, member in sorted(staff.items(), key=lambda item: item[1].userid.lower()):
        # Nobody says when a member was disabled: with a case, it is that departure until an event tells of another.
        at = latest.get(number) or member.left_at or clock.now()
        left = member.status == StaffStatus.LEFT
        case = open_departure(session, member, resigned=left, departed_at=at, detected_by="sync")
        opened += case is not None and number not in latest
    return opened


def create(
    session: Session,
    actor: Actor,
    *,
    userid: str,
    external_userids: list[str] | None,
    with_groups: bool,
    message: str,
) -> Handover:
    """A transfer of an employed member's customers (all, or those named), and of the groups if asked."""
    staff = identity.staff_by_userid(session, userid)
    seen = session.scalars(identity.visible(actor).where(Staff.id == staff.id)).first() if staff is not None else None
    if staff is None or seen is None or staff.userid.lower() == (actor.userid or "").lower() != "":
        raise StaffUnknown(userid=userid)
    if staff.status == StaffStatus.LEFT:
        raise NotEmployed(name=staff.name or staff.userid)
    lock_subject(session, f"departure:{staff.id}")
    running = select(Handover.id).where(Handover.staff_id == staff.id, Handover.state.in_(UNFINISHED))
    if session.scalars(running).first() is not None:
        raise HandoverRunning(name=staff.name or staff.userid)
    own = ownership().customers_of(session, staff.id)
    if external_userids is not None:
        wanted = set(external_userids)
        unknown = sorted(wanted - {row.external_userid for row in own})
        if unknown:
            raise ItemsUnknown(count=len(unknown), example=unknown[0])
        own = [row for row in own if row.external_userid in wanted]
    groups = group_file().owned_by(session, staff.userid) if with_groups else []
    if not own and not groups:
        raise NothingChosen()
    case = _new(session, staff, HandoverKind.ON_JOB, departed_at=clock.now(), detected_by="user")
    case.message, case.created_by = message, actor.audit_name
    case.assigned_to = [actor.userid] if actor.userid else []
    session.flush()
    add_customers(session, case, own)
    add_groups(session, case, groups)
    facts = {"customers": len(own), "groups": len(groups)}
    audit.record(session, actor, "handover.created", f"handover:{case.id}", facts)
    restate(session, case)
    return case


def close(session: Session, actor: Actor, handover_id: int, *, note: str) -> Handover:
    """Close a case with what is left explained; not while something is on its way."""
    case = visible_handover(session, actor, handover_id, lock=True)
    states.check(case, Verb.CLOSE)
    counts = _counts(session, case)
    moving = sum(count for state, count in counts.items() if state in MOVING)
    if moving:
        raise HandoverMoving(count=moving)
    now = clock.now()
    case.closed_by, case.close_note = actor.display_name, note
    case.finished_at, case.updated_at, case.escalate_at, case.poll_at = now, now, None, None
    left = sum(count for state, count in counts.items() if state in ASSIGNABLE)
    nouns.forget(session, QUEUE, [case.id])
    states.move(session, case, Verb.CLOSE, actor, {"left": left})
    return case


def add_customers(session: Session, case: Handover, customers: Iterable[OwnCustomer]) -> None:
    """Enter customers of the case, each once, in one statement."""
    rows = list(customers)
    _add(
        session,
        case,
        ItemKind.CUSTOMER,
        ids=[row.external_userid for row in rows],
        customers=[row.customer_id for row in rows],
        names=[row.name for row in rows],
        tags=[_json(row.tags) for row in rows],
        listed_at=None,
    )


def add_listed(session: Session, case: Handover, external_userids: list[str], *, at: dt.datetime) -> None:
    """Customers whom WeCom lists as unassigned; those known already are noted as listed, gone ones come back."""
    known = ownership().named(session, external_userids)
    _add(
        session,
        case,
        ItemKind.CUSTOMER,
        ids=external_userids,
        customers=[known[one].customer_id if one in known else None for one in external_userids],
        names=[known[one].name if one in known else one for one in external_userids],
        tags=[_json(known[one].tags) if one in known else "[]" for one in external_userids],
        listed_at=at,
    )
    named = HandoverItem.wecom_id.in_(external_userids)
    back = (HandoverItem.handover_id == case.id) & (HandoverItem.kind == ItemKind.CUSTOMER) & named
    states.move_items(session, ItemVerb.RETURN, back, finished_at=None)


def add_groups(session: Session, case: Handover, groups: Iterable[tuple[str, str]]) -> None:
    rows = list(groups)
    _add(
        session,
        case,
        ItemKind.GROUP,
        ids=[chat_id for chat_id, _ in rows],
        customers=[None] * len(rows),
        names=[name for _, name in rows],
        tags=["[]"] * len(rows),
        listed_at=None,
    )


def drop_unlisted(session: Session, *, since: dt.datetime) -> None:
    """A whole reading of WeCom's list did not name these: somebody else has assigned them, or they have left."""
    older = since - dt.timedelta(minutes=10)
    gone = states.move_items(
        session,
        ItemVerb.GO,
        HandoverItem.handover_id == Handover.id,
        Handover.resigned.is_(True),
        Handover.state.in_(UNFINISHED),
        Handover.departed_at < older,
        HandoverItem.kind == ItemKind.CUSTOMER,
        HandoverItem.added_at < since,
        (HandoverItem.listed_at.is_(None)) | (HandoverItem.listed_at < since),
        finished_at=clock.now(),
    )
    for number in sorted({item.handover_id for item in gone}):
        restate(session, session.get_one(Handover, number, with_for_update=True))


def restate(session: Session, case: Handover) -> None:
    """Bring the case's state up to date with its items; the case is locked."""
    session.flush()
    now = clock.now()
    case.updated_at = now
    if case.state == HandoverState.CLOSED and not _came_later(session, case):
        return
    counts = _counts(session, case)
    if any(state in ASSIGNABLE for state in counts):
        state, verb = HandoverState.OPEN, Verb.OPEN
    elif any(state in MOVING for state in counts):
        state, verb = HandoverState.RUNNING, Verb.RUN
    else:
        state, verb = HandoverState.DONE, Verb.FINISH
    if state == case.state:
        return
    before = case.state
    states.move(session, case, verb, audit.System.SCHEDULER, {name.value: count for name, count in counts.items()})
    case.finished_at = now if state is HandoverState.DONE else None
    if state is not HandoverState.OPEN:
        case.escalate_at = None
    elif before != states.NEW and case.kind == HandoverKind.DEPARTURE:
        # Something failed and wants a second successor, or was found later: the clock starts anew.
        case.due_at = case.escalate_at = now + dt.timedelta(hours=POLICY.of(session).due_hours)
    if state is HandoverState.DONE:
        case.poll_at = None
        nouns.forget(session, QUEUE, [case.id])


def _take_in(session: Session, case: Handover, staff: Staff) -> None:
    """Enter what the customer file knows and the case does not; a case that was done is open again if there is any.

    One that a person closed stays as it was explained.
    """
    if case.state == HandoverState.CLOSED:
        return
    add_customers(session, case, ownership().customers_of(session, staff.id))
    add_groups(session, case, group_file().owned_by(session, staff.userid))
    restate(session, case)


def _new(session: Session, staff: Staff, kind: HandoverKind, *, departed_at: dt.datetime, detected_by: str) -> Handover:
    now = clock.now()
    due = max(departed_at + dt.timedelta(hours=POLICY.of(session).due_hours), now)
    case = Handover(
        kind=kind.value,
        userid=staff.userid.lower(),
        staff_id=staff.id,
        resigned=False,
        detected_by=detected_by,
        departed_at=departed_at,
        state=states.NEW,  # `restate` says
        message="",
        assigned_to=[],
        due_at=due,
        escalate_at=due if kind is HandoverKind.DEPARTURE else None,
        escalation=0,
        created_by=_finder(detected_by).audit_name,
        created_at=now,
        updated_at=now,
    )
    session.add(case)
    return case


def _counts(session: Session, case: Handover) -> dict[ItemState, int]:
    query = select(HandoverItem.state, func.count()).where(HandoverItem.handover_id == case.id)
    return {ItemState(row[0]): row[1] for row in session.execute(query.group_by(HandoverItem.state)).all()}


def _came_later(session: Session, case: Handover) -> bool:
    """Whether WeCom has listed further customers since a person closed the case."""
    newer = select(HandoverItem.id).where(
        HandoverItem.handover_id == case.id,
        HandoverItem.state == ItemState.UNASSIGNED,
        HandoverItem.added_at > case.finished_at,
    )
    return session.scalars(newer.limit(1)).first() is not None


def _finder(detected_by: str) -> audit.System:
    return {"callback": audit.System.CALLBACK, "sync": audit.System.SYNC}.get(detected_by, audit.System.SCHEDULER)


def _add(
    session: Session,
    case: Handover,
    kind: ItemKind,
    *,
    ids: list[str],
    customers: list[int] | list[int | None] | list[None],
    names: list[str],
    tags: list[str],
    listed_at: dt.datetime | None,
) -> None:
    if ids:
        values = {"case": case.id, "kind": kind.value, "ids": ids, "customers": customers, "names": names, "tags": tags}
        session.execute(text(_ADD), {**values, "listed_at": listed_at, "now": clock.now()})


def _json(tags: list[str]) -> str:
    return json.dumps(tags, ensure_ascii=False)


_ADD = """
INSERT INTO handover_item AS i
    (handover_id, kind, wecom_id, customer_id, name, tags, state, listed_at, added_at, tries)
SELECT :case, :kind, a.wecom_id, a.customer_id, a.name, CAST(a.tags AS jsonb), 'unassigned', :listed_at, :now, '[]'
FROM unnest(CAST(:ids AS text[]), CAST(:customers AS bigint[]), CAST(:names AS text[]), CAST(:tags AS text[]))
    AS a(wecom_id, customer_id, name, tags)
ON CONFLICT (handover_id, kind, wecom_id) DO UPDATE
SET listed_at = excluded.listed_at
WHERE excluded.listed_at IS NOT NULL
"""
