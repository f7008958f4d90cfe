"""What customers and groups are found by, derived anew where it is of an earlier folding."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from scrm.core import refolding
from scrm.customers.actions import groups
from scrm.customers.actions.states import refold
from scrm.customers.models import GROUP_TEXT_VERSION, TEXT_VERSION, Customer, GroupChat
from scrm.customers.queries.people import relations_of


def _customers(session: Session, customers: Sequence[Customer]) -> None:
    relations = relations_of(session, [customer.id for customer in customers])
    for customer in customers:
        refold(customer, sorted(relations[customer.id], key=lambda relation: relation.id))


def _groups(_session: Session, chats: Sequence[GroupChat]) -> None:
    for chat in chats:
        for name, value in groups.texts(chat.name).items():
            setattr(chat, name, value)


CUSTOMERS = refolding.queue("search_texts", Customer, TEXT_VERSION, _customers)
GROUPS = refolding.queue("group_texts", GroupChat, GROUP_TEXT_VERSION, _groups)
