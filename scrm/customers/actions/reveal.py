"""Showing a customer's phone numbers in full, for a reason that stays."""

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.customers.queries.people import seen_customer
from scrm.identity.actor import Actor


def reveal_mobiles(session: Session, actor: Actor, external_userid: str, *, reason: str) -> list[str]:
    """All phone numbers that staff noted and the actor sees; raises `CustomerNotFound` outside the data scope."""
    _, seen = seen_customer(session, actor, external_userid)
    mobiles = dict.fromkeys(mobile for relation in seen.relations for mobile in relation.remark_mobiles if mobile)
    audit.record(
        session,
        actor,
        "customer.mobiles_revealed",
        f"customer:{external_userid}",
        {"reason": reason, "count": len(mobiles)},
    )
    return list(mobiles)
