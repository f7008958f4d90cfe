"""What welcome messages hear, and the answers that they wait for."""

from scrm.contracts.callbacks import ContactAdded
from scrm.core.db import Session
from scrm.marketing.welcomes.actions import welcomes
from scrm.wecom.outcome import Outcome


def contact_added(session: Session, event: ContactAdded) -> None:
    welcomes.greet(session, event)


def welcome_named(session: Session, outcome: Outcome) -> None:
    welcomes.named(session, outcome)


def welcome_answered(session: Session, outcome: Outcome) -> None:
    welcomes.answered(session, outcome)
