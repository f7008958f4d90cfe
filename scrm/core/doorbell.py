"""The doorbell: an RQ job that only says "drain this lane of this corp".

PostgreSQL holds the work; a ring lost with Redis costs latency, nothing else, because the sweeper rings again for
whatever is due. Rings are coalesced and sent by a thread of their own, so that a sender never waits for Redis.
"""

import threading
import time
from collections.abc import Callable

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

from scrm.core.db import after_commit, current_corp
from scrm.core.lanes import AHEAD as AHEAD
from scrm.core.lanes import Lane as Lane
from scrm.core.rings import DRAIN_JOB, lane_queue
from scrm.core.settings import settings

log = structlog.get_logger(__name__)

_BELL_SECONDS = 2
_PAUSE_SECONDS = 0.03
_RING_OUT_SECONDS = 5  # longer than the time-outs of one ring


def redis_connection() -> "Redis":
    """A connection pool to Redis with short time-outs: the service must not wait for its doorbell."""
    return Redis.from_url(settings().redis_url, socket_timeout=2, socket_connect_timeout=1)


class Doorbell:
    """Sends rings from one background thread of this process."""

    def __init__(self, connect: Callable[[], "Redis"] = redis_connection) -> None:
        self._connect = connect
        self._wanted: set[tuple[int, Lane]] = set()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._redis: Redis | None = None
        self._ringing = False

    def ring(self, corp: int, lane: Lane) -> None:
        """Ask for a drain; returns at once and never raises."""
        with self._condition:
            self._wanted.add((corp, lane))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def ring_now(self, corp: int, lane: Lane) -> bool:
        """Ring in this thread; False if Redis does not answer."""
        try:
            if self._redis is None:
                self._redis = self._connect()
            # A bell that already hangs is not rung twice; the worker takes it off before it starts to drain.
            if self._redis.set(bell_key(corp, lane), "1", nx=True, ex=_BELL_SECONDS):
                lane_queue(lane, self._redis).enqueue(
                    DRAIN_JOB, corp, lane.value, result_ttl=0, failure_ttl=300, job_timeout=-1
                )
        except (RedisError, ValueError) as error:  # ValueError: a command has ended, and with it the address
            log.warning("doorbell.not_rung", corp=corp, lane=lane.value, error=type(error).__name__)
            return False
        return True

    def ring_out(self) -> None:
        """Wait, at most some seconds, until all asked for has been rung: a command ends, and its threads with it."""
        with self._condition:
            self._condition.wait_for(lambda: not self._wanted and not self._ringing, timeout=_RING_OUT_SECONDS)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._wanted:
                    self._condition.wait()
                wanted, self._wanted, self._ringing = self._wanted, set(), True
            for corp, lane in wanted:
                self.ring_now(corp, lane)
            with self._condition:
                self._ringing = False
                self._condition.notify_all()
            # Whoever rings meanwhile is heard in the next round: a ring per callback costs each a fifth of its time.
            time.sleep(_PAUSE_SECONDS)


doorbell = Doorbell()


def bell_key(corp: int, lane: Lane) -> str:
    return f"scrm:bell:{corp}:{lane.value}"


def ring_after_commit(session: Session, lane: Lane) -> None:
    """Ring for this transaction's corp once it has been committed; once per lane."""
    rings: set[Lane] = session.info.setdefault("rings", set())
    if lane in rings:
        return
    rings.add(lane)
    corp = current_corp(session)
    after_commit(session, lambda: doorbell.ring(corp, lane))
