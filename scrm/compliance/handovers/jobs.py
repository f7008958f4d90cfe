"""Work started by the clock: results to read, sending to go on with, late handovers to escalate.

The handover's row is the queue: ``poll_at`` and ``escalate_at`` say when it is due.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from scrm.compliance.handovers import models
from scrm.compliance.handovers.actions import cases as handovers
from scrm.compliance.handovers.actions import notices as handover_notices
from scrm.compliance.handovers.actions import results, unassigned
from scrm.compliance.handovers.models import Handover
from scrm.core import clock
from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NOW, Condition


def pull_unassigned(session: Session, _carried: dict[str, Any]) -> bool:
    """Read WeCom's list of unassigned customers; the clock's job of every hour, since no callback tells."""
    unassigned.pull(session)
    return False


def _attend(session: Session, cases: Sequence[Handover]) -> None:
    for case in cases:
        now = clock.now()
        if case.escalate_at is not None and case.escalate_at <= now:
            handover_notices.escalate(session, case)
        if case.poll_at is not None and case.poll_at <= now:
            results.poll(session, case)
            handovers.restate(session, case)


def _due() -> Condition:
    return or_(Handover.poll_at <= NOW, Handover.escalate_at <= NOW)


QUEUE: NounQueue[Handover] = NounQueue(
    name=models.QUEUE,
    kind="handover",
    subject_kind="handover",
    model=Handover,
    open=or_(Handover.poll_at.is_not(None), Handover.escalate_at.is_not(None)),
    now=_due,
    due_at=func.least(Handover.poll_at, Handover.escalate_at),
    order=(Handover.id,),
    lane=Lane.URGENT,  # swept every two seconds: somebody may be looking at the page
    batch=20,
    act=_attend,
)
