"""Reads of handovers; each begins at ``visible(actor)``."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.orm import Session

from scrm.compliance.handovers import earlier
from scrm.compliance.handovers.errors import HandoverNotFound, StaffUnknown
from scrm.compliance.handovers.models import (
    ASSIGNABLE,
    FAILURES,
    MOVING,
    Handover,
    HandoverItem,
    HandoverKind,
    HandoverSlice,
    HandoverState,
    ItemKind,
    ItemState,
    SliceState,
)
from scrm.compliance.handovers.notices import STEP_OF
from scrm.compliance.handovers.schemas import (
    HandoverCounts,
    HandoverDetail,
    HandoverItemQuery,
    HandoverItemRow,
    HandoverNoticeRow,
    HandoverQuery,
    HandoverRow,
    HandoverSource,
    HandoverSummary,
    SheetLine,
    SliceRow,
    TryRow,
)
from scrm.contracts.customers import ownership, remarks
from scrm.contracts.groups import groups as group_file
from scrm.core import clock, numbers, search
from scrm.core.paging import Rows, fetch
from scrm.identity import queries as identity
from scrm.identity.actor import Actor
from scrm.identity.called import ids_called
from scrm.identity.models import Staff, StaffStatus
from scrm.shared.notices.queries import told
from scrm.shared.records import pages
from scrm.wecom.errcodes import look_up

_SLICES_SHOWN = 50
_TAGS_SHOWN = 200


def visible(actor: Actor) -> Select[Handover]:
    """Handovers of members within the actor's data scope, never of the actor itself."""
    query = select(Handover)
    if actor.scope is None:
        return query
    return query.where(Handover.staff_id.in_(actor.scope), Handover.userid != (actor.userid or "").lower())


def visible_handover(session: Session, actor: Actor, handover_id: int, *, lock: bool = False) -> Handover:
    """One handover, locked for a change if asked; raises `HandoverNotFound`."""
    query = visible(actor).where(Handover.id == handover_id)
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise HandoverNotFound()
    return found


def handover_page(session: Session, actor: Actor, page: HandoverQuery) -> Rows[HandoverRow]:
    """A page of handovers, newest first."""
    query = visible(actor)
    if page.state is not None:
        query = query.where(Handover.state == page.state.value)
    if page.kind is not None:
        query = query.where(Handover.kind == page.kind.value)
    if page.late is not None:
        query = query.where(is_late(Handover) if page.late else ~is_late(Handover))
    if page.q:
        query = query.where(Handover.staff_id.in_(ids_called(session, page.q)))
    rows, cells = pages.page(session, actor, "handover", page, query)
    shown = _rows(session, list(rows.items))
    for row in shown:
        row.cells = cells.get(row.id)
    return Rows(shown, rows.total, rows.total_capped, rows.next_cursor)


def handover_detail(session: Session, actor: Actor, handover_id: int) -> HandoverDetail:
    """One handover with its sheet, its calls and who was told."""
    case = visible_handover(session, actor, handover_id)
    (row,) = _rows(session, [case])
    query = select(HandoverSlice.state, func.count()).where(HandoverSlice.handover_id == case.id)
    grouped = session.execute(query.group_by(HandoverSlice.state)).all()
    counts: dict[str, int] = {found[0]: found[1] for found in grouped}
    return HandoverDetail(
        **row.model_dump(),
        message=case.message,
        created_by=case.created_by,
        poll_at=case.poll_at,
        closed_by=case.closed_by,
        close_note=case.close_note,
        sheet=_sheet(session, case),
        notices=_notices(session, case),
        slices=_slices(session, case),
        slices_total=sum(counts.values()),
        slices_done=counts.get(SliceState.DONE.value, 0),
        tags=_tags(session, case),
    )


def item_page(session: Session, actor: Actor, handover_id: int, page: HandoverItemQuery) -> Rows[HandoverItemRow]:
    """A handover's customers and groups."""
    case = visible_handover(session, actor, handover_id)
    query = select(HandoverItem).where(HandoverItem.handover_id == case.id)
    if page.kind is not None:
        query = query.where(HandoverItem.kind == page.kind.value)
    if page.state is not None:
        query = query.where(HandoverItem.state == page.state.value)
    if page.userid is not None:
        successor = identity.staff_by_userid(session, page.userid)
        query = query.where(HandoverItem.takeover_id == (successor.id if successor is not None else 0))
    if page.q:
        called = HandoverItem.customer_id.in_(remarks().called_by(session, case.staff_id, page.q))
        query = query.where(or_(called, search.within(page.q, HandoverItem.name, HandoverItem.wecom_id)))
    rows = fetch(session, query, page, keys=[HandoverItem.id], key_of=lambda item: [item.id])
    items = item_rows(session, actor, case, list(rows.items))
    return Rows(items, rows.total, rows.total_capped, rows.next_cursor)


