"""PostgreSQL and Redis for one test process: gone with it, however it ends."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from scrm.runtime import child, places, postgres, processes, redis
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
        with processes.running(argv, there.log / "postgres.log", stop=signal.SIGQUIT):
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
        with processes.running(argv, there.log / "redis.log", stop=signal.SIGKILL):
            redis.wait_ready(there)
            yield there
    finally:
        places.discard(there)
