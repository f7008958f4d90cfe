"""Workers that are killed at any moment: forked from a process that has the service imported already.

Each lives for a blink, and to import the service takes longer than that.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

from scrm import wiring
from scrm.core.db import platform_transaction, transaction
from scrm.core.doorbell import Lane
from scrm.core.settings import settings
from scrm.runtime.child import die_with_parent
from scrm.wecom.archive import pull

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


def pull_archive(corp: int) -> None:
    """Pull the archive of a corp for ever, and look after it as the scheduler does."""
    while True:
        if not pull.QUEUE.drain_batch(corp, Lane.BULK):
            with transaction(corp) as session:
                pull.QUEUE.look_after(session)
            time.sleep(0.02)


def started(task: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """A process that does this task of a worker, about to begin; it dies with this one."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("SCRM_")}
    began = _forks.Event()
    process = _forks.Process(target=_run, args=(ours, began, task, arguments))
    process.start()
    assert began.wait(60), "the process did not begin"
    return process


def _run(
    ours: dict[str, str],
    began: "multiprocessing.synchronize.Event",
    task: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    die_with_parent(signal.SIGKILL)
    os.environ.update(ours)
    settings.cache_clear()
    wiring.wire()
    with platform_transaction():
        pass  # so that the clock is the deployment's
    began.set()
    task(*arguments)
