"""Reads of alerts; each begins at ``visible(actor)``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from scrm.compliance.alerts import earlier
from scrm.compliance.alerts.errors import AlertNotFound
from scrm.compliance.alerts.kinds import KINDS, AlertKind, CloseReason
from scrm.compliance.alerts.kinds.word_hit import WordHit
from scrm.compliance.alerts.models import TEXT_VERSION, Alert, AlertState
from scrm.compliance.alerts.schemas import (
    AlertDetail,
    AlertNoticeRow,
    AlertQuery,
    AlertRow,
    AlertSummary,
    FollowMoment,
)
from scrm.contracts.alerts import Severity
from scrm.contracts.customers import people, remarks, snapshots
from scrm.contracts.groups import groups
from scrm.core import clock, numbers, search
from scrm.core.paging import Rows
from scrm.identity.actor import Actor
from scrm.identity.called import ids_called
from scrm.identity.queries import staff_by_userids
from scrm.shared.notices.queries import told
from scrm.shared.records import pages


def visible(actor: Actor) -> Select[Alert]:
    """Alerts on staff within the actor's data scope; of some kinds for those alone who have a further permission."""
    query = select(Alert)
    needed = {kind.name: kind.permission for kind in KINDS.values() if kind.permission is not None}
    hidden = [name for name, permission in needed.items() if permission not in actor.permissions]
    if hidden:
        query = query.where(Alert.kind.not_in(hidden))
    return query if actor.scope is None else query.where(Alert.staff_id.in_(actor.scope))


def visible_alert(session: Session, actor: Actor, alert_id: int, *, lock: bool = False) -> Alert:
    """One alert, locked for a change if asked; raises `AlertNotFound`."""
    query = visible(actor).where(Alert.id == alert_id)
    alert = session.scalars(query.with_for_update() if lock else query).first()
    if alert is None:
        raise AlertNotFound()
    return alert


def alert_page(session: Session, actor: Actor, page: AlertQuery) -> Rows[AlertRow]:
    """A page of alerts, newest event first."""
    query = visible(actor)
    if page.state is not None:
        query = query.where(Alert.state == page.state.value)
    if page.kind is not None:
        query = query.where(Alert.kind == page.kind.value)
    if page.userid is not None:
        query = query.where(Alert.userid == page.userid.lower())
    if page.external_userid is not None:
        query = query.where(Alert.external_userid == page.external_userid)
    if page.q:
        members = Alert.staff_id.in_(ids_called(session, page.q))
        called = search.called(page.q, Alert, TEXT_VERSION)
        query = query.where(members if called is None else or_(members, called))
    rows, cells = pages.page(session, actor, "alert", page, query)
    named, remarks = _named(session, rows.items), _called(session, actor, rows.items)
    return rows.map(lambda alert: _row(alert, named, remarks[alert.id], cells.get(alert.id)))


def customer_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """What the customers of these alerts are called, as the list has it."""
    alerts = session.scalars(select(Alert).where(Alert.id.in_(ids))).all()
    named = _named(session, alerts)
    return {alert.id: _other(alert, named)[0] for alert in alerts}


def alert_detail(session: Session, actor: Actor, alert_id: int) -> AlertDetail:
    """One alert with the follow history and who was told."""
    alert = visible_alert(session, actor, alert_id)
    pair = alert.customer_id, alert.staff_id
    known = pair[0] is not None and pair[1] is not None
    history = snapshots().follow_history(session, pair[0] or 0, pair[1] or 0) if known else []
    row = _row(alert, _named(session, [alert]), _called(session, actor, [alert])[alert.id])
    facts = row.facts.model_dump()
    return AlertDetail(
        **dict(row),
        customer_corp_name=facts.get("customer_corp_name", ""),
        department=facts.get("department", ""),
        add_way=facts.get("add_way"),
        channel=facts.get("channel", ""),
        added_at=facts.get("added_at"),
        followed_days=facts.get("followed_days"),
        followed_seconds=facts.get("followed_seconds"),
        other_followers=facts.get("other_followers", []),
        history=[FollowMoment(kind=kind, at=at) for kind, at in history],
        notices=_notices(session, alert.id),
        review_at=alert.review_at,
        close_note=alert.close_note,
        close_reasons=[CloseReason(reason.name) for reason in KINDS[alert.kind].reasons],
    )


