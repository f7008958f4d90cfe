"""The corp's deadlines and limits for handovers."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from scrm.compliance.handovers.models import HandoverPolicy


@dataclass(frozen=True)
class Policy:
    """``due_hours`` to choose successors after a departure, ``escalate_hours`` between reminders.

    ``customer_limit`` is how many customers a member may have: WeCom sets it per corp and tells it nowhere, so 0
    checks nothing before the call.
    """

    due_hours: int = 24
    escalate_hours: int = 24
    customer_limit: int = 0


THE_ONE = 1  # the row's id


def policy(session: Session) -> Policy:
    row = session.get(HandoverPolicy, THE_ONE)
    return Policy() if row is None else Policy(row.due_hours, row.escalate_hours, row.customer_limit)
