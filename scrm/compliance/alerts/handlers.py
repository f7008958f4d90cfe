"""A lost customer becomes an alert; a customer who was handed over closes it."""

from scrm.compliance.alerts import actions
from scrm.contracts.customers import FollowLost
from scrm.contracts.handovers import CustomersTransferred
from scrm.core.db import Session


def follow_lost(session: Session, event: FollowLost) -> None:
    actions.raise_alert(session, event)


def customers_transferred(session: Session, event: CustomersTransferred) -> None:
    actions.close_transferred(session, event)
