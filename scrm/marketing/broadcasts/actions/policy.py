"""The corp's policy for broadcasts; a higher approval limit takes two people.

Whoever lifts the limit could send without a second pair of eyes from then on, so lifting it is what needs one. To lower
it takes nobody else and ends what waits: whoever looked at it had another limit before their eyes.
"""

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts.approvals.higher_limit import KIND
from scrm.marketing.broadcasts.errors import (
    LimitChangeDecided,
    LimitChangeNotFound,
    LimitChangeWaits,
    OnlyAskerWithdraws,
)
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.marketing.broadcasts.schemas import Policy, PolicyBody
from scrm.marketing.broadcasts.setting import POLICY
from scrm.shared.approvals import requests
from scrm.shared.approvals.requests import RequestState

_VERBS = {
    RequestState.CONFIRMED: "broadcast_policy.confirmed",
    RequestState.REJECTED: "broadcast_policy.rejected",
    RequestState.WITHDRAWN: "broadcast_policy.withdrawn",
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
    elif kept.approval_above < now.approval_above:
        waiting = requests.waiting(session, BroadcastPolicyChange, lock=True)
        if waiting is not None:
            _decide(session, actor, waiting, RequestState.WITHDRAWN)


def confirm(session: Session, actor: Actor, change_id: int) -> None:
    """Let a higher limit hold; by another person than who asked, else `SecondConfirmerNeeded`."""
    POLICY.lock(session)
    change = _open(session, change_id)
    KIND.check(actor, change.asked_by)
    _confirm(session, actor, change)


def reject(session: Session, actor: Actor, change_id: int) -> None:
    """Leave the limit as it is; who asked withdraws instead."""
    POLICY.lock(session)
    change = _open(session, change_id)
    KIND.check(actor, change.asked_by)
    _decide(session, actor, change, RequestState.REJECTED)


def withdraw(session: Session, actor: Actor, change_id: int) -> None:
    """Take back what one has asked for oneself; raises `OnlyAskerWithdraws`."""
    POLICY.lock(session)
    change = _open(session, change_id)
    if change.asked_by != actor.audit_name:
        raise OnlyAskerWithdraws()
    _decide(session, actor, change, RequestState.WITHDRAWN)


def decide_on_server(session: Session, change_id: int, *, confirmed: bool) -> None:
    """The operator's way for a corp with one administrator: who has the server is the second person."""
    POLICY.lock(session)
    change = _open(session, change_id)
    if confirmed:
        _confirm(session, audit.System.COMMAND_LINE, change)
    else:
        _decide(session, audit.System.COMMAND_LINE, change, RequestState.REJECTED)


def _confirm(session: Session, who: Actor | audit.System, change: BroadcastPolicyChange) -> None:
    POLICY.put(session, POLICY.of(session).model_copy(update={"approval_above": change.approval_above}))
    _decide(session, who, change, RequestState.CONFIRMED)


def _ask(session: Session, actor: Actor, above: int, *, before: int) -> None:
    waiting = requests.waiting(session, BroadcastPolicyChange, lock=True)
    if waiting is not None:
        if waiting.asked_by != actor.audit_name:
            raise LimitChangeWaits()
        if waiting.approval_above == above:
            return
        _decide(session, actor, waiting, RequestState.WITHDRAWN)
    requests.ask(session, actor, BroadcastPolicyChange(approval_above=above, approval_before=before))
    audit.record(session, actor, "broadcast_policy.asked", POLICY.subject, {"before": before, "after": above})


def _decide(session: Session, who: Actor | audit.System, change: BroadcastPolicyChange, state: RequestState) -> None:
    requests.decide(session, who, change, state)
    facts = {"before": change.approval_before, "after": change.approval_above, "asked_by": change.asked_by}
    audit.record(session, who, _VERBS[state], POLICY.subject, facts)


def _open(session: Session, change_id: int) -> BroadcastPolicyChange:
    change = session.get(BroadcastPolicyChange, change_id, with_for_update=True)
    if change is None:
        raise LimitChangeNotFound()
    if change.state != RequestState.OPEN:
        raise LimitChangeDecided()
    return change
