"""Callbacks arrive doubled, shuffled and retried while processes die: nothing lost, nothing twice, nothing made up.

Ordinary size is a tenth; ``-m slow`` runs the whole. SEED in the environment replays a run.
"""

import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from redis.exceptions import RedisError

from tests.faults.checker import Watched
from tests.faults.installation import WORKERS, Installation
from tests.support.simulated import Simulator

SEED = int(os.environ.get("SEED", "7"))
LEASE = 61  # a call whose caller was killed is on its way for this long, by the deployment's clock

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Size:
    """``callbacks`` unique ones; faults of each kind; whether the clock is moved instead of waiting for leases."""

    callbacks: int
    faults: int
    pause: float
    absence: float
    real_time: bool


TENTH = Size(callbacks=1_000, faults=5, pause=1, absence=3, real_time=False)
WHOLE = Size(callbacks=10_000, faults=50, pause=10, absence=30, real_time=True)
SIZES = [pytest.param(TENTH, id="tenth"), pytest.param(WHOLE, id="whole", marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def corp(installation: Installation, sim: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    corp_id = f"wwfault{next(_numbers):03d}x{os.getpid():08d}"
    habits = {"retry_seconds": [0.5, 1, 2, 4, 8, 8, 8]}
    population = {"staff": 12, "customers": 60, "groups": 2, "seed": 3}
    schema = installation.connect(sim, corp_id, tmp_path_factory.mktemp("corp"), population=population, habits=habits)
    found = Watched(installation, sim, corp_id, schema)
    found.begin()
    yield found
    sim.call("DELETE", f"/corps/{corp_id}")


@pytest.fixture
def watched(request: pytest.FixtureRequest, corp: Watched) -> Watched:
    """The corp of all fault tests; what one of them broke is found by the next as well."""
    corp.service.wait_ready()
    # WeCom waits for five seconds; that an answer comes in time on a machine that does other things besides is not
    # what the small size tries.
    whole = request.node.callspec.params["size"] is WHOLE
    corp.sim.call("PUT", f"/corps/{corp.corp_id}/habits", {"answer_seconds": 5.0 if whole else 60.0})
    return corp


def storm(watched: Watched, size: Size, *, seconds: float = 0) -> None:
    """Start a storm that lasts about so long; two apps report each event."""
    unique = size.callbacks // 2
    rate = size.callbacks * 1.3 / seconds if seconds else 0
    seed = SEED * 1_000 + next(_numbers)
    values = {"unique": unique, "duplicates": 0.3, "shuffle": True, "seed": seed, "rate": rate}
    watched.sim.call("POST", f"/corps/{watched.corp_id}/storm", values)


def greet(watched: Watched, count: int) -> None:
    """Adds that ask for a welcome, in the middle of it all."""
    sellers = {
        item["userid"]
        for item in watched.sim.call("GET", f"/corps/{watched.corp_id}/relations")["items"]
        if item["status"] == "following"
    }
    for userid in itertools.islice(itertools.cycle(sorted(sellers)), count):
        watched.sim.act(watched.corp_id, "add_contact", userid=userid)


def conclude(watched: Watched, size: Size, name: str) -> None:
    """Wait until all is delivered and quiet, judge, and say how it went."""
    watched.wait_delivered(seconds=180 if size is TENTH else 1_800)
    began = time.monotonic()
    if not size.real_time:
        watched.service.run("UPDATE scrm.clock SET offset_seconds = offset_seconds + %(lease)s", lease=LEASE)
    watched.wait_quiet(seconds=180 if size is TENTH else 1_800)
    recovery = time.monotonic() - began
    verdict = watched.judge()
    unique = len({(row["app"], row["key"]) for row in watched.attempts})
    report = f"{name}: seed {SEED}, {unique} unique callbacks, {len(watched.attempts)} attempts, {verdict}"
    sys.stdout.write(f"{report}, quiet {recovery:.1f} s after the last delivery\n")
    assert verdict.good, report


def every(size: Size, seconds: float, faults: list[Callable[[], None]]) -> None:
    """Spread faults over the length of the storm."""
    for fault in faults:
        time.sleep(seconds / len(faults))
        fault()


@pytest.mark.parametrize("size", SIZES)
def test_r1_doubled_shuffled_retried_callbacks_have_one_effect_each(watched: Watched, size: Size) -> None:
    storm(watched, size)
    greet(watched, 10)
    conclude(watched, size, "R1")


@pytest.mark.parametrize("size", SIZES)
def test_r3_killed_and_paused_workers_lose_nothing(watched: Watched, size: Size) -> None:
    dice = random.Random(SEED)
    seconds = 6.0 if size is TENTH else 300.0

    def pause() -> None:
        with watched.service.paused(dice.choice(WORKERS)):
            time.sleep(size.pause)

    def kill() -> None:
        watched.service.kill(dice.choice(WORKERS))

    faults = [kill] * size.faults + [pause] * (size.faults * 2 // 5)
    dice.shuffle(faults)
    storm(watched, size, seconds=seconds)
    greet(watched, 5)
    every(size, seconds, faults)
    conclude(watched, size, "R3")
    watched.service.wait_ready()


@pytest.mark.parametrize("size", SIZES)
def test_r4_emptied_killed_and_silent_redis_costs_nothing_but_time(watched: Watched, size: Size) -> None:
    dice = random.Random(SEED)
    seconds = 6.0 if size is TENTH else 200.0

    def flush() -> None:
        try:
            watched.service.redis().flushall()
        except RedisError:
            return  # being restarted

    def kill() -> None:
        watched.service.kill("redis")

    def silence() -> None:
        with watched.service.paused("redis"):
            time.sleep(size.absence)

    faults = [flush] * (size.faults // 5 + 1) + [kill] * (size.faults // 5) + [silence] * max(size.faults // 17, 1)
    dice.shuffle(faults)
    watched.collect()
    before = len(watched.attempts)
    storm(watched, size, seconds=seconds)
    greet(watched, 5)
    every(size, seconds, faults)
    conclude(watched, size, "R4")
    slow = [row for row in watched.attempts[before:] if row["status"] != 200]
    assert not slow, f"callbacks were not answered with Redis gone: {slow[:3]}"


@pytest.mark.parametrize("size", SIZES)
def test_every_process_killed_in_turn_heals_by_itself(watched: Watched, size: Size) -> None:
    names = ("web", *WORKERS, "redis", "postgres")
    turns = 1 if size is TENTH else 7
    seconds = 10.0 * turns
    storm(watched, replace(size, callbacks=size.callbacks // 2), seconds=seconds)
    every(size, seconds, [lambda name=name: watched.service.kill(name) for name in names * turns])  # type: ignore[misc]
    conclude(watched, size, "all in turn")
    watched.service.wait_ready()