def all_items(session: Session, actor: Actor, case: Handover) -> list[HandoverItemRow]:
    """Every item of a handover, in the order of entry, for the export."""
    query = select(HandoverItem).where(HandoverItem.handover_id == case.id).order_by(HandoverItem.id)
    return item_rows(session, actor, case, list(session.scalars(query)))


def item_rows(session: Session, actor: Actor, case: Handover, items: list[HandoverItem]) -> list[HandoverItemRow]:
    wanted = {item.takeover_id for item in items if item.takeover_id}
    wanted |= {row["takeover"] for item in items for row in item.tries}
    staff = identity.staff_by_ids(session, wanted)
    customers = [item.wecom_id for item in items if item.kind == ItemKind.CUSTOMER]
    called = remarks().remarks(session, actor, [(customer, case.userid) for customer in customers])
    return [_item(item, staff, called.get((item.wecom_id, case.userid), "")) for item in items]


def summary(session: Session, actor: Actor) -> HandoverSummary:
    """Counts for the workbench."""
    scoped = visible(actor).subquery()
    is_open = scoped.c.state == HandoverState.OPEN
    counts = session.execute(
        select(
            func.count().filter(is_open),
            func.count().filter(is_late(scoped.c)),
            func.count().filter(scoped.c.state == HandoverState.RUNNING),
        )
    ).one()
    unassigned = (
        select(func.count())
        .select_from(HandoverItem)
        .join(scoped, scoped.c.id == HandoverItem.handover_id)
        .where(is_open, HandoverItem.kind == ItemKind.CUSTOMER, HandoverItem.state.in_(ASSIGNABLE))
    )
    return HandoverSummary(
        open=counts[0], late=counts[1], running=counts[2], customers_unassigned=session.scalar(unassigned) or 0
    )


def source(session: Session, actor: Actor, userid: str) -> HandoverSource:
    """How many customers and groups an employed member could hand over."""
    staff = identity.staff_by_userid(session, userid)
    seen = staff is not None and session.scalars(identity.visible(actor).where(Staff.id == staff.id)).first()
    if staff is None or not seen:
        raise StaffUnknown(userid=userid)
    counts = ownership().customer_counts(session, [staff.id])
    return HandoverSource(customers=counts[staff.id], groups=len(group_file().owned_by(session, staff.userid)))


def is_late(columns: Any) -> ColumnElement[bool]:
    """Only a departure has a deadline; a transfer between employed members waits for whoever began it."""
    late: ColumnElement[bool] = and_(
        columns.state == HandoverState.OPEN,
        columns.kind == HandoverKind.DEPARTURE,
        columns.due_at <= clock.now(),
    )
    return late


def _rows(session: Session, cases: list[Handover]) -> list[HandoverRow]:
    ids = [case.id for case in cases]
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    query = select(HandoverItem.handover_id, HandoverItem.kind, HandoverItem.state, func.count()).where(
        HandoverItem.handover_id.in_(ids)
    )
    grouped = query.group_by(HandoverItem.handover_id, HandoverItem.kind, HandoverItem.state)
    for number, kind, state, count in session.execute(grouped).all():
        counts[number, kind][state] = count
    staff = identity.staff_by_ids(session, {case.staff_id for case in cases})
    leads = {userid.lower(): userid for case in cases for userid in case.assigned_to}
    found = session.scalars(select(Staff).where(func.lower(Staff.userid).in_(leads))) if leads else ()
    names = {lead.userid.lower(): lead.name or lead.userid for lead in found}
    return [_row(session, case, staff[case.staff_id], counts, names) for case in cases]


def _row(
    session: Session,
    case: Handover,
    staff: Staff,
    counts: dict[tuple[int, str], dict[str, int]],
    names: dict[str, str],
) -> HandoverRow:
    return HandoverRow(
        id=case.id,
        kind=HandoverKind(case.kind),
        state=HandoverState(case.state),
        userid=staff.userid,
        staff_name=staff.name or staff.userid,
        staff_status=StaffStatus(staff.status),
        department=identity.department_name(session, staff),
        resigned=case.resigned,
        detected_by=case.detected_by,
        departed_at=case.departed_at,
        due_at=case.due_at,
        late=case.state == HandoverState.OPEN and case.kind == HandoverKind.DEPARTURE and case.due_at <= clock.now(),
        escalation=case.escalation,
        assigned_to=[names.get(userid.lower(), userid) for userid in case.assigned_to],
        customers=_counted(counts[case.id, ItemKind.CUSTOMER.value]),
        groups=_counted(counts[case.id, ItemKind.GROUP.value]),
        created_at=case.created_at,
        finished_at=case.finished_at,
    )


