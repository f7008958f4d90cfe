"""A call without an answer gives its place to the next, and whoever found no place hears of one."""

import threading
import time

import pytest

from scrm.core.doorbell import Lane, doorbell
from scrm.core.queue import flights as module
from scrm.core.queue.flights import LANDINGS_PER_CORP, PER_CORP, Flights
from tests.support.patience import until


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Lane]]:
    found: list[tuple[int, Lane]] = []
    monkeypatch.setattr(doorbell, "ring", lambda corp, lane: found.append((corp, lane)))
    return found


def test_calls_without_an_answer_make_room_for_others(
    rung: list[tuple[int, Lane]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOW_SECONDS", 1.0)
    monkeypatch.setattr(module, "SLOW_PER_CORP", 4)
    flights, answered = Flights(), threading.Event()

    def hang() -> None:
        answered.wait()

    try:
        for _ in range(PER_CORP):
            flights.begin(1, Lane.URGENT, hang)
        assert [flights.room(1, Lane.URGENT), flights.room(2, Lane.URGENT)] == [0, PER_CORP]
        until(lambda: rung and flights.room(1, Lane.URGENT) >= 4, "nobody was told that a place is free")
        assert set(rung) == {(1, Lane.URGENT)}
        assert flights.room(1, Lane.URGENT) == 4
        for _ in range(4):
            flights.begin(1, Lane.URGENT, hang)
        time.sleep(1.1)  # until they are slow themselves
        assert flights.room(1, Lane.URGENT) == 0, "there is a number of those, too"
    finally:
        answered.set()  # its threads would outlive the run
    flights.wait_own(1, Lane.URGENT)
    assert flights.room(1, Lane.URGENT) == PER_CORP


def test_a_corps_answers_are_stored_a_few_at_a_time() -> None:
    flights, most, now = Flights(), 0, 0
    lock = threading.Lock()

    def land() -> None:
        nonlocal most, now
        with flights.landing(1):
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.02)
            with lock:
                now -= 1

    for _ in range(PER_CORP):
        flights.begin(1, Lane.BULK, land)
    with flights.landing(2):
        flights.wait_own(1, Lane.BULK)
    assert most == LANDINGS_PER_CORP
