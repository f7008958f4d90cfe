"""The corp's policy for broadcasts; a higher approval limit takes two people.

Whoever lifts the limit could send without a second pair of eyes from then on, so lifting it is what needs one. To lower
it takes nobody else and ends what waits: whoever looked at it had another limit before their eyes.
"""

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts.approvals.higher_limit import KIND
from scrm.marketing.broadcasts.errors import LimitChangeNotFound, LimitChangeWaits
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.marketing.broadcasts.schemas import PolicyBody
from scrm.marketing.broadcasts.setting import POLICY, Policy
from scrm.shared.approvals import deciding, requests


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
            deciding.overtake(session, actor, KIND, waiting)


def confirm(session: Session, actor: Actor, change_id: int) -> None:
    """Let a higher limit hold; by another person than who asked, else `SecondConfirmerNeeded`."""
    deciding.confirm(session, actor, KIND, _locked(session, change_id))


def reject(session: Session, actor: Actor, change_id: int, *, reason: str | None) -> None:
    """Leave the limit as it is; who asked withdraws instead."""
    deciding.reject(session, actor, KIND, _locked(session, change_id), reason=reason)


def withdraw(session: Session, actor: Actor, change_id: int) -> None:
    """Take back what one has asked for oneself; raises `OnlyAskerWithdraws`."""
    deciding.withdraw(session, actor, KIND, _locked(session, change_id))


def decide_on_server(session: Session, change_id: int, *, confirmed: bool) -> None:
    """The operator's way for a corp with one administrator."""
    deciding.decide_on_server(session, KIND, _locked(session, change_id), confirmed=confirmed)


def _ask(session: Session, actor: Actor, above: int, *, before: int) -> None:
    waiting = requests.waiting(session, BroadcastPolicyChange, lock=True)
    if waiting is not None:
        if waiting.asked_by != actor.audit_name:
            raise LimitChangeWaits()
        if waiting.approval_above == above:
            return
        deciding.withdraw(session, actor, KIND, waiting)
    requests.ask(session, actor, BroadcastPolicyChange(approval_above=above, approval_before=before))
    audit.record(session, actor, "broadcast_policy.asked", POLICY.subject, {"before": before, "after": above})


def _locked(session: Session, change_id: int) -> BroadcastPolicyChange:
    POLICY.lock(session)
    change = session.get(BroadcastPolicyChange, change_id, with_for_update=True)
    if change is None:
        raise LimitChangeNotFound()
    return change
