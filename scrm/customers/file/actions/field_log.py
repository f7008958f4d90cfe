"""What fields were before they changed: it cannot be made up later."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from scrm.customers.file.models import FieldLog


def note(
    session: Session,
    by: str,
    *,
    customer_id: int,
    staff_id: int | None = None,
    at: dt.datetime,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Keep each field that differs; ``before`` and ``after`` are JSON by the same names."""
    rows = [
        {"customer_id": customer_id, "staff_id": staff_id, "field": name, "before": was, "after": after[name]}
        for name, was in before.items()
        if was != after[name]
    ]
    if rows:
        session.execute(insert(FieldLog), [row | {"at": at, "by": by} for row in rows])
