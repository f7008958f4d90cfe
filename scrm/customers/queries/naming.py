"""Names of customers and groups for whoever shows a ``customer:…`` or ``group:…``."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.customers.models import Customer, GroupChat


def customers(session: Session, ids: list[str]) -> dict[str, str]:
    query = select(Customer.external_userid, Customer.name).where(Customer.external_userid.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def groups(session: Session, ids: list[str]) -> dict[str, str]:
    query = select(GroupChat.chat_id, GroupChat.name).where(GroupChat.chat_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}
