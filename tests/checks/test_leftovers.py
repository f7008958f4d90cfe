"""A test run that is killed leaves no process behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.patience import until

_RUN = """
from tests.support import simulated
with simulated.running() as simulator:
    print(simulator.address, flush=True)
    input()
"""


def test_simulator_ends_with_the_run_that_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None and run.stdout.readline()
        (simulator,) = _children(run.pid)
        os.kill(run.pid, signal.SIGKILL)
    until(lambda: not _alive(simulator), "the simulator outlives the run")


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
