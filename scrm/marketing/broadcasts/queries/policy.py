"""What holds for broadcasts, and which higher approval limit waits for a second person."""

import datetime as dt

from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts.approvals import ApprovalKind
from scrm.marketing.broadcasts.approvals.higher_limit import KIND
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.marketing.broadcasts.schemas import PendingLimit, PolicyNow, RejectedLimit
from scrm.marketing.broadcasts.setting import POLICY
from scrm.shared.approvals import requests
from scrm.shared.approvals.requests import RequestState

_TOLD = dt.timedelta(days=30)  # so long a page says that a wish was rejected


def policy_now(session: Session, actor: Actor) -> PolicyNow:
    """The policy with what waits, or was rejected last, as the actor sees it."""
    change = requests.waiting(session, BroadcastPolicyChange)
    asked_by = change.asked_by if change is not None else actor.audit_name
    return PolicyNow(
        **POLICY.of(session).model_dump(),
        pending=_pending(change, actor) if change is not None else None,
        rejected=_rejected(session),
        confirmers=KIND.deciders(session, asked_by),
    )


def to_confirm(session: Session, actor: Actor) -> int:
    """How many higher limits the actor may confirm: one or none."""
    if KIND.permission not in actor.permissions:
        return 0
    change = requests.waiting(session, BroadcastPolicyChange)
    return int(change is not None and KIND.may_decide(actor, change))


def _pending(change: BroadcastPolicyChange, actor: Actor) -> PendingLimit:
    return PendingLimit(
        kind=ApprovalKind(KIND.name),
        id=change.id,
        approval_above=change.approval_above,
        approval_before=change.approval_before,
        asked_by=change.asked_by_name,
        asked_at=change.asked_at,
        may_decide=KIND.may_decide(actor, change),
        may_withdraw=KIND.may_withdraw(actor, change),
    )


def _rejected(session: Session) -> RejectedLimit | None:
    last = requests.latest(session, BroadcastPolicyChange)
    if last is None or last.state != RequestState.REJECTED or last.decided_at is None:
        return None
    if last.decided_at < clock.now() - _TOLD:
        return None
    return RejectedLimit(
        approval_above=last.approval_above,
        decided_by=last.decided_by_name,
        decided_at=last.decided_at,
        reason=last.reason,
    )
