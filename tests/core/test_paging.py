"""Pages of a list: a cursor that survives new rows, an honest total, and nothing to be had by forging."""

import base64
import datetime as dt
import json

import pytest
from sqlalchemy import insert, select, text

from scrm.core import clock
from scrm.core.db import platform_transaction, transaction
from scrm.core.paging import TOTAL_CAP, CursorInvalid, PageQuery, Rows, SearchEmpty, fetch
from scrm.core.platform import Heartbeat
from scrm.customers.tags.models import TagGroup


def page(corp: int, prefix: str, **query: object) -> Rows[TagGroup]:
    with transaction(corp) as session:
        return fetch(
            session,
            select(TagGroup).where(TagGroup.name.startswith(prefix)),
            PageQuery.model_validate(query),
            keys=[TagGroup.position, TagGroup.id],
            key_of=lambda group: [group.position, group.id],
        )


def add(corp: int, prefix: str, positions: range, *, suffix: str = "") -> None:
    rows = [
        {"group_id": f"{prefix}{number}{suffix}", "name": f"{prefix}{number}", "position": number // 3}
        for number in positions
    ]
    with transaction(corp) as session:
        session.execute(insert(TagGroup), rows)


def test_reading_on_meets_every_old_row_once_while_new_ones_come(bare: int) -> None:
    add(bare, "p", range(100))
    seen: list[str] = []
    cursor, number = None, 1_000
    while True:
        rows = page(bare, "p", limit=7, cursor=cursor)
        seen.extend(row.group_id for row in rows.items)
        add(bare, "p", range(number, number + 5))
        number += 5
        cursor = rows.next_cursor
        if cursor is None:
            break
    old = [name for name in seen if int(name[1:]) < 1_000]
    assert len(old) == len(set(old)) == 100
    assert old == seen, "new rows stand before the cursor"


def test_total_is_exact_up_to_its_cap(bare: int) -> None:
    with transaction(bare) as session:
        session.execute(
            text(
                "INSERT INTO tag_group (group_id, name, position)"
                " SELECT 'cap' || n, 'cap', n FROM generate_series(1, :count) n"
            ),
            {"count": TOTAL_CAP},
        )
    rows = page(bare, "cap", limit=1)
    assert (rows.total, rows.total_capped) == (TOTAL_CAP, False)
    add(bare, "cap", range(50_000, 50_001))
    rows = page(bare, "cap", limit=1)
    assert (rows.total, rows.total_capped) == (TOTAL_CAP, True)


def test_last_page_has_no_cursor(bare: int) -> None:
    add(bare, "few", range(6))
    assert page(bare, "few", limit=6).next_cursor is None
    first = page(bare, "few", limit=5)
    assert first.next_cursor is not None
    last = page(bare, "few", limit=5, cursor=first.next_cursor)
    assert (len(last.items), last.next_cursor, last.total) == (1, None, 6)


def forged(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "####",
        "游标",
        forged({}),
        forged([]),
        forged([1]),
        forged([1, 2, 3]),
        forged(["1", 2]),
        forged([None, 2]),
        forged([1.5, 2]),
        forged([True, 2]),
        forged([2**63, 2]),
        forged([[1], 2]),
        forged([1, {"a": 1}]),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 300).decode(),
    ],
)
def test_forged_cursor_is_refused(bare: int, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        page(bare, "p", cursor=cursor)


@pytest.mark.parametrize("when", ["yesterday", 17, "2024-13-01"])
def test_forged_moment_is_refused(service: str, when: object) -> None:
    with pytest.raises(CursorInvalid), platform_transaction() as session:
        fetch(
            session,
            select(Heartbeat),
            PageQuery(cursor=forged([when])),
            keys=[Heartbeat.at],
            key_of=lambda beat: [beat.at.isoformat()],
        )


def test_moments_in_a_cursor_keep_their_zone(service: str) -> None:
    now = clock.now()
    with platform_transaction() as session:
        session.execute(
            insert(Heartbeat),
            [{"name": f"paging{n}", "at": now + dt.timedelta(seconds=n)} for n in range(4)],
        )
        query = select(Heartbeat).where(Heartbeat.name.startswith("paging"))

        def more(cursor: str | None) -> Rows[Heartbeat]:
            page_of = PageQuery(limit=2, cursor=cursor)
            return fetch(session, query, page_of, keys=[Heartbeat.at], key_of=lambda beat: [beat.at.isoformat()])

        first = more(None)
        assert [beat.name for beat in (*first.items, *more(first.next_cursor).items)] == [
            f"paging{n}" for n in (3, 2, 1, 0)
        ]


@pytest.mark.parametrize("words", [" ", "\u3000", "\u200b", "\ufe0f\u2060", "\u3164 ", "\u0301"])
def test_words_that_filter_nothing_are_refused(words: str) -> None:
    with pytest.raises(SearchEmpty):
        PageQuery.model_validate({"q": words})
    assert PageQuery.model_validate({"q": f"{words}王"}).q.endswith("王")
    assert PageQuery.model_validate({"q": ""}).q == ""
