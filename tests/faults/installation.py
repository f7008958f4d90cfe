"""The whole service under `scrm up`, in a data directory of its own, and the ways to hurt its processes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests
import yaml
from redis import Redis

from scrm.runtime import child, places, postgres, redis
from scrm.runtime.places import Places
from tests.support.patience import Patience
from tests.support.service import free_port
from tests.support.simulated import Simulator

WORKERS = ("worker-urgent", "worker-default", "worker-bulk", "scheduler")
PATIENT = 300  # seconds for one command or answer, on a machine that does four things at once
_MARKS = {
    "web": ("-m\0granian",),
    "worker-urgent": ("workers.worker\0urgent",),
    "worker-default": ("workers.worker\0default",),
    "worker-bulk": ("workers.worker\0bulk",),
    "scheduler": ("workers.scheduler",),
    "redis": ("redis-server",),
    "postgres": ("/postgres\0-D", "postgres\0-D"),
}


@dataclass(frozen=True)
class Installation:
    """A running service; processes are named as the supervisor names them."""

    there: Places
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Ask the database past the service, as the owner of its tables; waits while it is being restarted."""
        with self._database() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def run(self, query: str, **values: object) -> None:
        with self._database() as connection:
            connection.execute(query.encode(), values)

    def _database(self) -> "psycopg.Connection[tuple[Any, ...]]":
        patience = Patience(60)
        while True:
            try:
                return psycopg.connect(postgres.owner_url(self.there), autocommit=True)
            except psycopg.OperationalError as error:
                patience.go_on(str(error), "the database does not come back")
                time.sleep(0.2)

    def redis(self) -> "Redis":
        return Redis.from_url(redis.url(self.there), socket_timeout=2)

    def pids(self, name: str) -> list[int]:
        """The process of this name and, for the web server, its workers; parents first."""
        return sorted(
            pid
            for pid, words in _descendants(self.process.pid).items()
            if any(mark in words for mark in _MARKS[name]) and "scrm.runtime.child" not in words
        )

    def kill(self, name: str) -> None:
        for pid in self.pids(name)[:1]:
            _signal(pid, signal.SIGKILL)

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        pids = self.pids(name)
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                _signal(pid, signal.SIGCONT)

    def wait_ready(self, *, seconds: float = 60) -> None:
        """Until `/readyz` is content."""
        patience = Patience(seconds)
        while True:
            try:
                answer = requests.get(f"{self.web}/readyz", timeout=5)
                if answer.status_code == 200:
                    return
                reason = answer.text
            except requests.RequestException as error:
                reason = type(error).__name__
            assert self.process.poll() is None, (self.there.data / "up.log").read_text()
            patience.go_on(reason, "not ready")
            time.sleep(0.1)

    def connect(self, sim: Simulator, corp_id: str, folder: Path, *, seconds: float = 90, **spec: Any) -> str:
        """Make a corp in the simulator, connect it, wait for its first sync; its schema."""
        schema = self.begin(sim, corp_id, folder, **spec)
        self.wait_synced(schema, seconds=seconds)
        return schema

    def begin(self, sim: Simulator, corp_id: str, folder: Path, **spec: Any) -> str:
        """Make a corp in the simulator and connect it, by which its first sync begins; its schema."""
        sim.create_corp(corp_id, **spec)
        file = sim.corp_file(corp_id)
        for app in file["apps"]:
            url = f"{self.web}/wecom/callback/{corp_id}/{app['key']}"
            sim.call("PUT", f"/corps/{corp_id}/apps/{app['key']}/callback", {"url": url})
        path = folder / f"{corp_id}.yaml"
        path.write_text(yaml.safe_dump(file))
        self.command("corp", "apply", str(path))
        ((number,),) = self.rows("SELECT id FROM scrm.corp WHERE corp_id = %(corp)s", corp=corp_id)
        return f"corp_{number}"

    def wait_synced(self, schema: str, *, seconds: float) -> None:
        """Wait until all syncs of a corp have come to their end."""
        patience = Patience(seconds)
        while {state for (state,) in self.rows(f"SELECT state FROM {schema}.sync_run")} != {"done"}:
            query = f"SELECT name, state, done FROM {schema}.sync_step ORDER BY id DESC LIMIT 5"
            patience.go_on(self.rows(query), "the sync does not end")
            time.sleep(0.1)

    def command(self, *words: str) -> str:
        """What `scrm` says to these words."""
        argv = [sys.executable, "-m", "scrm.cli", *words]
        done = subprocess.run(
            argv, env=self._environment(), check=True, timeout=PATIENT, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    @contextmanager
    def more_workers(self, *lanes: str) -> Iterator[None]:
        """Another worker of each of these lanes, beside those of `scrm up`."""
        urls = {"SCRM_DATABASE_URL": postgres.owner_url(self.there), "SCRM_REDIS_URL": redis.url(self.there)}
        started = [
            subprocess.Popen(
                child.argv([sys.executable, "-m", "workers.worker", lane]),
                env={**self._environment(), **urls},
            )
            for lane in lanes
        ]
        try:
            yield
        finally:
            for process in started:
                process.kill()
                process.wait()

    def _environment(self) -> dict[str, str]:
        return environment(self.there.data, self.port)


def environment(data: Path, port: int) -> dict[str, str]:
    """This process's environment with no setting of the service but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCRM_")}
    return {**kept, "SCRM_DATA_DIR": str(data), "SCRM_PORT": str(port)}


@contextmanager
def installed() -> Iterator[Installation]:
    """`scrm up --no-demo`, ready; stopped and removed afterwards."""
    folder = places.throwaway()
    there = places.places(folder.data)  # as `scrm up` sees it
    port = free_port()
    with (there.data / "up.log").open("wb") as log:
        process = subprocess.Popen(
            child.argv([sys.executable, "-m", "scrm.cli", "up", "--no-demo"]),  # a run that is killed leaves nobody
            env=environment(there.data, port),
            stdout=log,
            stderr=log,
        )
    try:
        found = Installation(there, port, process)
        found.wait_ready(seconds=120)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        places.discard(there)
        places.discard(folder)
        shutil.rmtree(there.sockets, ignore_errors=True)


def _descendants(root: int) -> dict[int, str]:
    """Command lines of all processes below one."""
    parents: dict[int, int] = {}
    words: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words[int(folder.name)] = (folder / "cmdline").read_text(errors="replace")
        except OSError:
            continue
    below = {root}
    while more := {pid for pid, parent in parents.items() if parent in below and pid not in below}:
        below |= more
    return {pid: words[pid] for pid in below if pid in words}


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
