"""The scheduler: one leader that rings for what is due, the clock's jobs among it.

APScheduler with a memory job store, behind a session-level advisory lock: four processes on a shared job store fired 45
times for 12 due times, behind the lock 12 times.
"""

import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable

import psycopg
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from scrm.core import clock, clockwork, heartbeat, logs
from scrm.core.db import app_url, plain_url, transaction
from scrm.core.doorbell import Lane, doorbell
from scrm.core.queue import turns
from scrm.core.queue.glance import Glance
from scrm.core.settings import settings
from scrm.operations import housekeeping, watch
from scrm.runtime.child import die_with_parent
from scrm.wecom import corps
from scrm.wiring import wire

log = structlog.get_logger(__name__)

_LEADER_LOCK = 0x5C125
_due = {lane: turns.due_everywhere(lane) for lane in Lane}
_unsettled = Glance(watch.questions)


def main() -> None:
    """Wait to be the leader, then schedule until SIGTERM; a lost lock ends the process, which is started anew."""
    if os.environ.get("SCRM_SUPERVISED") == "1":
        die_with_parent(signal.SIGKILL)
    logs.configure()
    wire()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _lock_connection() as connection:
        while not stop.is_set() and not _is_leader(connection):
            stop.wait(1)
        if stop.is_set():
            return
        scheduler = build()
        scheduler.start()
        try:
            while not stop.wait(heartbeat.EVERY_SECONDS):
                connection.execute("SELECT 1")  # raises when the lock's connection is gone
        finally:
            scheduler.shutdown(wait=False)


def build() -> BackgroundScheduler:
    """The schedule: sweeps and heartbeat; what a corp has to do at its time is a row, which the sweeps find."""
    scheduler = BackgroundScheduler(timezone=clock.CHINA)
    options = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 30}
    scheduler.add_job(
        _quietly(_beat), IntervalTrigger(seconds=heartbeat.EVERY_SECONDS), **options, next_run_time=_now()
    )
    scheduler.add_job(_quietly(sweep), IntervalTrigger(seconds=2), args=[Lane.URGENT], **options)
    scheduler.add_job(_quietly(sweep), IntervalTrigger(seconds=15), args=[Lane.DEFAULT], **options)
    # The archive is looked at every few seconds; its callback may be late or missing.
    scheduler.add_job(_quietly(sweep), IntervalTrigger(seconds=5), args=[Lane.BULK], **options)
    scheduler.add_job(_quietly(_plan), IntervalTrigger(minutes=10), **options, next_run_time=_now())
    scheduler.add_job(_quietly(look_after), IntervalTrigger(seconds=2), **options)
    daily = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
    scheduler.add_job(_quietly(_daily), CronTrigger(hour=3, minute=17), **daily)
    return scheduler


def sweep(lane: Lane) -> None:
    """Ring for every corp that has due rows in the lane; where Redis does not answer, give it a turn here."""

    def ring(corp: int) -> None:
        if not doorbell.ring_now(corp, lane):
            turns.take_turn(corp, lane)

    _each_corp("sweep", ring, _with(_due[lane]))


def look_after() -> None:
    """Look after every corp that has work in hand, or something that stands still."""
    _each_corp("look-after", watch.look_after, _with(_unsettled))


def _with(glance: Glance) -> list[int]:
    """The corps of which anything of this holds."""
    return [corp for corp, holds in glance.look(corps.numbers()) if holds]


def _each_corp(job: str, act: Callable[[int], None], which: Iterable[int]) -> None:
    """One corp after the other; what goes wrong with one stops no other."""
    for corp in which:
        try:
            act(corp)
        except SQLAlchemyError as error:
            log.warning("scheduler.corp_failed", job=job, corp=corp, error=type(error).__name__)
        except Exception as error:
            log.error("scheduler.corp_failed", job=job, corp=corp, exc_info=error)


def _daily() -> None:
    """What belongs to no corp."""
    housekeeping.purge_platform()


def _plan() -> None:
    """A corp that a version before, or another command, has connected has its rows of the clock."""

    def plan(corp: int) -> None:
        with transaction(corp) as session:
            clockwork.plan(session)

    _each_corp("plan", plan, corps.numbers())


def _beat() -> None:
    heartbeat.beat(heartbeat.SCHEDULER)


def _quietly(job: Callable[..., None]) -> Callable[..., None]:
    """Log what passes by itself in one line instead of a trace per second."""

    def run(*args: object) -> None:
        try:
            job(*args)
        except SQLAlchemyError as error:
            log.warning("scheduler.job_failed", job=job.__name__, error=type(error).__name__)

    run.__name__ = job.__name__
    return run


def _lock_connection() -> "psycopg.Connection[tuple[object, ...]]":
    config = settings()
    address = plain_url(app_url(config.database_url, config.secret_key))
    while True:
        try:
            return psycopg.connect(address, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            log.warning("scheduler.database_away", error=type(error).__name__)
            time.sleep(1)


def _is_leader(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LEADER_LOCK,)).fetchone()
    return bool(row and row[0])


def _now() -> dt.datetime:
    return dt.datetime.now(clock.CHINA)


if __name__ == "__main__":
    main()
