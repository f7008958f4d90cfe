"""Whoever may write to Redis runs no code: a worker takes one function, JSON, and nothing besides."""

import json
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Callback, Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from scrm.core.doorbell import Lane, redis_connection
from scrm.core.rings import DRAIN_JOB, Ring, lane_queue, queue_name
from scrm.runtime.errors import Refused
from scrm.runtime.given_servers import guarded
from workers import worker


@pytest.fixture
def redis(service: str) -> Iterator["Redis"]:
    connection = redis_connection()
    connection.flushall()
    yield connection
    connection.flushall()


class Pickled:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.path,)


def work(redis: "Redis") -> None:
    """Carry out what lies in the lane, as a worker does, and stop."""
    taker = worker.LaneWorker(
        [lane_queue(Lane.BULK, redis)], connection=redis, job_class=Ring, serializer=JSONSerializer
    )
    taker.work(burst=True, logging_level="CRITICAL")


@pytest.mark.parametrize("shape", ["function", "pickle", "instance", "arguments", "meta", "result"])
def test_what_is_no_ring_is_not_run(shape: str, redis: "Redis", tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    plain = Queue(queue_name(Lane.BULK), connection=redis, serializer=JSONSerializer)
    if shape == "function":
        plain.enqueue("pathlib.Path.touch", str(witness))
        plain.enqueue("os.system", f"touch {witness}")
    elif shape == "pickle":
        Queue(queue_name(Lane.BULK), connection=redis).enqueue("builtins.print", Pickled(witness))
    elif shape == "arguments":
        plain.enqueue(DRAIN_JOB, "1; touch", f"touch {witness}")
        plain.enqueue(DRAIN_JOB, 1, "bulk", lane=str(witness))
    else:
        job = plain.enqueue(DRAIN_JOB, 999_999, "nowhere")
        redis.hset(
            job.key, {"instance": "data", "meta": "meta", "result": "result"}[shape], pickle.dumps(Pickled(witness))
        )
    work(redis)
    assert not witness.exists()
    assert redis.llen(plain.key) == 0, "it is still there"


def touch(_job: Job, _connection: "Redis", *_more: Any) -> None:
    """A callback that whoever writes to Redis might name."""
    Path(_job.description or "").touch()


def test_ring_calls_nobody_back(redis: "Redis", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drained: list[tuple[int, str]] = []
    monkeypatch.setattr(worker, "drain_job", lambda corp, lane: drained.append((corp, lane)))
    witness = tmp_path / "ran"
    plain = Queue(queue_name(Lane.BULK), connection=redis, serializer=JSONSerializer)
    plain.enqueue(
        DRAIN_JOB,
        1,
        "bulk",
        description=str(witness),
        on_success=Callback("tests.workers.test_rings.touch"),
        on_failure=Callback("tests.workers.test_rings.touch"),
    )
    job = plain.jobs[0]
    redis.hset(job.key, "webhooks", json.dumps([{"url": "http://127.0.0.1:9/", "job_status": "finished"}]))
    restored = Ring.fetch(job.id, connection=redis, serializer=JSONSerializer)
    assert restored.webhooks in ([], None) and restored.success_callback is None and restored.failure_callback is None
    work(redis)
    assert drained == [(1, "bulk")] and not witness.exists()


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("unix:///run/redis.sock?db=0", True),
        ("redis://127.0.0.1:6379/0", True),
        ("redis://localhost/0", True),
        ("redis://[::1]:6379/0", True),
        ("redis://:secret@redis.example.com/0", True),
        ("rediss://redis.example.com/0", True),
        ("redis://redis.example.com/0", False),
        ("redis://10.0.0.7:6379", False),
    ],
)
def test_remote_redis_needs_a_password_or_tls(address: str, good: bool) -> None:
    if good:
        guarded(address)
    else:
        with pytest.raises(Refused, match="rediss"):
            guarded(address)
