"""What lies in Redis: rings, and nothing that a worker would run because it lies there.

Whoever may write to Redis must not run code here. RQ's own jobs name any function, bring pickles, callbacks and
addresses to call; ours are JSON, name the one function that drains, and bring nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

from scrm.core.lanes import Lane

DRAIN_JOB = "workers.worker.drain_job"

# What RQ needs to know of a job that calls nobody back, waits for none and comes once.
_KEPT = {
    b"created_at",
    b"enqueued_at",
    b"started_at",
    b"last_heartbeat",
    b"worker_name",
    b"origin",
    b"data",
    b"status",
    b"timeout",
    b"result_ttl",
    b"failure_ttl",
    b"ttl",
}


class NotOurs(Exception):
    """Something lies in the queue that is no ring."""


class Ring(Job):
    """An RQ job that says "drain this lane of this corp"; any other is refused before anything of it is run."""

    def restore(self, raw_data: Mapping[bytes, bytes]) -> Any:
        return super().restore({key: value for key, value in raw_data.items() if key in _KEPT})

    @property
    def func(self) -> Callable[..., Any]:
        corp, lane = self._asked()
        if type(corp) is not int or lane not in set(Lane):
            raise NotOurs("not a corp and a lane")
        function: Callable[..., Any] = import_attribute(DRAIN_JOB)
        return function

    def _asked(self) -> tuple[Any, Any]:
        if self.func_name != DRAIN_JOB or self.instance is not None or self.kwargs or len(self.args) != 2:
            raise NotOurs("not a ring")
        corp, lane = self.args
        return corp, lane


def queue_name(lane: Lane) -> str:
    return f"scrm-{lane.value}"


def lane_queue(lane: Lane, connection: "Redis") -> Queue:
    """The queue of a lane's rings."""
    return Queue(queue_name(lane), connection=connection, job_class=Ring, serializer=JSONSerializer)
