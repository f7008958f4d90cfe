"""Words that rules found in chats become alerts, one per message and rule; and who must look is told."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.alerts.kinds import word_hit
from scrm.compliance.alerts.models import Alert, AlertState
from scrm.compliance.alerts.texts import texts
from scrm.contracts.alerts import Hit, HitRule, MarkedMessage
from scrm.contracts.customers import people
from scrm.contracts.groups import groups
from scrm.core import audit, clock
from scrm.core.db import current_corp
from scrm.identity import queries as identity
from scrm.identity.models import Role, Staff
from scrm.shared.notices import telling


def raise_hits(session: Session, rule: HitRule, hits: Sequence[Hit]) -> list[dt.datetime]:
    """One alert per message and rule; what stands already stays as it is. The times of those raised."""
    raised = _raise(session, rule, hits)
    if raised:
        audit.record_all(
            session,
            audit.System.ARCHIVE,
            "alert.raised",
            [f"alert:{alert_id}" for alert_id, _ in raised],
            {"kind": word_hit.NAME, "rule": rule.id, "version": rule.version},
        )
        _tell_officers(session, rule, [alert_id for alert_id, _ in raised], clock.now())
    return [at for _, at in raised]


def on_messages(session: Session, moments: Collection[dt.datetime]) -> list[MarkedMessage]:
    """Alerts on messages of these moments."""
    alerts = session.scalars(select(Alert).where(Alert.kind == word_hit.NAME, Alert.event_at.in_(moments)))
    return [
        MarkedMessage(
            alert_id=alert.id,
            msgid=alert.snapshot["msgid"],
            rule_name=alert.snapshot["rule_name"],
            words=alert.snapshot["words"],
        )
        for alert in alerts
    ]


def today(session: Session) -> dict[int, int]:
    """How many each rule has raised since midnight in China, by the rule's id."""
    rule_id = Alert.snapshot["rule_id"].as_integer()
    start = clock.china_day_start(clock.now())
    query = (
        select(rule_id, func.count())
        # No alert is older than its last change, and the change has the index.
        .where(Alert.updated_at >= start, Alert.raised_at >= start, Alert.kind == word_hit.NAME)
        .group_by(rule_id)
    )
    return dict(session.execute(query).all())


def _raise(session: Session, rule: HitRule, hits: Sequence[Hit]) -> list[tuple[int, dt.datetime]]:
    staff = identity.staff_by_userids(session, {hit.userid for hit in hits if hit.userid})
    rooms = groups().names(session, {hit.roomid for hit in hits})
    names = people().names(session, {hit.other for hit in hits})
    names |= {chat: (name, "") for chat, name in rooms.items()}
    now = clock.now()
    rows = []
    for hit in hits:
        member = staff.get(hit.userid)
        snapshot = _snapshot(rule, hit, member, names.get(hit.other))
        rows.append(
            {
                "kind": word_hit.NAME,
                "userid": hit.userid,
                "external_userid": hit.other,
                "event_at": hit.at,
                "source": f"{rule.id}:{hit.msgid}",
                "severity": rule.severity,
                "detected_by": "archive",
                "staff_id": member.id if member is not None else None,
                "customer_id": None,
                "state": AlertState.OPEN.value,
                "snapshot": snapshot,
                "raised_at": now,
                "updated_at": now,
                **texts(snapshot, hit.userid, hit.other),
            }
        )
    statement = (
        insert(Alert)
        .on_conflict_do_nothing(index_elements=["kind", "userid", "external_userid", "event_at", "source"])
        .returning(Alert.id, Alert.event_at)
    )
    return [(alert_id, at) for alert_id, at in session.execute(statement, rows)]


def _snapshot(rule: HitRule, hit: Hit, member: Staff | None, other: tuple[str, str] | None) -> dict[str, Any]:
    """What the alert shows; the words of the rule that were found, never the message."""
    name, avatar = other if other is not None else ("", "")
    return {
        "customer_name": name or hit.other,
        "customer_avatar": avatar,
        "staff_name": (member.name or member.userid) if member is not None else hit.userid,
        "userid": member.userid if member is not None else hit.userid,
        "tags": [],
        "rule_id": rule.id,
        "rule_name": rule.name,
        "rule_version": rule.version,
        "words": hit.words[:20],
        "msgid": hit.msgid,
        "conversation_id": hit.conversation_id,
        "sender_kind": hit.sender_kind.value,
        "in_group": bool(hit.roomid),
    }


def _tell_officers(session: Session, rule: HitRule, alert_ids: Sequence[int], now: dt.datetime) -> None:
    """One card for all hits of half a minute, to those who may read the chats: the compliance officers."""
    officers = identity.staff_of_role(session, corp=current_corp(session), role=Role.COMPLIANCE)
    kind = word_hit.KIND
    telling.tell(
        session,
        kind.notice.kind,
        alert_ids,
        [staff.userid for staff in officers],
        title=f"{kind.zh}提醒",
        lines=kind.notice.lines({"rule_name": rule.name}, now),
    )
