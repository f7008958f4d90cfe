"""What a whole sync of staff comes to: who has left, who is out of service, and whether that can be believed.

Without a contact-sync secret nobody is taken to have left, but whoever the app no longer sees is shut out all the same.
What would shut out the last administrator, or more than a fifth of the accounts, is held: it may be one wrong click in
WeCom's visible range. Nothing of that sync is concluded then; an administrator confirms, or the next sync looks anew.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, update
from sqlalchemy.orm import Session

from scrm.core import alarms, audit, clock, outbox
from scrm.identity import admission
from scrm.identity.directory import departed
from scrm.identity.errors import HoldDecided, LastAdministrator
from scrm.identity.models import OUT, DepartureHold, HoldState, Staff, StaffStatus
from scrm.wecom.models import SyncRun, UnreadItem

UNSEEN = "unseen"
DEPARTURES_HELD = alarms.kind(
    "departures_held",
    zh="同步发现的离职会停用 {total} 个成员账号中的 {lost} 个或最后一位管理员，已暂缓：请确认他们是否真的离职。",
    en="Departures found by a sync would shut out {lost} of {total} members' accounts, or the last administrator;"
    " they are held until you say whether they are real.",
    path="/members",
)


def conclude(session: Session, run_id: int, *, asked_before: dt.datetime, whole: bool) -> None:
    """Act on what the sync's staff step found, or hold it; ``whole``: the list was of everybody there is."""
    unmet = StaffStatus.LEFT.value if whole else None if _has_unread(session, run_id) else UNSEEN
    leaving = _leaving(session, run_id, asked_before=asked_before, unmet=unmet)
    departures = {str(staff.id): becomes for staff, becomes in leaving}
    threat = admission.threat(session, {staff.userid.lower() for staff, _ in leaving})
    _end_open(session, HoldState.SUPERSEDED, by=audit.System.SYNC)
    if threat.too_many:
        hold(session, run_id, departures, threat)
        return
    alarms.clear(session, DEPARTURES_HELD)
    _apply(session, departures, by=audit.System.SYNC)
    admission.recheck_administrators(session)


def open_hold(session: Session) -> DepartureHold | None:
    """The departures that wait for an administrator's word."""
    return session.scalars(select(DepartureHold).where(DepartureHold.state == HoldState.OPEN)).first()


def confirm(session: Session, actor: audit.Who, hold_id: int) -> None:
    """They have left: shut them out. Raises `HoldDecided`, or `LastAdministrator` if nobody would be left to decide."""
    hold = _locked(session, hold_id)
    standing = _standing(session, hold)
    if admission.threat(session, {staff.userid.lower() for staff in standing}).last_administrator:
        raise LastAdministrator()
    _decide(session, hold, HoldState.CONFIRMED, by=actor)
    _apply(session, {str(staff.id): hold.departures[str(staff.id)] for staff in standing}, by=actor)


def reject(session: Session, actor: audit.Who, hold_id: int) -> None:
    """They are still there: nobody is shut out, and the next sync looks anew. Raises `HoldDecided`."""
    _decide(session, _locked(session, hold_id), HoldState.REJECTED, by=actor)


def _leaving(session: Session, run_id: int, *, asked_before: dt.datetime, unmet: str | None) -> list[tuple[Staff, str]]:
    """Who a sync says is out and what they become, save those of whom WeCom told since the question.

    ``unmet`` is what becomes of those it did not meet; none if that means nothing.
    """
    met = Staff.seen_in_sync == run_id
    reported = and_(met, Staff.reported.is_not(None))
    missed = and_(Staff.seen_in_sync.is_distinct_from(run_id), Staff.updated_at < asked_before)
    missed = and_(missed, Staff.status != StaffStatus.LEFT, literal(unmet is not None))
    if unmet == UNSEEN:
        missed = and_(missed, Staff.present)
    query = select(Staff).where(or_(reported, missed)).order_by(Staff.id).with_for_update()
    return [
        (staff, staff.reported if staff.seen_in_sync == run_id and staff.reported else unmet or UNSEEN)
        for staff in session.scalars(query.execution_options(populate_existing=True))
    ]


