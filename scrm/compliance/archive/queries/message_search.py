"""Searching a million messages for words, newest first, without leaving the plan to luck.

A planner that believes a word to be frequent walks backwards by time until twenty rows match: for a rare word that is
the whole table (24 to 140 ms at a million rows, seconds at ten). So the index of bigrams is asked first, for at most
`FEW` matches; only a word that has more is walked.
"""

import datetime as dt
from typing import Any

from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.orm import Session

from scrm.compliance.archive.errors import SearchTooShort
from scrm.compliance.archive.models import Message
from scrm.compliance.archive.schemas import MessageQuery
from scrm.core import search
from scrm.core.paging import TOTAL_CAP, Rows, decode_cursor, encode_cursor

FEW = 2_000


def find(session: Session, query: Select[Message], page: MessageQuery, *, narrowed: bool) -> Rows[Message]:
    """A page of messages that match ``query`` and hold the words, newest first; raises `SearchTooShort`.

    One character has no bigram: it is looked for where the query is ``narrowed`` to conversations, and nowhere else.
    """
    place = _place(page.cursor) if page.cursor else None
    if not search.fold(page.q):
        return _walk(session, query, page, place, total=None)
    short = len(search.fold(page.q)) < 2
    if short and not narrowed:
        raise SearchTooShort()
    condition = search.matches(page.q, Message.words, Message.bigrams)
    matching = query.where(condition) if condition is not None else query
    few = None if short else _few(session, matching)
    if few is None:
        return _walk(session, matching, page, place, total=_capped(session, matching))
    left = [one for one in few if place is None or one < place]
    wanted = left[: page.limit]
    rows = session.scalars(
        select(Message).where(tuple_(Message.at, Message.id).in_(wanted)).order_by(Message.at.desc(), Message.id.desc())
    ).all()
    cursor = _cursor(rows[-1]) if rows and len(left) > page.limit else None
    return Rows(items=rows, total=len(few), total_capped=False, next_cursor=cursor)


def _few(session: Session, query: Select[Message]) -> list[tuple[dt.datetime, int]] | None:
    """Places of all matches, newest first, by the index of bigrams; none if there are more than `FEW`."""
    _allow(session, bitmap=True)
    rows = session.execute(query.with_only_columns(Message.at, Message.id).limit(FEW + 1)).all()
    _allow(session, bitmap=None)
    return sorted(((at, number) for at, number in rows), reverse=True) if len(rows) <= FEW else None


def _walk(
    session: Session,
    query: Select[Message],
    page: MessageQuery,
    place: tuple[dt.datetime, int] | None,
    total: int | None,
) -> Rows[Message]:
    """Backwards by time until the page is full."""
    if total is None:
        total = _capped(session, query)
    if place is not None:
        query = query.where(tuple_(Message.at, Message.id) < place)
    newest = query.order_by(Message.at.desc(), Message.id.desc()).limit(page.limit + 1)
    rows = session.scalars(newest).all()
    shown = rows[: page.limit]
    return Rows(
        items=shown,
        total=min(total, TOTAL_CAP),
        total_capped=total > TOTAL_CAP,
        next_cursor=_cursor(shown[-1]) if len(rows) > page.limit else None,
    )


def _capped(session: Session, query: Select[Message]) -> int:
    capped = query.with_only_columns(Message.id).limit(TOTAL_CAP + 1).subquery()
    return session.scalar(select(func.count()).select_from(capped)) or 0


def _allow(session: Session, *, bitmap: bool | None) -> None:
    """Leave the planner the index of bigrams alone, for one statement; ``None`` gives all back."""
    off = "off" if bitmap else "on"
    session.execute(
        text("SELECT set_config('enable_seqscan', :off, true), set_config('enable_indexscan', :off, true)"),
        {"off": off},
    )


def _place(cursor: str) -> tuple[dt.datetime, int]:
    values: list[Any] = decode_cursor(cursor, [dt.datetime, int])
    return values[0], values[1]


def _cursor(message: Message) -> str:
    return encode_cursor([message.at.isoformat(), message.id])
