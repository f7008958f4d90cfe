"""The doorbell: rings are coalesced, may be lost, and are never waited for."""

import threading
import time

from redis import Redis
from redis.exceptions import RedisError

from scrm.core.doorbell import Doorbell, Lane, bell_key, doorbell, redis_connection
from scrm.core.queue import turns
from scrm.core.rings import DRAIN_JOB, lane_queue
from tests.core.test_outbox import Knocked, knock, rows
from tests.support.patience import until
from tests.support.weather import paused_redis
from workers import scheduler, worker


def jobs(lane: Lane) -> list[tuple[object, ...]]:
    queue = lane_queue(lane, redis_connection())
    return [tuple(job.args) for job in queue.jobs if job.func_name == DRAIN_JOB]


def test_many_rings_are_one_job_until_the_worker_takes_the_bell_off(bare: int) -> None:
    redis_connection().flushall()
    assert all(doorbell.ring_now(bare, Lane.BULK) for _ in range(20))
    assert jobs(Lane.BULK) == [(bare, "bulk")]
    worker.drain_job(bare, "bulk")
    doorbell.ring_now(bare, Lane.BULK)
    assert jobs(Lane.BULK) == [(bare, "bulk")] * 2


def test_commit_rings_once_per_lane_and_a_rollback_not_at_all(bare: int) -> None:
    redis_connection().flushall()
    knock(bare, *(Knocked(door="1", number=number, who="ringer") for number in range(10)))
    until(lambda: jobs(Lane.DEFAULT), "nobody rings")
    assert jobs(Lane.DEFAULT) == [(bare, "default")]
    turns.drain(bare, Lane.DEFAULT)


def test_ring_lost_in_a_flushed_redis_is_rung_again_by_the_sweep(bare: int) -> None:
    knock(bare, Knocked(door="1", who="forgotten"))
    time.sleep(0.2)
    redis_connection().flushall()
    assert jobs(Lane.DEFAULT) == []
    scheduler.sweep(Lane.DEFAULT)
    assert (bare, "default") in jobs(Lane.DEFAULT)
    scheduler.sweep(Lane.URGENT)
    assert (bare, "urgent") not in jobs(Lane.URGENT)
    turns.drain(bare, Lane.DEFAULT)


def test_sweep_drains_by_itself_while_redis_is_silent(bare: int) -> None:
    knock(bare, Knocked(door="1", who="patient"))
    with paused_redis():
        scheduler.sweep(Lane.DEFAULT)
        assert [row.state for row in rows(bare, "patient")] == ["done"]


def test_ringing_never_waits_and_never_raises() -> None:
    asked, answered = threading.Event(), threading.Event()

    def hang() -> "Redis":
        asked.set()
        answered.wait()
        raise RedisError("the test is over")

    gone = Doorbell(hang)

    def ring() -> None:
        for number in range(200):
            gone.ring(number, Lane.URGENT)

    ringing = threading.Thread(target=ring, daemon=True)
    try:
        ringing.start()
        assert asked.wait(60)
        until(lambda: not ringing.is_alive(), "whoever rings waits for Redis, which does not answer")
    finally:
        answered.set()
    assert Doorbell(lambda: Redis(host="127.0.0.1", port=9, socket_connect_timeout=1)).ring_now(1, Lane.URGENT) is False


def test_bell_that_nobody_took_off_comes_off_by_itself(bare: int) -> None:
    redis_connection().flushall()
    doorbell.ring_now(bare, Lane.URGENT)
    seconds = redis_connection().ttl(bell_key(bare, Lane.URGENT))
    assert isinstance(seconds, int) and 0 < seconds <= 2


def test_ring_after_the_servers_of_a_command_are_gone_is_merely_not_rung(bare: int) -> None:
    assert Doorbell(lambda: Redis.from_url("")).ring_now(bare, Lane.BULK) is False


def test_rings_of_a_command_are_out_before_it_ends(bare: int) -> None:
    redis_connection().flushall()
    bell = Doorbell()
    for lane in Lane:
        bell.ring(bare, lane)
    bell.ring_out()
    assert {lane: jobs(lane) for lane in Lane} == {lane: [(bare, lane.value)] for lane in Lane}
