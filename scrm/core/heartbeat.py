"""Signs of life: each worker and the scheduler writes when it last said that it is alive."""

from sqlalchemy.dialects.postgresql import insert

from scrm.core import clock
from scrm.core.db import platform_transaction
from scrm.core.doorbell import Lane
from scrm.core.platform import Heartbeat

SCHEDULER = "scheduler"
EVERY_SECONDS = 2
STALE_SECONDS = 10  # four missed beats: a busy machine may swallow one or two


def worker_name(lane: Lane) -> str:
    return f"worker-{lane.value}"


def beat(name: str) -> None:
    """Say that ``name`` is alive."""
    now = clock.now()
    with platform_transaction() as session:
        session.execute(
            insert(Heartbeat).values(name=name, at=now).on_conflict_do_update(index_elements=["name"], set_={"at": now})
        )
