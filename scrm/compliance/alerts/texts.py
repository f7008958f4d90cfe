"""What alerts are found by, derived anew where it is of an earlier folding."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from scrm.compliance.alerts.models import TEXT_VERSION, Alert
from scrm.core import refolding, search


def texts(snapshot: Mapping[str, Any], userid: str, external_userid: str) -> dict[str, Any]:
    """What an alert is found by, as columns: the names and ids of both, as they stood."""
    names = [str(snapshot.get(name) or "") for name in ("customer_name", "staff_name")]
    text = search.text_by(names, userid, ids=[external_userid])
    return {"search_text": text, "bigrams": search.grams(text), "text_version": TEXT_VERSION}


def _alerts(_session: Session, alerts: Sequence[Alert]) -> None:
    for alert in alerts:
        for name, value in texts(alert.snapshot, alert.userid, alert.external_userid).items():
            setattr(alert, name, value)


QUEUE = refolding.queue("alert_texts", Alert, TEXT_VERSION, _alerts, kind="alert_text", of="alert")
