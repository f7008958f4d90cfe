"""Alerts: list, look, review, close."""

from scrm.compliance.alerts import actions, queries
from scrm.compliance.alerts.schemas import AlertDetail, AlertPage, AlertQuery, AlertSummary, CloseRequest
from scrm.core.db import Session
from scrm.core.http import Api
from scrm.core.reading import NothingPersonal, listed, opened
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission

api = Api("compliance")


@api.get(
    "/alerts",
    permission=Permission.ALERTS_READ,
    reads=listed("alerts", "alert:{id}", "customer:{external_userid}", "staff:{userid}"),
    query=AlertQuery,
    response=AlertPage,
)
def list_alerts(actor: Actor, session: Session, query: AlertQuery) -> object:
    """Alerts that the user may see, newest first."""
    return queries.alert_page(session, actor, query)


@api.get("/alerts/summary", permission=Permission.ALERTS_READ, reads=NothingPersonal("counts"), response=AlertSummary)
def summarise_alerts(actor: Actor, session: Session) -> object:
    """Counts of alerts by state."""
    return queries.summary(session, actor)


@api.get(
    "/alerts/<int:alert_id>",
    permission=Permission.ALERTS_READ,
    reads=opened("alert.read", "alert:{alert_id}", "customer:{external_userid}", "staff:{userid}"),
    response=AlertDetail,
)
def get_alert(actor: Actor, session: Session, alert_id: int) -> object:
    """One alert with the follow history and who was told."""
    return queries.alert_detail(session, actor, alert_id)


@api.post("/alerts/<int:alert_id>/review", permission=Permission.ALERTS_HANDLE, response=AlertDetail)
def review_alert(actor: Actor, session: Session, alert_id: int) -> object:
    """Take an open alert into review."""
    actions.review(session, actor, alert_id)
    return queries.alert_detail(session, actor, alert_id)


@api.post("/alerts/<int:alert_id>/close", permission=Permission.ALERTS_HANDLE, body=CloseRequest, response=AlertDetail)
def close_alert(actor: Actor, session: Session, alert_id: int, body: CloseRequest) -> object:
    """Close an alert in review, with a reason."""
    actions.close(session, actor, alert_id, reason=body.reason, note=body.note)
    return queries.alert_detail(session, actor, alert_id)
