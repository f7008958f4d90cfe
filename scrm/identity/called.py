"""Members by what they are called: folded here and not in the database, which knows no pinyin.

A corp has some thousand members: all names are read at once, and what they are found by is kept by `search.goes_by`.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import search
from scrm.identity.models import Staff


def called(session: Session, words: str) -> list[tuple[int, str]]:
    """Id and userid of everybody who goes by these words: by name, alias or userid."""
    query = select(Staff.id, Staff.userid, Staff.name, Staff.alias)
    return [
        (number, userid)
        for number, userid, name, alias in session.execute(query)
        if search.goes_by(words, name, userid, alias)
    ]


def ids_called(session: Session, words: str) -> list[int]:
    """The same, ids alone."""
    return [number for number, _ in called(session, words)]
