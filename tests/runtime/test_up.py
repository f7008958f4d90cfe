"""`scrm up` as a whole: it gets ready, heals whatever is killed, stops cleanly, and comes back after the worst."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from scrm.core import settings
from scrm.runtime import checks, child, locks, places, postgres, processes, ready
from scrm.runtime.errors import Refused
from scrm.runtime.up import up
from tests.support.patience import until

KEY = "the secret key of a service under test"


class Service:
    """A `scrm up --no-demo` of one's own."""

    def __init__(self, data_dir: Path) -> None:
        self._env = {**os.environ, "SCRM_DATA_DIR": str(data_dir), "SCRM_PORT": str(checks.free_port(0))}
        self._env["SCRM_SECRET_KEY"] = KEY
        self.config = settings.read(self._env)
        self.places = places.places(data_dir)
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        argv = child.argv([sys.executable, "-m", "scrm.cli", "up", "--no-demo"])
        self.process = subprocess.Popen(argv, env=self._env, stdout=subprocess.DEVNULL, process_group=0)
        return self.process

    def is_ready(self) -> bool:
        return ready.asked(self.config) == ready.READY

    def pid_of(self, words: str) -> int:
        """The process under the supervisor whose command line has these words, 0 if there is none."""
        for pid in self.all():
            line = Path(f"/proc/{pid}/cmdline")
            if line.exists() and words in line.read_bytes().replace(b"\0", b" ").decode():
                return pid
        return 0

    def all(self) -> list[int]:
        """Every process of this service: its data directory in the environment, or its sockets in the command line."""
        found = processes.mentioning(str(self.places.sockets))  # Redis writes its title over its environment
        needle = os.fsencode(f"SCRM_DATA_DIR={self.places.data}\0")
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if needle in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return sorted({pid for pid in found if pid != os.getpid()})


@pytest.fixture
def service(data_dir: Path) -> Iterator[Service]:
    running = Service(data_dir)
    try:
        until(running.is_ready, "the service does not get ready", seconds=90)
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        until(lambda: not running.all(), "a process is left", seconds=30)


def test_second_service_on_the_same_data_is_refused_at_once(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = places.places(data_dir)
    places.prepare(there)
    naps: list[float] = []
    nap, here = time.sleep, threading.get_ident()

    def noted(seconds: float) -> None:
        if threading.get_ident() == here:  # others of this process have naps of their own
            naps.append(seconds)
        nap(seconds)

    monkeypatch.setattr(time, "sleep", noted)
    with locks.held(there.run / "up.lock"), locks.held(there.run / "use.lock"), pytest.raises(Refused, match="running"):
        up(demo=False)
    assert sum(naps) < 2, "it waits for a stop that nobody has asked for"


def test_service_heals_comes_back_after_the_worst_and_stops_cleanly(service: Service) -> None:
    """All in one life of one service: to start it costs more than all that is tried of it."""
    _keep_to_themselves(service)
    for words in (
        "workers.worker urgent",
        "workers.scheduler",
        "bin/postgres -D",
        "redis-server",
        "granian",
        "supervisord",
    ):
        before = service.pid_of(words)
        assert before, words
        os.kill(before, signal.SIGKILL)
        until(partial(_replaced, service, words, before), f"{words} is not started again")
        until(service.is_ready, "the service does not heal")
    for pid in service.all():
        os.kill(pid, signal.SIGKILL)
    service.process.wait()
    service.start()
    until(service.is_ready, "the service does not come back after everything was killed", seconds=90)
    service.process.send_signal(signal.SIGTERM)
    until(lambda: service.process.poll() is not None, "it does not stop", seen=service.all)
    assert service.process.returncode == 0
    assert service.all() == []
    assert not (service.places.run / "secret_key").exists()
    assert not processes.mentioning(str(service.places.cluster.resolve()))


def _keep_to_themselves(service: Service) -> None:
    """Neither key nor the owner's login in any process of the service, and nothing for others to read on the disk."""
    given = {pid: (Path("/proc") / str(pid) / "environ").read_bytes() for pid in service.all()}
    del given[service.process.pid]
    assert len([one for one in given.values() if b"SCRM_SUPERVISED=1" in one]) >= 7
    for environ in given.values():
        assert KEY.encode() not in environ and postgres.OWNER.encode() not in environ
        assert b"SCRM_DATABASE_URL=postgresql://scrm_app@/" in environ or b"SCRM_DATABASE_URL" not in environ
    there = service.places
    for path in (there.data, there.run, there.log):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    logs = [path for path in there.log.iterdir() if path.is_file()]
    assert len(logs) > 5
    for path in [*logs, there.run / "secret_key"]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o177 == 0, path


def _replaced(service: Service, words: str, before: int) -> bool:
    return service.pid_of(words) not in {0, before}
