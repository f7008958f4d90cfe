"""A higher limit lets more broadcasts go without a second person, so raising it takes one."""

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts.errors import LimitChangeDecided, OnlyAskerWithdraws, SecondConfirmerNeeded
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.marketing.broadcasts.setting import POLICY
from scrm.shared.approvals.kind import Kind
from scrm.shared.approvals.requests import is_open


def _confirmed(session: Session, who: audit.Who, change: BroadcastPolicyChange) -> None:
    POLICY.put(session, POLICY.of(session).model_copy(update={"approval_above": change.approval_above}))
    _note(session, who, change, "broadcast_policy.confirmed")


def _rejected(session: Session, who: audit.Who, change: BroadcastPolicyChange, _reason: str | None) -> None:
    _note(session, who, change, "broadcast_policy.rejected")


def _withdrawn(session: Session, who: audit.Who, change: BroadcastPolicyChange, _reason: str | None) -> None:
    _note(session, who, change, "broadcast_policy.withdrawn")


def _note(session: Session, who: audit.Who, change: BroadcastPolicyChange, verb: str) -> None:
    facts = {"before": change.approval_before, "after": change.approval_above, "asked_by": change.asked_by}
    audit.record(session, who, verb, POLICY.subject, facts)


KIND: Kind[BroadcastPolicyChange] = Kind(
    name="higher_limit",
    zh="提高群发审批上限",
    en="Higher approval limit",
    record="broadcast_policy_change",
    permission=Permission.BROADCASTS_SET,
    waits=is_open,
    asked_by=lambda change: (change.asked_by,),
    own=SecondConfirmerNeeded,
    decided=lambda _change: LimitChangeDecided(),
    not_asked=OnlyAskerWithdraws,
    confirmed=_confirmed,
    rejected=_rejected,
    withdrawn=_withdrawn,
)