def summary(session: Session, actor: Actor) -> AlertSummary:
    """Counts by state, and today's in China."""
    today = clock.china_day_start(clock.now())
    scoped = visible(actor).order_by(None).subquery()
    counts = session.execute(
        select(
            func.count().filter(scoped.c.state == AlertState.OPEN),
            func.count().filter(scoped.c.state == AlertState.IN_REVIEW),
            func.count().filter(scoped.c.closed_at >= today),
            func.count().filter(scoped.c.raised_at >= today),
        )
    ).one()
    return AlertSummary(open=counts[0], in_review=counts[1], closed_today=counts[2], raised_today=counts[3])


def open_count(session: Session, actor: Actor) -> int:
    query = visible(actor).where(Alert.state == AlertState.OPEN)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _named(session: Session, alerts: Sequence[Alert]) -> dict[str, tuple[str, str]]:
    """(name, avatar) of the people in alerts of kinds that call them as they are called now.

    A chat may be read before a sync has told who its people are, so the snapshot of such an alert may hold ids alone.
    """
    hits = [alert for alert in alerts if KINDS[alert.kind].called_now]
    others = {alert.external_userid for alert in hits}
    rooms = {alert.external_userid for alert in hits if alert.snapshot.get("in_group")}
    staff = staff_by_userids(session, {alert.userid for alert in hits if alert.userid} | others)
    found = {userid: (member.name or member.userid, "") for userid, member in staff.items()}
    called = {chat: (name, "") for chat, name in groups().names(session, rooms).items()}
    return people().names(session, others - rooms) | called | found


def _called(session: Session, actor: Actor, alerts: Sequence[Alert]) -> dict[int, str]:
    """By alert, what the member called the customer, as the actor may see it."""
    hits = [alert for alert in alerts if KINDS[alert.kind].called_now and alert.userid]
    now = remarks().remarks(session, actor, [(alert.external_userid, alert.userid) for alert in hits])
    then = {alert.id: alert.snapshot.get("remark", "") for alert in alerts}
    own = (actor.userid or "").lower()
    return {
        alert.id: now.get((alert.external_userid, alert.userid), "")
        if KINDS[alert.kind].called_now
        else then[alert.id]
        if own and alert.userid == own
        else numbers.masked(then[alert.id])
        for alert in alerts
    }


def _other(alert: Alert, named: dict[str, tuple[str, str]]) -> tuple[str, str]:
    known = alert.snapshot
    return named.get(alert.external_userid, (numbers.masked(known["customer_name"]), known["customer_avatar"]))


def _row(alert: Alert, named: dict[str, tuple[str, str]], remark: str, cells: dict[str, Any] | None = None) -> AlertRow:
    known, facts = alert.snapshot, KINDS[alert.kind].tell(alert)
    other, avatar = _other(alert, named)
    staff_name, _ = named.get(alert.userid, (known["staff_name"], ""))
    return AlertRow(
        id=alert.id,
        kind=AlertKind(alert.kind),
        state=AlertState(alert.state),
        userid=known["userid"],
        staff_name=staff_name,
        external_userid=alert.external_userid,
        customer_name=other,
        remark=remark,
        customer_avatar=avatar,
        tags=known["tags"],
        event_at=alert.event_at,
        raised_at=alert.raised_at,
        detected_by=alert.detected_by,
        reviewer=alert.reviewer,
        closed_by=alert.closed_by,
        closed_at=alert.closed_at,
        close_reason=CloseReason(alert.close_reason) if alert.close_reason else None,
        severity=Severity(alert.severity),
        hit=WordHit.model_validate(facts, from_attributes=True) if isinstance(facts, WordHit) else None,
        facts=facts,
        cells=cells,
    )


def _notices(session: Session, alert_id: int) -> list[AlertNoticeRow]:
    return [AlertNoticeRow(**vars(one)) for one in told(session, "alert", alert_id, before=earlier.TOLD)]
