"""Names of external contacts, for other rooms that ask."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import numbers, search
from scrm.customers.file.models import EXTERNAL, TEXT_VERSION, Customer


def names(session: Session, external_userids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(name, avatar) by id, of those that are known."""
    wanted = {one for one in external_userids if one}
    if not wanted:
        return {}
    query = select(EXTERNAL, Customer.name, Customer.avatar).where(Customer.external_userid.in_(wanted))
    return {
        external_userid: (numbers.masked(name) or external_userid, avatar)
        for external_userid, name, avatar in session.execute(query).all()
    }


def find(session: Session, words: str, limit: int) -> list[str]:
    """Ids of customers who go by these words."""
    condition = search.called(words, Customer, TEXT_VERSION)
    if condition is None:
        return []
    return list(session.scalars(select(EXTERNAL).where(condition, Customer.external_userid.is_not(None)).limit(limit)))
