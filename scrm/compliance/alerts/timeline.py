"""Alerts on a customer, for the customer's timeline."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, tuple_
from sqlalchemy.orm import Session

from scrm.compliance.alerts.kinds import KINDS
from scrm.compliance.alerts.models import Alert
from scrm.compliance.alerts.queries import visible
from scrm.core import naming
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.timeline.kind import SourceName
from scrm.shared.timeline.kinds.alert import KIND
from scrm.shared.timeline.source import Asked, Happening, Record, Source


def _read(session: Session, actor: Actor, asked: Asked) -> Sequence[Happening]:
    """Newest events first. Words in chats know no customer of ours: they are found by the pair, as its key begins."""
    about = Alert.customer_id == asked.subject.customer_id
    if asked.subject.external_userid is not None and asked.subject.userids:
        pair = and_(
            Alert.kind.in_(KINDS),
            Alert.userid.in_(asked.subject.userids),
            Alert.external_userid == asked.subject.external_userid,
        )
        about = or_(about, pair)
    query = visible(actor).where(about, tuple_(Alert.event_at, Alert.id) < tuple_(*asked.before))
    alerts = session.scalars(query.order_by(Alert.event_at.desc(), Alert.id.desc()).limit(asked.limit))
    return [
        Happening(
            id=alert.id,
            kind=KIND.name,
            at=alert.event_at,
            staff_id=alert.staff_id,
            userid=alert.userid or None,
            facts={"alert_kind": alert.kind, "alert_state": alert.state},
            reference=f"alert:{alert.id}",
        )
        for alert in alerts
    ]


def _seen(session: Session, actor: Actor, ids: list[str]) -> Iterable[int]:
    return session.scalars(visible(actor).where(Alert.id.in_(naming.numbers(ids))).with_only_columns(Alert.id))


SOURCE = Source(
    name=SourceName.ALERTS,
    read=_read,
    permission=Permission.ALERTS_READ,
    records={"alert": Record(Permission.ALERTS_READ, _seen)},
)
