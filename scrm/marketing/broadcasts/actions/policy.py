"""The corp's policy for broadcasts; a higher approval limit takes two people.

Whoever lifts the limit could send without a second pair of eyes from then on, so lifting it is what needs one. To lower
it takes nobody else and ends what waits: whoever looked at it had another limit before their eyes.
"""

from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts.errors import (
    LimitChangeDecided,
    LimitChangeNotFound,
    LimitChangeWaits,
    OnlyAskerWithdraws,
    SecondConfirmerNeeded,
)
from scrm.marketing.broadcasts.models import BroadcastPolicyChange, ChangeState
from scrm.marketing.broadcasts.queries import policy as queries
from scrm.marketing.broadcasts.schemas import Policy, PolicyBody
from scrm.marketing.broadcasts.setting import POLICY

_VERBS = {
    ChangeState.CONFIRMED: "broadcast_policy.confirmed",
    ChangeState.REJECTED: "broadcast_policy.rejected",
    ChangeState.WITHDRAWN: "broadcast_policy.withdrawn",
}


def set_policy(session: Session, actor: Actor, wanted: PolicyBody) -> None:
    """Change what is given and differs; raises `LimitChangeWaits` if a higher limit of somebody else waits."""
    now = POLICY.lock(session)
    quota = wanted.quota if wanted.quota is not None else now.quota
    above = wanted.approval_above if wanted.approval_above is not None else now.approval_above
    kept = Policy(quota=quota, approval_above=min(above, now.approval_above))
    facts = {"quota": kept.quota.value, "approval_above": kept.approval_above, "before": now.approval_above}
    POLICY.keep(session, actor, kept, facts=facts)
    if above > now.approval_above:
        _ask(session, actor, above, before=now.approval_above)
    elif kept.approval_above < now.approval_above and (waiting := queries.open_change(session, lock=True)) is not None:
        _decide(session, actor, waiting, ChangeState.WITHDRAWN)


def confirm(session: Session, actor: Actor, change_id: int) -> None:
    """Let a higher limit hold; by another person than who asked, else `SecondConfirmerNeeded`."""
    POLICY.lock(session)
    change = _open(session, change_id)
    if change.asked_by == actor.audit_name:
        raise SecondConfirmerNeeded()
    _confirm(session, actor, change)


def reject(session: Session, actor: Actor, change_id: int) -> None:
    """Leave the limit as it is; who asked withdraws instead."""
    POLICY.lock(session)
    change = _open(session, change_id)
    if change.asked_by == actor.audit_name:
        raise SecondConfirmerNeeded()
    _decide(session, actor, change, ChangeState.REJECTED)


def withdraw(session: Session, actor: Actor, change_id: int) -> None:
    """Take back what one has asked for oneself; raises `OnlyAskerWithdraws`."""
    POLICY.lock(session)
    change = _open(session, change_id)
    if change.asked_by != actor.audit_name:
        raise OnlyAskerWithdraws()
    _decide(session, actor, change, ChangeState.WITHDRAWN)


def decide_on_server(session: Session, change_id: int, *, confirmed: bool) -> None:
    """The operator's way for a corp with one administrator: who has the server is the second person."""
    POLICY.lock(session)
    change = _open(session, change_id)
    if confirmed:
        _confirm(session, audit.System.COMMAND_LINE, change)
    else:
        _decide(session, audit.System.COMMAND_LINE, change, ChangeState.REJECTED)


def _confirm(session: Session, who: Actor | audit.System, change: BroadcastPolicyChange) -> None:
    POLICY.put(session, POLICY.of(session).model_copy(update={"approval_above": change.approval_above}))
    _decide(session, who, change, ChangeState.CONFIRMED)


def _ask(session: Session, actor: Actor, above: int, *, before: int) -> None:
    waiting = queries.open_change(session, lock=True)
    if waiting is not None:
        if waiting.asked_by != actor.audit_name:
            raise LimitChangeWaits()
        if waiting.approval_above == above:
            return
        _decide(session, actor, waiting, ChangeState.WITHDRAWN)
    session.add(
        BroadcastPolicyChange(
            state=ChangeState.OPEN,
            approval_above=above,
            approval_before=before,
            asked_by=actor.audit_name,
            asked_by_name=actor.display_name,
            asked_at=clock.now(),
        )
    )
    session.flush()
    audit.record(session, actor, "broadcast_policy.asked", POLICY.subject, {"before": before, "after": above})


def _decide(session: Session, who: Actor | audit.System, change: BroadcastPolicyChange, state: ChangeState) -> None:
    change.state, change.decided_by, change.decided_at = state, who.audit_name, clock.now()
    change.decided_by_name = who.display_name if isinstance(who, Actor) else None
    session.flush()
    facts = {"before": change.approval_before, "after": change.approval_above, "asked_by": change.asked_by}
    audit.record(session, who, _VERBS[state], POLICY.subject, facts)


def _open(session: Session, change_id: int) -> BroadcastPolicyChange:
    change = session.get(BroadcastPolicyChange, change_id, with_for_update=True)
    if change is None:
        raise LimitChangeNotFound()
    if change.state != ChangeState.OPEN:
        raise LimitChangeDecided()
    return change