def _counted(states: dict[str, int]) -> HandoverCounts:
    def of(wanted: frozenset[ItemState]) -> int:
        return sum(count for state, count in states.items() if state in wanted)

    return HandoverCounts(
        total=sum(states.values()),
        unassigned=of(frozenset({ItemState.UNASSIGNED})),
        moving=of(MOVING),
        done=of(frozenset({ItemState.DONE})),
        failed=of(FAILURES),
        gone=of(frozenset({ItemState.GONE})),
    )


def _sheet(session: Session, case: Handover) -> list[SheetLine]:
    query = (
        select(HandoverItem.kind, HandoverItem.takeover_id, HandoverItem.state, func.count())
        .where(HandoverItem.handover_id == case.id)
        .group_by(HandoverItem.kind, HandoverItem.takeover_id, HandoverItem.state)
    )
    rows = session.execute(query).all()
    staff = identity.staff_by_ids(session, {row[1] for row in rows if row[1]})
    lines = []
    for kind, takeover_id, state, count in rows:
        member = staff.get(takeover_id) if takeover_id else None
        lines.append(
            SheetLine(
                kind=ItemKind(kind),
                state=ItemState(state),
                successor=member.userid if member else "",
                successor_name=(member.name or member.userid) if member else "",
                count=count,
            )
        )
    return sorted(lines, key=lambda line: (line.kind, line.successor, line.state))


def _slices(session: Session, case: Handover) -> list[SliceRow]:
    """The calls that are not done, then the latest of the others."""
    unfinished = (HandoverSlice.state != SliceState.DONE).desc()
    query = select(HandoverSlice).where(HandoverSlice.handover_id == case.id)
    rows = session.scalars(query.order_by(unfinished, HandoverSlice.id.desc()).limit(_SLICES_SHOWN)).all()
    staff = identity.staff_by_ids(session, {row.takeover_id for row in rows})
    return [
        SliceRow(
            id=row.id,
            kind=ItemKind(row.kind),
            successor_name=staff[row.takeover_id].name or staff[row.takeover_id].userid,
            state=SliceState(row.state),
            size=row.size,
            attempts=row.attempts,
            requested_at=row.requested_at,
            answered_at=row.answered_at,
            not_before=row.not_before,
            reason=row.reason,
        )
        for row in rows
    ]


def _notices(session: Session, case: Handover) -> list[HandoverNoticeRow]:
    return [
        HandoverNoticeRow(
            kind=one.kind,
            step=STEP_OF.get(one.kind, 0),
            userid=one.userid,
            staff_name=one.staff_name,
            state=one.state,
            reason=one.reason,
            created_at=one.created_at,
        )
        for one in told(session, "handover", case.id, before=earlier.TOLD)
    ]


def _tags(session: Session, case: Handover) -> list[str]:
    query = text(
        "SELECT DISTINCT jsonb_array_elements_text(tags) AS tag FROM handover_item"
        " WHERE handover_id = :case AND tags <> '[]' ORDER BY tag LIMIT :limit"
    )
    return list(session.execute(query, {"case": case.id, "limit": _TAGS_SHOWN}).scalars())


def _item(item: HandoverItem, staff: dict[int, Staff], remark: str) -> HandoverItemRow:
    member = staff.get(item.takeover_id) if item.takeover_id else None
    return HandoverItemRow(
        id=item.id,
        kind=ItemKind(item.kind),
        wecom_id=item.wecom_id,
        name=numbers.masked(item.name) or item.wecom_id,
        remark=remark,
        tags=item.tags,
        state=ItemState(item.state),
        successor=member.userid if member else None,
        successor_name=(member.name or member.userid) if member else None,
        errcode=item.errcode,
        reason=look_up(item.errcode).text if item.errcode else None,
        requested_at=item.requested_at,
        takeover_at=item.takeover_at,
        finished_at=item.finished_at,
        tries=[_try(row, staff) for row in item.tries],
    )


def _try(row: dict[str, Any], staff: dict[int, Staff]) -> TryRow:
    member = staff.get(row["takeover"])
    return TryRow(
        successor_name=(member.name or member.userid) if member else "",
        state=ItemState(row["state"]),
        errcode=row["errcode"],
        at=row["at"],
    )
