"""Bad weather around the service."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from scrm.core.settings import settings


@contextmanager
def paused_redis() -> Iterator[None]:
    """Redis accepts connections and says nothing, the slowest way of being gone."""
    pid = int(Redis.from_url(settings().redis_url).info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
