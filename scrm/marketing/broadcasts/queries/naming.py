"""Titles of broadcasts for whoever shows a ``broadcast:…``."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core.naming import numbers
from scrm.marketing.broadcasts.models import Broadcast


def broadcasts(session: Session, ids: list[str]) -> dict[str, str]:
    query = select(Broadcast.id, Broadcast.title).where(Broadcast.id.in_(numbers(ids)))
    return {str(number): title for number, title in session.execute(query)}
