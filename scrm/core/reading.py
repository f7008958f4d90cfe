"""Who saw what of whom: one appended row per reading, declared on the route and recorded by the edge.

A reading that is repeated within ten minutes by the same session (an open page asks again whenever something changes)
names the first one and keeps only what it showed besides; folding happens where the trail is shown, nothing is dropped.
"""

import datetime as dt
import hashlib
import json
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, Text, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock, constraints
from scrm.core.audit import NOWHERE, Who
from scrm.core.db import CorpBase, moment

AGAIN = dt.timedelta(minutes=10)
REFUSALS = 200  # kept per account and hour; a flood of them tells no more than that


class Reading(CorpBase):
    """One reading of personal data, or a refusal of one. The service may append and select, nothing else.

    ``id`` and ``at`` are the database's own, whatever is sent. ``about`` names who and what was shown, as ``kind:id``.
    """

    __tablename__ = "reading"
    __table_args__ = (
        Index("ix_reading_at", "at", "id"),
        Index("ix_reading_same", "same", "at"),
        Index("ix_reading_actor_at", "actor", "at"),
        Index("ix_reading_first", "first_id"),
        Index("ix_reading_about", "about", postgresql_using="gin"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[dt.datetime] = moment(primary_key=True, server_default=text("scrm.moved_now()"))
    actor: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)  # where the request came from
    session: Mapped[str] = mapped_column(Text)  # ``session:`` or ``token:`` and the beginning of its digest
    verb: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]  # filters and reasons; never search words
    words: Mapped[bytes | None] = mapped_column(LargeBinary)  # search words, sealed: they may be a name
    about: Mapped[list[str]] = mapped_column(ARRAY(Text))
    shown: Mapped[int]  # rows
    first_id: Mapped[int | None] = mapped_column(BigInteger)  # the reading that this one repeats
    same: Mapped[int] = mapped_column(BigInteger)  # by which repetitions find each other
    refused: Mapped[str | None] = mapped_column(Text)  # code of the error, if nothing was shown


@dataclass(frozen=True)
class Shown:
    """What an answer showed of whom."""

    subject: str
    about: frozenset[str] = frozenset()
    count: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reads:
    """What a route reads, for `scrm.core.http`: ``shown`` gets the arguments and what the route gave back."""

    verb: str
    template: str
    shown: Callable[[Mapping[str, Any], Any], Shown]

    def subject(self, arguments: Mapping[str, Any]) -> str:
        return self.template.format(**arguments)


@dataclass(frozen=True)
class NothingPersonal:
    """Why reading leaves no row."""

    reason: str


def listed(subject: str, *about: str) -> Reads:
    """A page of a list; each template names somebody by an item's fields: ``customer:{external_userid}``.

    In ``subject`` the route's own arguments can be named.
    """

    def shown(arguments: Mapping[str, Any], page: Any) -> Shown:
        items = page["items"] if isinstance(page, dict) else page.items
        named = frozenset(name for item in items for template in about for name in _named(template, item))
        return Shown(subject.format(**arguments), named, len(items))

    return Reads("list.read", subject, shown)


def opened(verb: str, subject: str, *about: str) -> Reads:
    """One record; templates as in `listed`, of the record."""

    def shown(arguments: Mapping[str, Any], record: Any) -> Shown:
        own = subject.format(**arguments)
        return Shown(own, frozenset({own, *(name for template in about for name in _named(template, record))}))

    return Reads(verb, subject, shown)


def append(
    session: Session,
    reader: Who,
    verb: str,
    shown: Shown,
    *,
    asked: Mapping[str, Any],
    words: Callable[[], bytes | None],
) -> None:
    """Keep a reading in the caller's transaction; ``asked`` tells it from others of its kind, filters and words too."""
    same = _digest((reader.source or NOWHERE).by, verb, shown.subject, asked)
    query = (
        select(Reading.id, Reading.about)
        .where(Reading.same == same, Reading.at > clock.now() - AGAIN, Reading.first_id.is_(None))
        .order_by(Reading.at.desc())
        .limit(1)
    )
    first = session.execute(query).first()
    known = frozenset(first.about) if first is not None else frozenset()
    session.execute(
        insert(Reading),
        _row(reader, verb, shown.subject)
        | {
            "facts": dict(shown.facts),
            "words": words() if first is None else None,
            "about": sorted(shown.about - known),
            "shown": shown.count,
            "first_id": first.id if first is not None else None,
            "same": same,
        },
    )


def refuse(session: Session, reader: Who, verb: str, subject: str, code: str) -> None:
    """Keep that somebody was not shown something, a bounded number of times an hour."""
    recent = select(Reading.id).where(
        Reading.actor == reader.audit_name,
        Reading.at > clock.now() - dt.timedelta(hours=1),
        Reading.refused.is_not(None),
    )
    if len(session.scalars(recent.limit(REFUSALS)).all()) >= REFUSALS:
        return
    kept = subject[:200]
    session.execute(insert(Reading), _row(reader, verb, kept) | {"about": [kept], "refused": code})


def _row(reader: Who, verb: str, subject: str) -> dict[str, Any]:
    """Who, from where, what; nothing shown yet."""
    source = reader.source or NOWHERE
    who = {"actor": reader.audit_name, "address": source.address, "session": source.by}
    return who | {"verb": verb, "subject": subject, "facts": {}, "words": None, "shown": 0, "first_id": None, "same": 0}


def _named(template: str, item: Any) -> Iterable[str]:
    """The template with the item's fields; nothing where one is empty."""
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    values = {name: item.get(name) if isinstance(item, dict) else getattr(item, name) for name in names}
    if all(value not in {None, ""} for value in values.values()):
        yield template.format(**values)


def _digest(*parts: Any) -> int:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


constraints.handled("pk_reading", "numbered by the database")
