"""Names of alerts for whoever shows an ``alert:…``, and those about a customer or a member."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.alerts.models import Alert
from scrm.core import naming
from scrm.core.naming import MANY, numbers


def alerts(session: Session, ids: list[str]) -> dict[str, str]:
    """The customer whom an alert is about."""
    query = select(Alert.id, Alert.external_userid).where(Alert.id.in_(numbers(ids)))
    found = session.execute(query).all()
    names = naming.names(session, (f"customer:{external_userid}" for _, external_userid in found))
    return {str(number): names.get(f"customer:{own}", own) for number, own in found}


def relatives(session: Session, kind: str, own: str) -> Iterable[str]:
    """The alerts about a customer, a group or a member, newest first."""
    if kind not in {"customer", "staff", "group"}:
        return
    about = Alert.userid == own if kind == "staff" else Alert.external_userid == own
    for number in session.scalars(select(Alert.id).where(about).order_by(Alert.id.desc()).limit(MANY)):
        yield f"alert:{number}"
