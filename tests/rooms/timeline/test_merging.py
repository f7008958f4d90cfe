"""Several sources as one list: no page size, and no moment that many share, loses or repeats an entry."""

import datetime as dt
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.core.db import transaction
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.timeline.kind import SourceName
from scrm.shared.timeline.merging import Cursor, Told, tell
from scrm.shared.timeline.source import Asked, Happening, Place, Source, Subject
from tests.rooms.house import House

NOON = dt.datetime(2026, 5, 1, 4, tzinfo=dt.UTC)
SUBJECT = Subject(customer_id=1, external_userid="wm-1")


class Reader:
    """As far as merging asks: what somebody may."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = frozenset(permissions)


def kept(name: SourceName, happenings: Sequence[Happening], sizes: list[int] | None = None, **more: object) -> Source:
    """A source that keeps its entries in memory; ``sizes`` hears how many each look was given."""

    def read(_session: Session, _actor: Actor, asked: Asked) -> list[Happening]:
        before = [one for one in happenings if Place(one.at, one.id) < asked.before and asked.wants(one.kind)]
        found = sorted(before, key=lambda one: (one.at, one.id), reverse=True)[: asked.limit]
        if sizes is not None:
            sizes.append(len(found))
        return found

    return Source(name=name, read=read, **more)  # type: ignore[arg-type]


def page(
    house: House,
    sources: Sequence[Source],
    *,
    before: Cursor | None = None,
    limit: int = 10_000,
    reader: Reader | None = None,
    subject: Subject = SUBJECT,
) -> Told:
    with transaction(house.number) as session:
        return tell(session, reader or Reader(), subject, sources, before=before, limit=limit)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(40))
def test_any_pages_are_the_one_page(house: House, seed: int) -> None:
    chance = random.Random(seed)
    moments = [NOON + dt.timedelta(microseconds=chance.randrange(6)) for _ in range(chance.randint(1, 6))]
    sizes: list[int] = []
    sources = [
        kept(
            name,
            [
                Happening(id=number, kind="k", at=chance.choice(moments))
                for number in chance.sample(range(1000), chance.randrange(25))
            ],
            sizes,
        )
        for name in chance.sample(list(SourceName), chance.randint(1, len(SourceName)))
    ]
    whole = [(name, one.at, one.id) for name, one in page(house, sources).entries]
    assert len(set(whole)) == len(whole)
    assert all(later[1] >= earlier[1] for later, earlier in pairwise(whole)), "newest first"
    for limit in (1, 2, 3, chance.randint(4, 40)):
        sizes.clear()
        found, cursor, pages = [], None, 0
        while pages == 0 or cursor is not None:
            told = page(house, sources, before=cursor, limit=limit)
            assert len(told.entries) <= limit
            found += [(name, one.at, one.id) for name, one in told.entries]
            cursor, pages = told.following, pages + 1
        assert found == whole, (seed, limit)
        assert max(sizes) <= limit + 1, "no source gives more than a page and one"


def test_what_happens_meanwhile_moves_no_entry_of_a_later_page(house: House) -> None:
    entries = [Happening(id=number, kind="k", at=NOON) for number in range(10)]
    sources = [kept(SourceName.ALERTS, entries)]
    told = page(house, sources, limit=4)
    entries.append(Happening(id=99, kind="k", at=NOON + dt.timedelta(seconds=1)))
    rest = page(house, sources, before=told.following)
    assert [one.id for _, one in [*told.entries, *rest.entries]] == list(range(9, -1, -1))


def test_a_source_that_fails_hides_no_other_and_no_other_is_asked_in_vain(house: House) -> None:
    def broken(session: Session, _actor: Actor, _asked: Asked) -> list[Happening]:
        session.execute(text("SELECT 1 / 0"))
        return []

    good = kept(SourceName.GROUPS, [Happening(id=1, kind="k", at=NOON)])
    bad = Source(name=SourceName.ALERTS, read=broken)
    told = page(house, [bad, good])
    assert [name for name, _ in told.entries] == [SourceName.GROUPS] and told.failed == [SourceName.ALERTS]
    with pytest.raises(Exception, match="division by zero"):
        page(house, [bad])


def test_who_may_not_read_a_source_is_told_nothing_of_it(house: House) -> None:
    def forbidden(_session: Session, _actor: Actor, _asked: Asked) -> list[Happening]:
        raise AssertionError("asked for who may not read it")

    secret = Source(
        name=SourceName.CHATS, read=forbidden, permission=Permission.MESSAGES_READ, gathering=lambda _session: True
    )
    told = page(house, [secret])
    assert told == Told([], None, [], [])
    shown = kept(SourceName.CHATS, [Happening(id=1, kind="k", at=NOON)], permission=Permission.MESSAGES_READ)
    assert len(page(house, [shown], reader=Reader(Permission.MESSAGES_READ)).entries) == 1


def test_nothing_after_the_end_of_sight_is_told(house: House) -> None:
    entries = [Happening(id=number, kind="k", at=NOON + dt.timedelta(hours=number)) for number in range(4)]
    subject = Subject(customer_id=1, external_userid=None, until=NOON + dt.timedelta(hours=1))
    told = page(house, [kept(SourceName.HANDOVERS, entries)], subject=subject)
    assert [one.id for _, one in told.entries] == [1, 0]
