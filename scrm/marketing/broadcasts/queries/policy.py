"""What holds for broadcasts, and which higher approval limit waits for a second person."""

from sqlalchemy.orm import Session

from scrm.identity.actor import Actor
from scrm.marketing.broadcasts.approvals.higher_limit import KIND
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.marketing.broadcasts.schemas import PendingLimit, PolicyNow
from scrm.marketing.broadcasts.setting import POLICY
from scrm.shared.approvals import requests


def policy_now(session: Session, actor: Actor) -> PolicyNow:
    """The policy with what waits, as the actor sees it."""
    change = requests.waiting(session, BroadcastPolicyChange)
    asked_by = change.asked_by if change is not None else actor.audit_name
    return PolicyNow(
        **POLICY.of(session).model_dump(),
        pending=_pending(change, actor) if change is not None else None,
        confirmers=KIND.deciders(session, asked_by),
    )


def to_confirm(session: Session, actor: Actor) -> int:
    """How many higher limits the actor may confirm: one or none."""
    if KIND.permission not in actor.permissions:
        return 0
    change = requests.waiting(session, BroadcastPolicyChange)
    return int(change is not None and KIND.may_decide(actor, change.asked_by))


def _pending(change: BroadcastPolicyChange, actor: Actor) -> PendingLimit:
    return PendingLimit(
        id=change.id,
        approval_above=change.approval_above,
        approval_before=change.approval_before,
        asked_by=change.asked_by_name,
        asked_at=change.asked_at,
        may_decide=KIND.may_decide(actor, change.asked_by),
        may_withdraw=KIND.permission in actor.permissions and change.asked_by == actor.audit_name,
    )
