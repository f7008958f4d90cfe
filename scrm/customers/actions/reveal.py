"""Showing a customer's phone numbers in full."""

from sqlalchemy.orm import Session

from scrm.core import numbers, search
from scrm.customers.queries.people import seen_customer
from scrm.identity.actor import Actor


def reveal_mobiles(session: Session, actor: Actor, external_userid: str) -> list[str]:
    """All numbers that staff noted, as phones or in words, and that the actor sees; raises `CustomerNotFound`."""
    _, seen = seen_customer(session, actor, external_userid)
    found: dict[str, None] = {}
    for relation in seen.relations:
        found |= dict.fromkeys(mobile for mobile in relation.remark_mobiles if mobile)
        known = set(map(search.phone, found))
        for text in (relation.remark, relation.description, relation.remark_corp_name, *relation.personal_tags):
            hidden = [number.digits for number in numbers.numbers_in(text)]
            found |= dict.fromkeys(number for number in hidden if search.phone(number) not in known)
    return list(found)
