"""An RQ worker of one lane: each job says "drain this lane of this corp".

One queue per process, since a worker of two queues can lose a job between them; no fork per job. Where Redis does not
answer, the worker drains by itself until it does.
"""

import os
import signal
import sys
import threading
import time
from functools import cache

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from sqlalchemy.exc import SQLAlchemyError

from scrm.core import heartbeat, logs
from scrm.core.db import database
from scrm.core.doorbell import Lane, bell_key, doorbell, redis_connection
from scrm.core.queue.turns import take_turn
from scrm.core.rings import Ring, lane_queue
from scrm.core.settings import settings
from scrm.runtime.child import die_with_parent
from scrm.wecom import corps
from scrm.wiring import wire

log = structlog.get_logger(__name__)

# Where cores are few, a sync does not take them from a welcome.
_YIELDS = {Lane.URGENT: 0, Lane.DEFAULT: 2, Lane.BULK: 4}


class LaneWorker(SimpleWorker):
    """A worker without a fork; rows are claimed in PostgreSQL, so a job has nothing to lose."""

    death_penalty_class = TimerDeathPenalty


def drain_job(corp: int, lane: str) -> None:
    """The one RQ job: take the bell off first, so that whoever rings while we drain is heard.

    A corp that has more to do than a turn takes rings anew, behind all others that wait.
    """
    try:
        _redis().delete(bell_key(corp, Lane(lane)))
    except RedisError:
        log.warning("worker.bell_left", corp=corp, lane=lane)
    if take_turn(corp, Lane(lane)):
        doorbell.ring(corp, Lane(lane))


def drain_all(lane: Lane) -> None:
    """Give every corp a turn in the lane; what a worker does while Redis is away."""
    for corp in corps.numbers():
        try:
            take_turn(corp, lane)
        except Exception as error:  # of one corp; the others have their turn
            if isinstance(error, SQLAlchemyError):
                raise
            log.error("worker.turn_failed", corp=corp, lane=lane.value, exc_info=error)


@cache
def _redis() -> Redis:
    return redis_connection()


def main(lane: Lane) -> None:
    """Work until SIGTERM."""
    if os.environ.get("SCRM_SUPERVISED") == "1":
        die_with_parent(signal.SIGKILL)
    logs.configure()
    database.configure(trusted_seconds=1.0, max_overflow=14)  # calls that leave or land share them
    wire()
    os.nice(_YIELDS[lane])
    # Answers are stored on threads: five milliseconds of each, for every statement of the one that claims, add up.
    sys.setswitchinterval(0.001)
    threading.Thread(target=_beat, args=(heartbeat.worker_name(lane),), daemon=True).start()
    while True:
        try:
            _serve(lane)
            return
        except RedisError as error:
            log.warning("worker.redis_away", lane=lane.value, error=type(error).__name__)
            _drain_alone(lane)


def _serve(lane: Lane) -> None:
    connection = redis_connection()
    connection.ping()
    queue = lane_queue(lane, connection)
    # Blocking reads wait longer than the doorbell's short time-out allows.
    worker = LaneWorker(
        [queue], connection=_patient_connection(), worker_ttl=30, job_class=Ring, serializer=JSONSerializer
    )
    worker.work(logging_level="WARNING", with_scheduler=False)


def _patient_connection() -> Redis:
    return Redis.from_url(settings().redis_url, socket_connect_timeout=2)


def _drain_alone(lane: Lane) -> None:
    try:
        drain_all(lane)
    except SQLAlchemyError as error:
        log.warning("worker.database_away", lane=lane.value, error=type(error).__name__)
        database.dispose()
    time.sleep(1)


def _beat(name: str) -> None:
    while True:
        try:
            heartbeat.beat(name)
        except SQLAlchemyError as error:
            log.warning("worker.heartbeat_missed", name=name, error=type(error).__name__)
        time.sleep(heartbeat.EVERY_SECONDS)


if __name__ == "__main__":
    main(Lane(sys.argv[1]))
