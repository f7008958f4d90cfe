"""Calls on their way: each on a thread of its own, so that one without an answer occupies nothing but itself.

A corp has a share of the threads, so that many unanswered calls of one leave room for the others. Whoever drains a lane
may wait for the next call to land, but need not: what lands rings for the work that comes of it.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from scrm.core.doorbell import Lane, doorbell

log = structlog.get_logger(__name__)

THREADS = 24  # with a connection each at the end of a call, which is what the pool of a worker holds
PER_CORP = 8


class Flights:
    """The calls that this process has on their way."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="wecom")
        self._landed = threading.Condition()
        self._flying: Counter[tuple[int, Lane]] = Counter()
        self._landings: Counter[tuple[int, Lane]] = Counter()
        self._watched: Counter[tuple[int, Lane]] = Counter()
        self._begun: Counter[tuple[int, int, Lane]] = Counter()  # by the thread that let them leave

    def room(self, corp: int) -> int:
        """How many more calls of this corp may leave now."""
        with self._landed:
            of_corp = sum(count for (number, _), count in self._flying.items() if number == corp)
            return max(min(PER_CORP - of_corp, THREADS - self._flying.total()), 0)

    def begin(self, corp: int, lane: Lane, carry: Callable[[], None]) -> None:
        """Let a call leave; returns at once."""
        beginner = threading.get_ident()
        with self._landed:
            self._flying[corp, lane] += 1
            self._begun[beginner, corp, lane] += 1
        self._pool.submit(self._carry, beginner, corp, lane, carry)

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

    def _carry(self, beginner: int, corp: int, lane: Lane, carry: Callable[[], None]) -> None:
        place = (corp, lane)
        try:
            carry()
        except Exception as error:
            # Its lease ends, and then it is settled like that of a worker that has died.
            log.error("wecom_call.not_settled", corp=corp, lane=lane.value, exc_info=error)
        finally:
            with self._landed:
                self._begun[beginner, corp, lane] -= 1
                if not self._begun[beginner, corp, lane]:
                    del self._begun[beginner, corp, lane]  # threads come and go
                self._flying[place] -= 1
                self._landings[place] += 1
                watched = self._watched[place]
                self._landed.notify_all()
            if not watched:
                doorbell.ring(*place)


flights = Flights()
