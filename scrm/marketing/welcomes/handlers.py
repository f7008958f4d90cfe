"""What welcome messages hear."""

from scrm.contracts.callbacks import ContactAdded
from scrm.core.db import Session
from scrm.marketing.welcomes.actions import welcomes


def contact_added(session: Session, event: ContactAdded) -> None:
    welcomes.greet(session, event)
