"""Closing many alerts at once; who closes one that nobody has begun to look at, has looked at it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from scrm.compliance.alerts.actions import close, review
from scrm.compliance.alerts.models import Alert, AlertState
from scrm.compliance.alerts.schemas import CloseRequest
from scrm.core.records.action import Action
from scrm.core.records.field import Asked
from scrm.identity.permissions import Permission


def _marks(asked: Asked, numbers: Sequence[int]) -> Mapping[int, str]:
    query = select(Alert.id, Alert.state).where(Alert.id.in_(numbers))
    return {row.id: row.state for row in asked.session.execute(query)}


def _apply(asked: Asked, number: int, body: CloseRequest) -> None:
    if _marks(asked, [number]).get(number) == AlertState.OPEN:
        review(asked.session, asked.actor, number)
    close(asked.session, asked.actor, number, reason=body.reason, note=body.note)


CLOSE_ALERTS = Action(
    name="close_alerts",
    kind="alert",
    zh="批量关闭提醒",
    en="Close many alerts",
    permission=Permission.ALERTS_HANDLE,
    arguments=CloseRequest,
    marks=_marks,
    apply=_apply,
)
