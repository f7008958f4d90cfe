"""Supervision: healing, order of stopping, and nobody left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrm.runtime import places, processes
from scrm.runtime.places import Places
from scrm.runtime.supervision import Program, Supervisor
from tests.support.patience import until

# Notes its name when asked to stop, so that a test can read the order.
_PROGRAM = """
import signal, sys, time
from pathlib import Path
def stop(*_):
    with Path(sys.argv[2]).open("a") as file:
        file.write(sys.argv[1] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
Path(sys.argv[2]).with_name(sys.argv[1] + ".ready").touch()
time.sleep(600)
"""

_OWNER = """
import sys, time
from pathlib import Path
from scrm.runtime.places import Places
from scrm.runtime.supervision import Program, Supervisor
there = Places(Path(sys.argv[1]), Path(sys.argv[1]) / "s")
program = Program(name="one", argv=[sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]],
                  group="one", order=1, at_once=True)
Supervisor(there, [program]).start({})
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def there() -> Iterator[Places]:
    place = places.throwaway()
    yield place
    for pid in processes.mentioning(str(place.data)):
        os.kill(pid, signal.SIGKILL)
    places.discard(place)


@pytest.fixture
def supervisor(there: Places) -> Iterator[Supervisor]:
    found = Supervisor(there, [_program(there, name, order) for name, order in (("low", 1), ("high", 2))])
    found.start(dict(os.environ))
    until(lambda: _running(found) == {"low", "high"}, "the programs do not run")
    until(lambda: len(list(there.data.glob("*.ready"))) == 2, "the programs are not ready")
    yield found
    found.stop(seconds=5)


def test_killed_program_is_started_again(supervisor: Supervisor) -> None:
    before = supervisor.state()["low"]["pid"]
    os.kill(before, signal.SIGKILL)
    until(lambda: supervisor.state()["low"]["pid"] not in {before, 0}, "it is not started again")
    until(lambda: _running(supervisor) == {"low", "high"}, "it does not run again")


def test_groups_stop_in_their_order_and_by_themselves(there: Places, supervisor: Supervisor) -> None:
    supervisor.stop(seconds=60)
    assert (there.data / "stopped").read_text().split() == ["high", "low"]
    said = (there.log / "supervisord.log").read_text()
    assert "stopped: low" in said and "SIGKILL" not in said, "one was killed that would have ended by itself"
    assert not processes.mentioning(str(there.data))


def test_programs_die_with_a_killed_supervisor(there: Places, supervisor: Supervisor) -> None:
    assert supervisor.pid
    os.kill(supervisor.pid, signal.SIGKILL)
    until(lambda: not supervisor.alive, "the supervisor lives")
    until(lambda: not processes.mentioning(str(there.data / "stopped")), "a program outlives its supervisor")


def test_supervisor_and_programs_die_with_their_killed_owner(there: Places) -> None:
    with subprocess.Popen([sys.executable, "-c", _OWNER, str(there.data)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "started\n"
        assert processes.mentioning(str(there.data))
        owner.send_signal(signal.SIGKILL)
    until(lambda: not processes.mentioning(str(there.data)), "somebody outlives the owner")


def test_unusual_characters_in_a_path_survive_the_configuration(there: Places) -> None:
    mark = there.data / "50% of 'it' 张三"
    touch = [sys.executable, "-c", "import sys, time; open(sys.argv[1], 'w'); time.sleep(600)", str(mark)]
    supervisor = Supervisor(there, [Program(name="odd", argv=touch, group="odd", order=1, at_once=True)])
    supervisor.start(dict(os.environ))
    try:
        until(mark.exists, "the program does not start")
    finally:
        supervisor.stop(seconds=5)


def _program(there: Places, name: str, order: int) -> Program:
    script = there.data / "program.py"
    script.write_text(_PROGRAM)
    argv = [sys.executable, str(script), name, str(there.data / "stopped")]
    return Program(name=name, argv=argv, group=name, order=order, at_once=True)


def _running(supervisor: Supervisor) -> set[str]:
    return {name for name, row in supervisor.state().items() if row["statename"] == "RUNNING"}


def test_stop_without_start_is_quiet(tmp_path: Path) -> None:
    Supervisor(Places(tmp_path, tmp_path), []).stop(seconds=1)
