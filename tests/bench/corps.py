"""A hundred corps: connecting the last against connecting the first, and an upgrade with nothing to do.

``python -m tests.bench.corps`` prints the rows alone; ``BENCH_CORPS`` says how many.
"""

import os
import sys
import time
from collections.abc import Callable

from scrm.core import migrate
from scrm.core.db import platform_transaction
from scrm.core.settings import settings
from scrm.wecom import corp_spec, corps

CORPS = int(os.environ.get("BENCH_CORPS", "100"))
GROWTH = 1.5  # the last ten against the first ten
UPGRADES = 5
_TEN = 10


def connected() -> tuple[list[float], list[float]]:
    """Seconds of connecting the first ten and the last ten of `CORPS`."""
    times = []
    for number in range(CORPS):
        began = time.perf_counter()
        app = {"key": "app", "kind": "app", "agent_id": 1, "secret": "s", "token": "t" * 8, "aes_key": "k" * 43}
        file = {"corp_id": f"wwmany{number:06d}", "name": "many", "api_base": "http://127.0.0.1:9", "apps": [app]}
        corps.apply(corp_spec.check(file), None)
        times.append(time.perf_counter() - began)
    return times[:_TEN], times[-_TEN:]


def idle() -> list[float]:
    """Seconds of an upgrade that finds everything done."""
    config = settings()
    migrate.upgrade(config.database_url, config.secret_key)
    times = []
    for _ in range(UPGRADES):
        began = time.perf_counter()
        migrate.upgrade(config.database_url, config.secret_key)
        times.append(time.perf_counter() - began)
    return times


def look() -> list[float]:
    """Seconds of asking whether anything is behind, as `/readyz` does."""
    times = []
    for _ in range(UPGRADES):
        began = time.perf_counter()
        with platform_transaction() as session:
            if migrate.pending(session.connection()):
                raise RuntimeError("something is behind")
        times.append(time.perf_counter() - began)
    return times


def report(say: Callable[[str], None]) -> int:
    """Print both rows; how many goals were missed. Milliseconds are shown and not gated."""
    first, last = connected()
    growth = sorted(last)[_TEN // 2] / sorted(first)[_TEN // 2]
    reached = growth <= GROWTH
    say(
        f"接入第 {CORPS} 家 / connecting the last of {CORPS} corps | {sorted(first)[_TEN // 2] * 1e3:.0f} ms |"
        f" {sorted(last)[_TEN // 2] * 1e3:.0f} ms | {growth:.2f} | ≤ {GROWTH:g} | {'✓' if reached else '✗'}"
    )
    upgrade, readyz = sorted(idle())[UPGRADES // 2] * 1e3, sorted(look())[UPGRADES // 2] * 1e3
    say(
        f"无事可做的升级 / an upgrade with nothing to do, {CORPS} corps | – | {upgrade:.0f} ms"
        f" | readyz {readyz:.1f} ms | shown |"
    )
    return 0 if reached else 1


if __name__ == "__main__":
    from tests.bench.__main__ import _database, _say

    with _database():
        sys.exit(report(_say))
