"""How large the trail of readings grows: rows as the service writes them, with all their indexes.

``python -m tests.bench.trail`` prints it alone.
"""

import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass

from scrm.core import reading
from scrm.core.audit import Source
from scrm.core.db import corp_schema, transaction
from scrm.core.reading import Shown
from tests.support.database import owner

USERS = 200
# A day of somebody who works with it all day: what a user reads, and how often an open page asks again.
LISTS, RECORDS, AGAIN = 60, 140, 200
SAMPLE = 10  # users whose day is written down
_SHOWN = 50


@dataclass(frozen=True)
class _Reader:
    audit_name: str
    source: Source


def day(corp: int) -> tuple[int, int]:
    """Readings of a day by `USERS`, and the bytes that they take."""
    dice = random.Random(int(os.environ.get("SEED", "1")))  # nosec B311
    people = [f"customer:wm{number:030d}" for number in range(100_000)]
    before = _size(corp)
    rows = 0
    for number in range(SAMPLE):
        who = _Reader(f"user:staff{number}", Source(address="203.0.113.7", by=f"session:{number:012x}"))
        with transaction(corp) as session:
            for turn in range(LISTS):
                shown = Shown("customers", frozenset(dice.sample(people, _SHOWN)), _SHOWN)
                asked = {"q": f"{turn}", "limit": _SHOWN}
                for _ in range(1 + AGAIN // LISTS + (turn < AGAIN % LISTS)):
                    reading.append(session, who, "list.read", shown, asked=asked, words=lambda: os.urandom(48))
                    rows += 1
            for _ in range(RECORDS):
                one = dice.choice(people)
                reading.append(
                    session, who, "customer.read", Shown(one, frozenset({one})), asked={}, words=lambda: None
                )
                rows += 1
    return rows // SAMPLE * USERS, (_size(corp) - before) // SAMPLE * USERS


def report(corp: int, say: Callable[[str], None]) -> None:
    rows, size = day(corp)
    say(
        f"查阅记录 / trail | {USERS} users × {rows // USERS} readings a day = {rows} rows,"
        f" {size / 2**20:.0f} MB with indexes, {size / rows:.0f} bytes a row; {size * 365 / 2**30:.1f} GB a year"
    )


def _size(corp: int) -> int:
    with owner() as connection:
        connection.execute(f"VACUUM {corp_schema(corp)}.reading".encode())
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = %s::regclass",
            [f"{corp_schema(corp)}.reading"],
        ).fetchone()
        return int(str((row or [0])[0]))


if __name__ == "__main__":
    from tests.bench.__main__ import _database, _say

    with _database() as number:
        report(number, _say)
        sys.exit(0)
