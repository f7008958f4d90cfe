"""What customers are found by, derived anew where it is of an earlier folding."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from scrm.contracts.identities import noting
from scrm.core import refolding
from scrm.customers.file.actions.derived import known_by, refold
from scrm.customers.file.models import TEXT_VERSION, Customer
from scrm.customers.file.queries.contacts import contacts_of
from scrm.customers.file.queries.people import relations_of


def _refold(session: Session, customers: Sequence[Customer]) -> None:
    ids = [customer.id for customer in customers]
    relations, contacts = relations_of(session, ids), contacts_of(session, ids)
    for customer in customers:
        refold(customer, contacts[customer.id], sorted(relations[customer.id], key=lambda relation: relation.id))
    # What WeCom said before there were identities is entered on the same way.
    noting().note(session, {one: known_by(contacts[one], relations[one]) for one in ids})


QUEUE = refolding.queue("search_texts", Customer, TEXT_VERSION, _refold, kind="search_text", of="customer")
