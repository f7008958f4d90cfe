"""Reads of alerts; each begins at ``visible(actor)``."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from scrm.compliance.alerts.errors import AlertNotFound
from scrm.compliance.alerts.models import (
    OFFERED,
    TEXT_VERSION,
    Alert,
    AlertKind,
    AlertNotice,
    AlertState,
    CloseReason,
    Severity,
)
from scrm.compliance.alerts.schemas import (
    AlertDetail,
    AlertNoticeRow,
    AlertQuery,
    AlertRow,
    AlertSummary,
    FollowMoment,
    WordHit,
)
from scrm.compliance.archive.models import SenderKind
from scrm.contracts.customers import people, remarks, snapshots
from scrm.contracts.groups import groups
from scrm.core import clock, numbers, search
from scrm.core.paging import Rows, fetch
from scrm.identity.actor import Actor
from scrm.identity.called import ids_called
from scrm.identity.permissions import Permission
from scrm.identity.queries import staff_by_userid, staff_by_userids
from scrm.wecom.cards import NoticeState


def visible(actor: Actor) -> Select[Alert]:
    """Alerts on staff within the actor's data scope; those on words in chats for who may read the chats alone."""
    query = select(Alert)
    if Permission.MESSAGES_READ not in actor.permissions:
        query = query.where(Alert.kind != AlertKind.WORD_HIT)
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
    rows = fetch(
        session,
        query,
        page,
        keys=[Alert.event_at, Alert.id],
        key_of=lambda alert: [alert.event_at.isoformat(), alert.id],
    )
    named, remarks = _named(session, rows.items), _called(session, actor, rows.items)
    return rows.map(lambda alert: _row(alert, named, remarks[alert.id]))


def alert_detail(session: Session, actor: Actor, alert_id: int) -> AlertDetail:
    """One alert with the follow history and who was told."""
    alert = visible_alert(session, actor, alert_id)
    facts = alert.snapshot
    pair = alert.customer_id, alert.staff_id
    known = pair[0] is not None and pair[1] is not None
    history = snapshots().follow_history(session, pair[0] or 0, pair[1] or 0) if known else []
    added_at = facts.get("added_at")
    followed = alert.event_at - dt.datetime.fromisoformat(added_at) if added_at else None
    return AlertDetail(
        **_row(alert, _named(session, [alert]), _called(session, actor, [alert])[alert.id]).model_dump(),
        customer_corp_name=numbers.masked(facts.get("customer_corp_name", "")),
        department=facts.get("department", ""),
        add_way=facts.get("add_way"),
        channel=facts.get("channel", ""),
        added_at=dt.datetime.fromisoformat(added_at) if added_at else None,
        followed_days=facts.get("followed_days"),
        followed_seconds=max(int(followed.total_seconds()), 0) if followed is not None else None,
        other_followers=facts.get("other_followers", []),
        history=[FollowMoment(kind=kind, at=at) for kind, at in history],
        notices=_notices(session, alert.id),
        review_at=alert.review_at,
        close_note=alert.close_note,
        close_reasons=list(OFFERED[AlertKind(alert.kind)]),
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


def version(session: Session, actor: Actor) -> str:
    """Changes with every alert that the actor may see."""
    newest = visible(actor).with_only_columns(func.max(Alert.updated_at), func.max(Alert.id))
    return ":".join(str(value) for value in session.execute(newest).one())


def _named(session: Session, alerts: Sequence[Alert]) -> dict[str, tuple[str, str]]:
    """(name, avatar) of the people in alerts on chats, as they are called now.

    A chat may be read before a sync has told who its people are, so the snapshot of such an alert may hold ids alone.
    """
    hits = [alert for alert in alerts if alert.kind == AlertKind.WORD_HIT]
    others = {alert.external_userid for alert in hits}
    rooms = {alert.external_userid for alert in hits if alert.snapshot["in_group"]}
    staff = staff_by_userids(session, {alert.userid for alert in hits if alert.userid} | others)
    found = {userid: (member.name or member.userid, "") for userid, member in staff.items()}
    called = {chat: (name, "") for chat, name in groups().names(session, rooms).items()}
    return people().names(session, others - rooms) | called | found


def _called(session: Session, actor: Actor, alerts: Sequence[Alert]) -> dict[int, str]:
    """By alert, what the member called the customer, as the actor may see it."""
    hits = [alert for alert in alerts if alert.kind == AlertKind.WORD_HIT and alert.userid]
    now = remarks().remarks(session, actor, [(alert.external_userid, alert.userid) for alert in hits])
    then = {alert.id: alert.snapshot.get("remark", "") for alert in alerts}
    own = (actor.userid or "").lower()
    return {
        alert.id: now.get((alert.external_userid, alert.userid), "")
        if alert.kind == AlertKind.WORD_HIT
        else then[alert.id]
        if own and alert.userid == own
        else numbers.masked(then[alert.id])
        for alert in alerts
    }


def _row(alert: Alert, named: dict[str, tuple[str, str]], remark: str) -> AlertRow:
    facts = alert.snapshot
    other, avatar = named.get(alert.external_userid, (numbers.masked(facts["customer_name"]), facts["customer_avatar"]))
    staff_name, _ = named.get(alert.userid, (facts["staff_name"], ""))
    return AlertRow(
        id=alert.id,
        kind=AlertKind(alert.kind),
        state=AlertState(alert.state),
        userid=facts["userid"],
        staff_name=staff_name,
        external_userid=alert.external_userid,
        customer_name=other,
        remark=remark,
        customer_avatar=avatar,
        tags=facts["tags"],
        event_at=alert.event_at,
        raised_at=alert.raised_at,
        detected_by=alert.detected_by,
        reviewer=alert.reviewer,
        closed_by=alert.closed_by,
        closed_at=alert.closed_at,
        close_reason=CloseReason(alert.close_reason) if alert.close_reason else None,
        severity=Severity(alert.severity),
        hit=_hit(alert),
    )


def _hit(alert: Alert) -> WordHit | None:
    if alert.kind != AlertKind.WORD_HIT:
        return None
    facts = alert.snapshot
    return WordHit(
        rule_id=facts["rule_id"],
        rule_name=facts["rule_name"],
        rule_version=facts["rule_version"],
        words=facts["words"],
        msgid=facts["msgid"],
        conversation_id=facts["conversation_id"],
        sender_kind=SenderKind(facts["sender_kind"]),
        in_group=facts["in_group"],
    )


def _notices(session: Session, alert_id: int) -> list[AlertNoticeRow]:
    rows = session.scalars(select(AlertNotice).where(AlertNotice.alert_id == alert_id).order_by(AlertNotice.id))
    found = []
    for row in rows:
        staff = staff_by_userid(session, row.userid)
        found.append(
            AlertNoticeRow(
                userid=row.userid,
                staff_name=staff.name if staff is not None and staff.name else row.userid,
                state=NoticeState(row.state),
                reason=row.reason,
                created_at=row.created_at,
                finished_at=row.finished_at,
            )
        )
    return found
