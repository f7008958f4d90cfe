"""What has left the house: each on a thread of its own, so that one without an answer occupies nothing but itself.

A corp has a share of the places, so that many calls of one leave room for the others. One that has waited for its
answer longer than answers take gives its place to the next: eight without an answer would keep all others of their corp
from leaving for as long as we wait for an answer, and a welcome has twenty seconds. Only a larger number bounds those.

Whoever drains a lane may wait for the next call to land, but need not: what lands rings for the work that comes of it.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import structlog

from scrm.core.doorbell import Lane, doorbell

log = structlog.get_logger(__name__)

THREADS = 160  # most wait for WeCom; those that land share the connections of the worker's pool
PER_CORP = 8
LANDINGS_PER_CORP = 2  # at a time: pages of a big sync that all landed at once kept the worker from everything else
SLOW_SECONDS = 1.0  # longer than most answers take
SLOW_PER_CORP = 48  # with those above: more than a corp has customers added within the time-out of a call


class Flights:
    """The calls that this process has on their way."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="wecom")
        self._landed = threading.Condition()
        self._flying: Counter[tuple[int, Lane]] = Counter()
        self._since: dict[int, dict[object, float]] = {}  # of each corp's calls, when they left
        self._awaited: set[tuple[int, Lane]] = set()
        self._runways: dict[int, threading.Semaphore] = {}
        self._landings: Counter[tuple[int, Lane]] = Counter()
        self._watched: Counter[tuple[int, Lane]] = Counter()
        self._begun: Counter[tuple[int, int, Lane]] = Counter()  # by the thread that let them leave
        self._of_queue: Counter[str] = Counter()

    def room(self, corp: int, lane: Lane, *, queue: str = "", most: int | None = None) -> int:
        """How many more of this corp may leave now; where none may, the lane is rung for once one may.

        ``most`` is how many of this queue may be on their way in all; what waits for that is found by the sweep.
        """
        now = time.monotonic()
        with self._landed:
            since = self._since.get(corp, {}).values()
            quick = [began for began in since if now - began < SLOW_SECONDS]
            room = min(PER_CORP - len(quick), PER_CORP + SLOW_PER_CORP - len(since), THREADS - self._flying.total())
            if room <= 0 and quick and (corp, lane) not in self._awaited:
                self._awaited.add((corp, lane))
                timer = threading.Timer(min(quick) + SLOW_SECONDS - now, self._ring, [corp, lane])
                timer.daemon = True
                timer.start()
            if most is not None:
                room = min(room, most - self._of_queue[queue])
            return max(room, 0)

    def begin(self, corp: int, lane: Lane, carry: Callable[[], None], *, queue: str = "") -> None:
        """Let a row of this queue leave; returns at once."""
        beginner, call = threading.get_ident(), object()
        with self._landed:
            self._flying[corp, lane] += 1
            self._since.setdefault(corp, {})[call] = time.monotonic()
            self._begun[beginner, corp, lane] += 1
            self._of_queue[queue] += 1
        self._pool.submit(self._carry, beginner, corp, lane, queue, call, carry)

    @contextmanager
    def landing(self, corp: int) -> Iterator[None]:
        """Store what became of a call within the block; waits while enough of this corp's are being stored."""
        with self._landed:
            runway = self._runways.setdefault(corp, threading.Semaphore(LANDINGS_PER_CORP))
        with runway:
            yield

    def wait(self, corp: int, lane: Lane, *, seconds: float) -> bool:
        """Wait for a call of this lane to land; false if none is on its way or none lands in time."""
        place = (corp, lane)
        with self._landed:
            before = self._landings[place]
            if not self._flying[place]:
                return False
            self._watched[place] += 1
            try:
                return self._landed.wait_for(lambda: self._landings[place] != before, timeout=seconds)
            finally:
                self._watched[place] -= 1

    def wait_own(self, corp: int, lane: Lane) -> bool:
        """Wait until each call that this thread let leave has landed; whether there was one."""
        own = (threading.get_ident(), corp, lane)
        with self._landed:
            if not self._begun[own]:
                return False
            self._watched[corp, lane] += 1
            try:
                return self._landed.wait_for(lambda: not self._begun[own])
            finally:
                self._watched[corp, lane] -= 1

    def _ring(self, corp: int, lane: Lane) -> None:
        with self._landed:
            self._awaited.discard((corp, lane))
        doorbell.ring(corp, lane)

    def _carry(self, beginner: int, corp: int, lane: Lane, queue: str, call: object, carry: Callable[[], None]) -> None:
        place = (corp, lane)
        try:
            carry()
        except Exception as error:
            # Its lease ends, and then it is settled like that of a worker that has died.
            log.error("queue.not_settled", queue=queue, corp=corp, lane=lane.value, exc_info=error)
        finally:
            with self._landed:
                self._begun[beginner, corp, lane] -= 1
                if not self._begun[beginner, corp, lane]:
                    del self._begun[beginner, corp, lane]  # threads come and go
                self._flying[place] -= 1
                self._of_queue[queue] -= 1
                del self._since[corp][call]
                if not self._since[corp]:
                    del self._since[corp]
                self._landings[place] += 1
                watched = self._watched[place]
                self._landed.notify_all()
            if not watched:
                doorbell.ring(*place)


flights = Flights()