def _has_unread(session: Session, run_id: int) -> bool:
    """Something of the address book could not be read in this run: whoever was not met may stand there."""
    started = select(SyncRun.started_at).where(SyncRun.id == run_id).scalar_subquery()
    odd = select(UnreadItem.id).where(UnreadItem.method.startswith("directory."), UnreadItem.last_at >= started)
    return session.scalars(odd.limit(1)).first() is not None


def hold(session: Session, run_id: int, departures: dict[str, str], threat: admission.Threat) -> None:
    """Conclude nothing, keep what was found, and ask."""
    row = DepartureHold(
        run_id=run_id,
        state=HoldState.OPEN.value,
        departures=departures,
        accounts_lost=threat.lost,
        accounts_total=threat.total,
        last_administrator=threat.last_administrator,
        found_at=clock.now(),
    )
    session.add(row)
    session.flush()
    facts: dict[str, Any] = {"lost": threat.lost, "total": threat.total}
    audit.record(
        session,
        audit.System.SYNC,
        "departures.held",
        f"departure_hold:{row.id}",
        {**facts, "members": len(departures), "last_administrator": threat.last_administrator},
    )
    alarms.raise_alarm(session, DEPARTURES_HELD, **facts)


def _standing(session: Session, hold: DepartureHold) -> list[Staff]:
    """Those held of whom WeCom has told nothing else since."""
    ids = [int(number) for number in hold.departures]
    same: ColumnElement[bool] = or_(Staff.updated_at <= hold.found_at, Staff.reported.is_not(None))
    query = select(Staff).where(Staff.id.in_(ids), Staff.status != StaffStatus.LEFT, same)
    return list(session.scalars(query.order_by(Staff.id).with_for_update()))


def _apply(session: Session, departures: dict[str, str], *, by: audit.Who) -> None:
    now = clock.now()
    left: list[Staff] = []
    for becomes in sorted(set(departures.values())):
        ids = [int(number) for number, what in departures.items() if what == becomes]
        values: dict[str, Any] = {"status": becomes, "reported": None, "updated_at": now}
        if becomes == StaffStatus.LEFT:
            values["left_at"] = now
        elif becomes == UNSEEN:
            values = {"present": False, "reported": None}
        rows = session.scalars(
            update(Staff).where(Staff.id.in_(ids)).values(values).returning(Staff),
            execution_options={"populate_existing": True},
        ).all()
        left.extend(rows)
        if becomes in OUT:
            disabled = becomes == StaffStatus.DISABLED
            outbox.publish(session, *(departed(row, detected_by="sync", at=now, disabled=disabled) for row in rows))
    admission.shut_out(session, [staff.userid for staff in left], by=by)


def _end_open(session: Session, state: HoldState, *, by: audit.Who) -> None:
    session.execute(
        update(DepartureHold)
        .where(DepartureHold.state == HoldState.OPEN)
        .values(state=state.value, decided_at=clock.now(), decided_by=by.audit_name)
    )


def _locked(session: Session, hold_id: int) -> DepartureHold:
    hold = session.get(DepartureHold, hold_id, with_for_update=True, populate_existing=True)
    if hold is None or hold.state != HoldState.OPEN:
        raise HoldDecided()
    return hold


def _decide(session: Session, hold: DepartureHold, state: HoldState, *, by: audit.Who) -> None:
    hold.state, hold.decided_at, hold.decided_by = state.value, clock.now(), by.audit_name
    session.flush()
    alarms.clear(session, DEPARTURES_HELD)
    audit.record(
        session, by, f"departures.{state.value}", f"departure_hold:{hold.id}", {"members": len(hold.departures)}
    )
