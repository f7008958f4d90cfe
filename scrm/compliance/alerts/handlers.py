"""A lost customer becomes an alert; cards that a release before asked for are answered."""

from scrm.compliance.alerts import actions, earlier
from scrm.contracts.customers import FollowLost
from scrm.contracts.handovers import CustomersTransferred
from scrm.core.db import Session
from scrm.wecom.outcome import Outcome


def follow_lost(session: Session, event: FollowLost) -> None:
    actions.raise_alert(session, event)


def customers_transferred(session: Session, event: CustomersTransferred) -> None:
    actions.close_transferred(session, event)


def notice_answered(session: Session, outcome: Outcome) -> None:
    earlier.answered(session, outcome)


def hit_notice_answered(session: Session, outcome: Outcome) -> None:
    earlier.hits_answered(session, outcome)
