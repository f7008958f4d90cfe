"""Showing a customer's phone numbers in full."""

from sqlalchemy.orm import Session

from scrm.customers.queries.people import seen_customer
from scrm.identity.actor import Actor


def reveal_mobiles(session: Session, actor: Actor, external_userid: str) -> list[str]:
    """All phone numbers that staff noted and the actor sees; raises `CustomerNotFound` outside the data scope."""
    _, seen = seen_customer(session, actor, external_userid)
    mobiles = dict.fromkeys(mobile for relation in seen.relations for mobile in relation.remark_mobiles if mobile)
    return list(mobiles)
