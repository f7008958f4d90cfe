"""Several sources as one list, newest first, a page at a time.

The order is by moment, name of the source, and number within it, so that no two entries share a place: a page goes on
exactly where the one before ended, even if all of them happened at one moment.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scrm.core.db import BIGGEST_ID
from scrm.core.errors import AppError
from scrm.identity.actor import Actor
from scrm.shared.timeline.kind import SourceName
from scrm.shared.timeline.source import Asked, Happening, Place, Source, Subject

log = structlog.get_logger(__name__)
_END_OF_TIME = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


class Cursor(NamedTuple):
    """The last entry of the page before."""

    at: dt.datetime
    source: str
    id: int


@dataclass(frozen=True)
class Told:
    """A page: entries with who told them, where the next page begins, and what could not be asked.

    ``failed`` could not be read, ``gathering`` have not all of the past yet.
    """

    entries: list[tuple[SourceName, Happening]]
    following: Cursor | None
    failed: list[SourceName]
    gathering: list[SourceName]


def tell(
    session: Session,
    actor: Actor,
    subject: Subject,
    sources: Iterable[Source],
    *,
    before: Cursor | None,
    limit: int,
    kinds: frozenset[str] | None = None,
) -> Told:
    """The newest entries before a place; each source is asked for one page and one entry more at most.

    A source that fails hides no other; the last failure is raised where none is left. Who may not read a source is
    told nothing of it.
    """
    asked = [source for source in sources if source.permission is None or source.permission in actor.permissions]
    entries: list[tuple[SourceName, Happening]] = []
    failed: dict[SourceName, Exception] = {}
    for source in asked:
        try:
            with session.begin_nested():
                place = _place(source.name, before, subject.until)
                found = source.read(session, actor, Asked(subject=subject, before=place, limit=limit + 1, kinds=kinds))
        except AppError:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log.exception("timeline.source_failed", source=source.name.value)
            failed[source.name] = error
        else:
            entries += [(source.name, happening) for happening in found]
    if asked and len(failed) == len(asked):
        raise failed[asked[-1].name]
    entries.sort(key=_order, reverse=True)
    shown = entries[:limit]
    return Told(
        entries=shown,
        following=_order(shown[-1]) if len(entries) > limit else None,
        failed=sorted(failed),
        gathering=_gathering(session, asked),
    )


def _order(entry: tuple[SourceName, Happening]) -> Cursor:
    source, happening = entry
    return Cursor(happening.at, source.value, happening.id)


def _place(source: str, before: Cursor | None, until: dt.datetime | None) -> Place:
    """What is before the cursor in the order of all, as a place in the order of one."""
    end = Place(until if until is not None else _END_OF_TIME, BIGGEST_ID)
    if before is None:
        return end
    if source == before.source:
        return min(end, Place(before.at, before.id))
    # Names decide between entries of one moment: of the earlier names all are still to come, of the later ones none.
    return min(end, Place(before.at, BIGGEST_ID if source < before.source else -1))


def _gathering(session: Session, asked: Sequence[Source]) -> list[SourceName]:
    return [source.name for source in asked if source.gathering is not None and source.gathering(session)]
