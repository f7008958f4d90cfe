"""Names of handovers for whoever shows a ``handover:…``, and those of a member."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.handovers.models import Handover
from scrm.core import naming
from scrm.core.naming import numbers


def handovers(session: Session, ids: list[str]) -> dict[str, str]:
    """The member whose customers are handed over."""
    found = session.execute(select(Handover.id, Handover.userid).where(Handover.id.in_(numbers(ids)))).all()
    names = naming.names(session, (f"staff:{userid}" for _, userid in found))
    return {str(number): names.get(f"staff:{userid}", userid) for number, userid in found}


def relatives(session: Session, kind: str, own: str) -> Iterable[str]:
    """The handovers of a member."""
    if kind == "staff":
        for number in session.scalars(select(Handover.id).where(Handover.userid == own)):
            yield f"handover:{number}"
