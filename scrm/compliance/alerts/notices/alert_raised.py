"""An alert was raised: whoever answers for the member is told."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from scrm.compliance.alerts.models import Alert
from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.shared.notices.kind import Kind


def _touch(session: Session, ids: Sequence[int]) -> None:
    """Pages that show the alert fetch it again."""
    session.execute(update(Alert).where(Alert.id.in_(ids)).values(updated_at=clock.now()))


KIND = Kind(
    name="alert_raised",
    zh="新的风险提醒",
    en="New alert",
    record="alert",
    path="/alerts/{id}",
    lane=Lane.URGENT,
    touch=_touch,
)
