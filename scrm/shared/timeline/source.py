"""Who tells of a customer: rooms say in their manifest how they are asked."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.timeline.kind import Doer, SourceName


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whose timeline it is, as far as the reader sees the customer.

    ``members``: what these did alone (staff ids), ``None``: what all did, until a moment or up to now. ``userids``:
    folded, of members who follow or followed.
    """

    customer_id: int
    external_userid: str | None
    members: frozenset[int] | None = None
    until: dt.datetime | None = None
    userids: frozenset[str] = frozenset()


class Place(NamedTuple):
    """Where in the order of one source: what is told is before it, newest first by these two."""

    at: dt.datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a source is asked: so many entries at most before a place, newest first; of these kinds, or of all."""

    subject: Subject
    before: Place
    limit: int
    kinds: frozenset[str] | None = None

    def wants(self, kind: str) -> bool:
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing that happened; ``id`` is its own within the source.

    The member it is about is known by ``staff_id`` or ``userid``. ``by`` and ``account`` where the kind does not say
    who did it; ``reference`` is the record, ``kind:id``. ``also``: other customers (our ids) it is about.
    """

    id: int
    kind: str
    at: dt.datetime
    staff_id: int | None = None
    userid: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    by: Doer | None = None
    account: str | None = None
    reference: str | None = None
    also: Sequence[int] = ()


Read = Callable[[Session, Actor, Asked], Sequence[Happening]]


@dataclass(frozen=True)
class Record:
    """Records that entries refer to: who may open them at all, and which of some (ids as texts) the reader sees."""

    permission: Permission
    seen: Callable[[Session, Actor, list[str]], Iterable[Any]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """A room that tells of customers.

    ``read`` answers what is asked, as far as the reader may see it. ``records`` are those of
    its own, by kind. ``gathering``: not all of the past is here yet.
    """

    name: SourceName
    read: Read
    permission: Permission | None = None
    records: Mapping[str, Record] = field(default_factory=dict)
    gathering: Callable[[Session], bool] | None = None


_sources: dict[SourceName, Source] = {}
_records: dict[str, Record] = {}


def register(sources: Iterable[Source]) -> None:
    """Called by `scrm.wiring`; safe to call again."""
    for source in sources:
        if _sources.setdefault(source.name, source) != source:
            raise ValueError(f"timeline: registered twice: {source.name}")
        _records.update(source.records)


def of_name(name: SourceName) -> Source:
    return _sources[name]


def openable(session: Session, actor: Actor, references: Iterable[str]) -> set[str]:
    """Those of the records, ``kind:id``, that the reader may open."""
    by_kind: dict[str, list[str]] = {}
    for reference in set(references):
        kind, _, number = reference.partition(":")
        by_kind.setdefault(kind, []).append(number)
    return {
        f"{kind}:{number}"
        for kind, ids in sorted(by_kind.items())
        if (record := _records.get(kind)) is not None and record.permission in actor.permissions
        for number in record.seen(session, actor, sorted(ids))
    }
