"""A corp of 0.1 is upgraded while callbacks come in, killed at each step: what is lost, how long anybody waits.

``python -m tests.bench.upgrade`` prints it for BENCH_UPGRADED customers, 20,000 unless it is said.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

from scrm.core import migrate
from scrm.core.db import corp_schema
from scrm.core.settings import settings
from tests.support import upgrading
from tests.support.database import owner

CUSTOMERS = int(os.environ.get("BENCH_UPGRADED", "20000"))
LONGEST = 1.0  # seconds that a callback may wait
_KILLS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.3, 2.1, 3.4)


def report(corp: int, say: Callable[[str], None]) -> int:
    """1 if something is lost or somebody has waited too long."""
    upgrading.rebuilt(corp, upgrading.FIRST)
    begun = time.monotonic()
    upgrading.fill(corp, CUSTOMERS)
    say(f"0.1 with {CUSTOMERS:,} customers: {time.monotonic() - begun:.0f} s to fill, {_size(corp):.0f} MB")
    callbacks = upgrading.Callbacks(corp, CUSTOMERS)
    with callbacks.coming_in():
        time.sleep(2)
        upgrading.killed(corp, 0.2)
        begun = time.monotonic()
        migrate.upgrade(settings().database_url, settings().secret_key)
        say(f"revisions: {time.monotonic() - begun:.1f} s")
        revised = len(callbacks.waits)
        callbacks.upgraded = True
        begun = time.monotonic()
        for seconds in _KILLS:
            upgrading.killed(corp, seconds)
        upgrading.finished(corp)
        say(f"rows moved: {time.monotonic() - begun:.1f} s, {len(_KILLS)} processes killed; {_size(corp):.0f} MB")
        moved = len(callbacks.waits)
        time.sleep(2)
    waits = [seconds for _, seconds in callbacks.waits]
    parts = {"revisions": waits[:revised], "moving": waits[revised:moved], "after": waits[moved:]}
    for name, some in parts.items():
        p95 = statistics.quantiles(some, n=20)[-1]
        say(f"callbacks, {name}: {len(some)}, p95 {p95 * 1000:.0f} ms, longest {max(some) * 1000:.0f} ms")
    told = callbacks.told
    equal = upgrading.digest(corp, "wecom_contact", told) == upgrading.digest(corp, "customer", told)
    count, _ = upgrading.digest(corp, "wecom_contact", {})
    stale, unpointed = upgrading.stale(corp, told), upgrading.unpointed(corp)
    say(f"contacts {count:,}, the others {'equal' if equal else 'NOT equal'}; of {len(told):,} told meanwhile")
    say(f"{len(stale)} stale; {unpointed} relations without their contact")
    whole = equal and count == CUSTOMERS and not stale and not unpointed
    return 0 if whole and max(waits) < LONGEST else 1


def _size(corp: int) -> float:
    """Megabytes of a corp's tables."""
    tables = "pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace"
    query = f"SELECT sum(pg_total_relation_size(oid)) FROM {tables}"
    with owner() as connection:
        row = connection.execute(query.encode(), [corp_schema(corp)]).fetchone()
    return float(str(row[0])) / 1e6 if row is not None else 0.0


if __name__ == "__main__":
    from tests.bench.__main__ import _database, _say

    with _database() as number:
        sys.exit(report(number, _say))
