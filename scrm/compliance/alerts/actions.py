"""Raising, reviewing and closing alerts, and telling supervisors."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.alerts.errors import AlertStateWrong, CloseReasonWrong, NoteMissing
from scrm.compliance.alerts.kind import FOR_ALL, OTHER, TRANSFERRED, Kind
from scrm.compliance.alerts.kinds import KINDS, REASONS, CloseReason, customer_left, staff_deleted_customer
from scrm.compliance.alerts.models import Alert, AlertState
from scrm.compliance.alerts.queries import visible_alert
from scrm.compliance.alerts.texts import texts
from scrm.contracts.customers import FollowLost, snapshots
from scrm.contracts.handovers import CustomersTransferred, moves
from scrm.core import audit, clock
from scrm.core.db import current_corp
from scrm.identity import queries as identity
from scrm.identity.actor import Actor
from scrm.identity.models import Role, Staff
from scrm.shared.notices import telling

_SYSTEM = "系统"  # who closed an alert that a transfer explains


def raise_alert(session: Session, event: FollowLost) -> Alert | None:
    """Raise an alert for a lost relation, once per kind, pair and event time; ``None`` if it stands already."""
    kind = staff_deleted_customer.KIND if event.by_staff else customer_left.KIND
    if event.detected_by == "callback" and _confirmed(session, kind, event):
        return None
    if _transferred(session, event):
        return None
    now = clock.now()
    snapshot = _snapshot(session, event)
    alert_id = session.scalars(
        insert(Alert)
        .values(
            kind=kind.name,
            userid=event.userid.lower(),
            external_userid=event.external_userid,
            event_at=event.event_at,
            detected_by=event.detected_by,
            staff_id=event.staff_id,
            customer_id=event.customer_id,
            state=AlertState.OPEN.value,
            snapshot=snapshot,
            raised_at=now,
            updated_at=now,
            **texts(snapshot, event.userid.lower(), event.external_userid),
        )
        .on_conflict_do_nothing(index_elements=["kind", "userid", "external_userid", "event_at", "source"])
        .returning(Alert.id)
    ).first()
    if alert_id is None:
        return None
    alert = session.get_one(Alert, alert_id)
    finder = audit.System.CALLBACK if event.detected_by == "callback" else audit.System.SYNC
    audit.record(session, finder, "alert.raised", f"alert:{alert_id}", {"kind": kind.name})
    _tell_supervisors(session, alert)
    return alert


def review(session: Session, actor: Actor, alert_id: int) -> Alert:
    """Open → in review; raises `AlertStateWrong`."""
    alert = visible_alert(session, actor, alert_id, lock=True)
    if alert.state != AlertState.OPEN:
        raise AlertStateWrong(state=alert.state)
    now = clock.now()
    alert.state, alert.reviewer, alert.review_at, alert.updated_at = AlertState.IN_REVIEW, actor.display_name, now, now
    audit.record(session, actor, "alert.review_started", f"alert:{alert.id}")
    return alert


def close(session: Session, actor: Actor, alert_id: int, *, reason: CloseReason, note: str) -> Alert:
    """In review → closed, with a reason for its kind; raises `AlertStateWrong`, `CloseReasonWrong` or `NoteMissing`."""
    alert = visible_alert(session, actor, alert_id, lock=True)
    if alert.state != AlertState.IN_REVIEW:
        raise AlertStateWrong(state=alert.state)
    chosen = REASONS[reason]
    if chosen not in FOR_ALL and chosen not in KINDS[alert.kind].reasons:
        raise CloseReasonWrong(reason=chosen.name)
    if chosen is OTHER and not note.strip():
        raise NoteMissing()
    now = clock.now()
    alert.state, alert.closed_by, alert.closed_at, alert.updated_at = AlertState.CLOSED, actor.display_name, now, now
    alert.close_reason, alert.close_note = chosen.name, note.strip() or None
    audit.record(session, actor, "alert.closed", f"alert:{alert.id}", {"reason": chosen.name})
    return alert


def close_transferred(session: Session, event: CustomersTransferred) -> None:
    """A sync found these customers gone from a member and raised alerts; a transfer explains them."""
    now = clock.now()
    since = min(requested_at for _, requested_at, _ in event.moved)
    closed = session.scalars(
        update(Alert)
        .where(
            Alert.kind == staff_deleted_customer.NAME,
            Alert.userid == event.from_userid.lower(),
            Alert.external_userid.in_([moved[0] for moved in event.moved]),
            Alert.detected_by == "sync",
            Alert.state != AlertState.CLOSED,
            Alert.event_at >= since,
        )
        .values(
            state=AlertState.CLOSED.value,
            closed_by=_SYSTEM,
            closed_at=now,
            updated_at=now,
            close_reason=TRANSFERRED.name,
        )
        .returning(Alert.id)
        .execution_options(synchronize_session=False)
    ).all()
    facts = {"reason": TRANSFERRED.name}
    for alert_id in closed:
        audit.record(session, audit.System.SCHEDULER, "alert.closed", f"alert:{alert_id}", facts)


def _transferred(session: Session, event: FollowLost) -> bool:
    """A relation that a sync did not meet because a handover has moved the customer is no loss."""
    if not event.by_staff or event.detected_by != "sync":
        return False
    return moves().has_moved(session, event.userid.lower(), event.external_userid, event.event_at)


def _confirmed(session: Session, kind: Kind, event: FollowLost) -> bool:
    """A callback that tells of what a reconciliation had found: the alert takes on the true time."""
    found = session.scalars(
        select(Alert)
        .where(
            Alert.kind == kind.name,
            Alert.userid == event.userid.lower(),
            Alert.external_userid == event.external_userid,
            Alert.detected_by != "callback",
            Alert.event_at >= event.event_at,
        )
        .order_by(Alert.event_at)
        .limit(1)
    ).first()
    if found is None or _stands(session, kind, event):
        return False
    found.event_at, found.detected_by, found.updated_at = event.event_at, "callback", clock.now()
    return True


def _stands(session: Session, kind: Kind, event: FollowLost) -> bool:
    query = select(Alert.id).where(
        Alert.kind == kind.name,
        Alert.userid == event.userid.lower(),
        Alert.external_userid == event.external_userid,
        Alert.event_at == event.event_at,
    )
    return session.scalars(query).first() is not None


def _snapshot(session: Session, event: FollowLost) -> dict[str, Any]:
    known = snapshots().follow_snapshot(session, event.customer_id, event.staff_id)
    staff = session.get_one(Staff, event.staff_id)
    added_at = known.added_at
    return {
        "customer_name": known.customer_name,
        "customer_avatar": known.customer_avatar,
        "customer_corp_name": known.customer_corp_name,
        "tags": known.tags,
        "remark": known.remark,
        "add_way": known.add_way,
        "channel": known.channel,
        "added_at": added_at.isoformat() if added_at is not None else None,
        "followed_days": max((event.event_at - added_at).days, 0) if added_at is not None else None,
        "other_followers": known.other_followers,
        "staff_name": staff.name or staff.userid,
        "userid": staff.userid,
        "department": identity.department_name(session, staff),
    }


def _tell_supervisors(session: Session, alert: Alert) -> None:
    """Tell whoever answers for the member; nobody to tell is said on the alert by an empty list."""
    staff = session.get_one(Staff, alert.staff_id)
    told = identity.supervisors_of(session, staff) or _compliance_officers(session, besides=staff)
    kind = KINDS[alert.kind]
    lines = kind.notice.lines(alert.snapshot, alert.event_at)
    userids = [supervisor.userid for supervisor in told]
    telling.tell(session, kind.notice.kind, [alert.id], userids, title=f"{kind.zh}提醒", lines=lines)


def _compliance_officers(session: Session, *, besides: Staff) -> list[Staff]:
    found = identity.staff_of_role(session, corp=current_corp(session), role=Role.COMPLIANCE)
    return [staff for staff in found if staff.id != besides.id]
