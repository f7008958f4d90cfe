"""PostgreSQL and Redis for one test process: gone with it, however it ends."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scrm.runtime import child, places, postgres, redis
from scrm.runtime.places import Places


@contextmanager
def postgres_server() -> Iterator[Places]:
    """A PostgreSQL cluster without durability, with its own roles, for the length of the block."""
    there = places.throwaway()
    try:
        cluster = postgres.prepare(there, throwaway=True)
        account = (cluster.account.uid, cluster.account.gid) if cluster.account else None
        # Immediate shutdown: nothing of this cluster is needed any more.
        argv = child.argv(postgres.command(cluster), account=account, death_signal=signal.SIGQUIT)
        with _running(argv, there.log / "postgres.log", stop=signal.SIGQUIT):
            postgres.wait_ready(there)
            yield there
    finally:
        places.discard(there)


@contextmanager
def redis_server() -> Iterator[Places]:
    """A Redis of one's own for the length of the block."""
    there = places.throwaway()
    try:
        argv = child.argv(redis.command(there), death_signal=signal.SIGKILL)
        with _running(argv, there.log / "redis.log", stop=signal.SIGKILL):
            redis.wait_ready(there)
            yield there
    finally:
        places.discard(there)


@contextmanager
def _running(argv: list[str], log: Path, *, stop: signal.Signals) -> Iterator[None]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    with log.open("wb") as output:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    try:
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
