"""Readiness: who is missing is named, and soon."""

import requests

from scrm.core import heartbeat
from scrm.core.doorbell import Lane
from tests.support.moved_clock import later


def test_process_that_is_gone_for_good_is_named_within_seconds(service: str) -> None:
    workers = [heartbeat.worker_name(lane) for lane in Lane]
    for name in (*workers, heartbeat.SCHEDULER):
        heartbeat.beat(name)
    assert requests.get(f"{service}/readyz", timeout=5).status_code == 200
    with later(heartbeat.STALE_SECONDS + 1):
        for name in workers[1:]:
            heartbeat.beat(name)
        answer = requests.get(f"{service}/readyz", timeout=5)
    assert answer.status_code == 503
    assert f"{workers[0]}, {heartbeat.SCHEDULER}" in answer.json()["detail_en"]
    assert workers[1] not in answer.text
    assert heartbeat.STALE_SECONDS <= 10
