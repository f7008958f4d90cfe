"""What holds for broadcasts, and which higher approval limit waits for a second person."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.identity.actor import Actor
from scrm.identity.admission import admitted_accounts
from scrm.identity.models import Role
from scrm.identity.permissions import ROLE_PERMISSIONS, Permission
from scrm.marketing.broadcasts.models import BroadcastPolicyChange, ChangeState
from scrm.marketing.broadcasts.schemas import PendingLimit, PolicyNow
from scrm.marketing.broadcasts.setting import POLICY


def policy_now(session: Session, actor: Actor) -> PolicyNow:
    """The policy with what waits, as the actor sees it."""
    change = open_change(session)
    asked_by = change.asked_by if change is not None else actor.audit_name
    return PolicyNow(
        **POLICY.of(session).model_dump(),
        pending=_pending(change, actor) if change is not None else None,
        confirmers=_confirmers(session, besides=asked_by),
    )


def open_change(session: Session, *, lock: bool = False) -> BroadcastPolicyChange | None:
    """What waits; there is one at most."""
    query = select(BroadcastPolicyChange).where(BroadcastPolicyChange.state == ChangeState.OPEN)
    return session.scalars(query.with_for_update() if lock else query).first()


def to_confirm(session: Session, actor: Actor) -> int:
    """How many higher limits the actor may confirm: one or none."""
    if Permission.BROADCASTS_SET not in actor.permissions:
        return 0
    change = open_change(session)
    return int(change is not None and change.asked_by != actor.audit_name)


def _pending(change: BroadcastPolicyChange, actor: Actor) -> PendingLimit:
    own = change.asked_by == actor.audit_name
    may = Permission.BROADCASTS_SET in actor.permissions
    return PendingLimit(
        id=change.id,
        approval_above=change.approval_above,
        approval_before=change.approval_before,
        asked_by=change.asked_by_name,
        asked_at=change.asked_at,
        may_decide=may and not own,
        may_withdraw=may and own,
    )


def _confirmers(session: Session, *, besides: str) -> int:
    """How many accounts may sign in now and confirm what this user asks for."""
    return sum(
        Permission.BROADCASTS_SET in ROLE_PERMISSIONS[Role(account.role)] and f"user:{account.name}" != besides
        for account in admitted_accounts(session)
    )
