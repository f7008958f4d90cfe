"""Showing a customer's phone numbers in full, for a reason that stays."""

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.customers.queries.people import relations_of, visible_customer
from scrm.identity.actor import Actor


def reveal_mobiles(session: Session, actor: Actor, external_userid: str, *, reason: str) -> list[str]:
    """All phone numbers that staff noted; raises `CustomerNotFound` outside the data scope."""
    customer = visible_customer(session, actor, external_userid)
    relations = relations_of(session, [customer.id])[customer.id]
    mobiles = dict.fromkeys(mobile for relation in relations for mobile in relation.remark_mobiles if mobile)
    audit.record(
        session,
        actor,
        "customer.mobiles_revealed",
        f"customer:{external_userid}",
        {"reason": reason, "count": len(mobiles)},
    )
    return list(mobiles)
