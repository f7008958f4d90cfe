"""Names of customers and groups, for other rooms that ask through a port."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import numbers, search
from scrm.customers.models import GROUP_TEXT_VERSION, TEXT_VERSION, Customer, GroupChat


def names(session: Session, external_userids: Iterable[str], chat_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(name, avatar) by id, of those that are known; groups have no avatar."""
    people, groups = {one for one in external_userids if one}, {one for one in chat_ids if one}
    found: dict[str, tuple[str, str]] = {}
    if people:
        query = select(Customer.external_userid, Customer.name, Customer.avatar)
        for external_userid, name, avatar in session.execute(query.where(Customer.external_userid.in_(people))):
            found[external_userid] = (numbers.masked(name) or external_userid, avatar)
    if groups:
        rows = session.execute(select(GroupChat.chat_id, GroupChat.name).where(GroupChat.chat_id.in_(groups)))
        found |= {chat_id: (numbers.masked(name), "") for chat_id, name in rows}
    return found


def find(session: Session, words: str, limit: int) -> list[str]:
    """Ids of customers and groups that go by these words, at most ``limit`` of each."""
    condition = search.called(words, Customer, TEXT_VERSION)
    named = search.called(words, GroupChat, GROUP_TEXT_VERSION)
    if condition is None or named is None:
        return []
    people = session.scalars(select(Customer.external_userid).where(condition).limit(limit)).all()
    groups = session.scalars(select(GroupChat.chat_id).where(named).limit(limit)).all()
    return [*people, *groups]
