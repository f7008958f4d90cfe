"""Showing a customer's phone numbers in full."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from scrm.contracts.identities import identities
from scrm.core import numbers, search
from scrm.customers.file.queries.contacts import contacts_of
from scrm.customers.file.queries.people import seen_customer
from scrm.identity.actor import Actor


def reveal_mobiles(session: Session, actor: Actor, name: str) -> list[str]:
    """All numbers that members noted or the customer goes by, as far as they are seen; raises `CustomerNotFound`."""
    customer, seen = seen_customer(session, actor, name)
    found = dict.fromkeys(identities().phones(session, customer.id) if seen.until is None else ())
    for relation in seen.relations:
        found |= dict.fromkeys(mobile for mobile in relation.remark_mobiles if mobile)
        found |= _hidden(found, relation.remark, relation.description, relation.remark_corp_name)
        found |= _hidden(found, *relation.personal_tags)
    told = contacts_of(session, [customer.id])[customer.id]
    return list(found | _hidden(found, customer.name, told.corp_name, told.corp_full_name, told.position))


def _hidden(known: Iterable[str], *texts: str) -> dict[str, None]:
    """Numbers in words that are not among the known ones, in whatever spelling."""
    same = set(map(search.phone, known))
    found = (number.digits for text in texts for number in numbers.numbers_in(text))
    return dict.fromkeys(number for number in found if search.phone(number) not in same)
