"""`scrm up`: the whole service on one machine, from the first check to the last process."""

import os
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from scrm.core.settings import Settings, service_url, settings
from scrm.runtime import checks, locks, places, postgres, processes, programs, ready, redis, supervision
from scrm.runtime.errors import Refused
from scrm.runtime.places import Places
from scrm.runtime.secret import make_secret_key
from scrm.runtime.supervision import Program, Supervisor

STOP_SECONDS = 9
_READY_SECONDS = 90


class Stopping(BaseException):
    """A signal asks us to stop; not an `Exception`, so that nobody takes it for an error to handle."""


class Progress:
    """Calm lines on the console: what was done and how long it took."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._begun = time.monotonic()
        self._last = self._begun

    @property
    def total(self) -> float:
        return time.monotonic() - self._begun

    def done(self, zh: str, en: str) -> None:
        now = time.monotonic()
        self.say(f"  ✓ {zh} / {en}  ({now - self._last:.1f} s)")
        self._last = now

    def say(self, line: str = "") -> None:
        # Written without waiting: a terminal on hold must not hold up the supervision.
        self._out.write(line + "\n")
        self._out.flush()


def up(*, demo: bool, backed_up: bool = False, out: TextIO = sys.stdout) -> None:
    """Run until a signal asks to stop; raises `Refused` with one sentence if the service cannot start here."""
    progress = Progress(out)
    config = settings()
    checks.demo_stays_home(config, demo=demo)
    there = places.places(config.data_dir)
    checks.disk_space(config)
    places.prepare(there)
    with ExitStack() as stack:
        # A command that asks whether we run holds the lock for a moment.
        if not stack.enter_context(locks.held(there.run / "up.lock", seconds=1)):
            raise Refused(
                f"服务已在运行（数据目录 {there.data}）：请先停止它",
                f"the service is already running on {there.data}; stop it first",
            )
        if not stack.enter_context(locks.held(there.run / "use.lock", seconds=30)):
            raise Refused(
                "另一个 scrm 命令仍在使用数据库，请稍后再试", "another scrm command is using the database; try again"
            )
        _await_predecessor(there)
        checks.port_free(config.host, config.port)
        if config.database_url or config.redis_url:
            from scrm.runtime import given_servers  # SQLAlchemy, which the embedded servers need not wait for

            given_servers.check(config)
        progress.done("环境检查", "checks")
        _Run(there, config, progress, demo=demo, backed_up=backed_up).run()


class _Run:
    """One run of the service."""

    def __init__(self, there: Places, config: Settings, progress: Progress, *, demo: bool, backed_up: bool) -> None:
        self._there = there
        self._given = config
        self._progress = progress
        self._demo = demo
        self._backed_up = backed_up
        self._simulator_port = checks.free_port(config.port + 1) if demo else 0
        self._supervisor = Supervisor(there, self._list_programs())
        self._logins: list[tuple[str, str, str]] = []
        self._pids: dict[str, int] = {}
        self._asked_to_stop = False
        self._ended = threading.Event()

    def run(self) -> None:
        make_secret_key(self._given)
        processes.adopt_orphans()
        _set_environment(self._there, self._given, simulator_port=self._simulator_port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start(self._progress)
            self._install_demo()
            self._announce()
            self._turn_months()
            while True:
                time.sleep(1)
                self._look_after()
        except Stopping:
            pass
        except Exception:
            if not self._asked_to_stop:  # else it only comes of what the signal interrupted
                raise
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # impatience must not interrupt the orderly stop
            self._progress.say("\n正在停止 / stopping …")
            begun = time.monotonic()
            self._ended.set()
            self._supervisor.stop(seconds=STOP_SECONDS)
            processes.end_children(patience=1)
            _lent_key(self._there).unlink(missing_ok=True)
            self._progress.say(f"已停止 / stopped  ({time.monotonic() - begun:.1f} s)")

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._asked_to_stop = True
        raise Stopping

    def _list_programs(self) -> list[Program]:
        found = programs.embedded(self._there, self._given)
        if self._demo:
            found.append(programs.simulator(self._there, self._given, self._simulator_port))
        return [*found, *programs.service(self._given)]

    def _start(self, progress: Progress | None = None) -> None:
        self._supervisor.start(_service_environment())
        # Imported while the servers start, not before: loading SQLAlchemy and Alembic takes as long as they do.
        from scrm.runtime import upgrading
        from scrm.wecom import corps

        if not self._given.database_url:
            postgres.wait_ready(self._there)
        if not self._given.redis_url:
            redis.wait_ready(self._there)
        if progress:
            progress.done("PostgreSQL、Redis", "PostgreSQL, Redis")
        upgrading.upgrade(settings(), self._there.data, self._progress.done, backed_up=self._backed_up)
        corps.check_key()
        if not self._demo:
            from scrm.wiring import demo

            demo.put_demo_away()  # before the first request can come
        if progress:
            progress.done("数据库结构", "database schema")
        for group in ("work", "web"):
            self._supervisor.start_group(group)

    def _install_demo(self) -> None:
        if self._demo:
            from scrm.wiring import demo as its_demo  # while web server and workers load the same

            _await_listener(self._simulator_port)
            self._logins = its_demo.install_demo()
            self._progress.done("演示企业", "demo corp")

    def _announce(self) -> None:
        ready.wait(self._given, still_there=lambda: self._supervisor.alive, seconds=_READY_SECONDS)
        self._progress.done("网站、任务进程、调度器", "web server, workers, scheduler")
        say = self._progress.say
        say(f"\n企业微信 SCRM 已就绪 / ready in {self._progress.total:.1f} s\n")
        say(f"    {self._given.public_url}\n")
        for warning in checks.warnings(self._given):
            say(f"    {warning}")
        if self._logins:
            say("    演示账号 / demo logins")
            for role, name, password in self._logins:
                say(f"    {role:<16} {name:<20} {password}")
            say(f"\n    模拟企业微信 / play the world: {self._given.public_url}/simulator")
        say("\nCtrl-C 停止 / stops everything.")
        self._remember_pids()

    def _turn_months(self) -> None:
        from scrm.runtime import months

        def failed(error: str) -> None:
            self._progress.say(f"月份分区未能建立，稍后重试 / the months were not made; trying again later ({error})")

        config = settings()
        months.keep_turning(
            config.database_url, readings_months=config.readings_months, stop=self._ended, failed=failed
        )

    def _remember_pids(self) -> None:
        self._pids = {name: row["pid"] for name, row in self._supervisor.state().items()}

    def _look_after(self) -> None:
        """See to what supervisord does not: itself, and programs that it has given up."""
        if not self._supervisor.alive:
            self._progress.say("进程管理器中断，正在重新启动 / the process supervisor died; starting anew")
            processes.end_children(patience=5)
            self._supervisor = Supervisor(self._there, self._list_programs())
            self._start()
            ready.wait(self._given, still_there=lambda: self._supervisor.alive, seconds=_READY_SECONDS)
            self._remember_pids()
            self._progress.say("已恢复 / healed")
            return
        processes.bury(self._supervisor.pid)
        for name, row in self._supervisor.state().items():
            if row["statename"] == "FATAL":
                self._progress.say(f"{name} 无法启动，再试一次 / does not start; trying again, see var/log/{name}.log")
                self._supervisor.revive(row)
            elif row["statename"] == "RUNNING" and row["pid"] != self._pids.get(name):
                if name in self._pids:
                    self._progress.say(f"{name} 已自动重启 / was restarted (pid {self._pids[name]} → {row['pid']})")
                self._pids[name] = row["pid"]


def _service_environment() -> dict[str, str]:
    """What the processes under supervision are told: never the owner's login, nor the key itself."""
    return processes.environment() | {"SCRM_DATABASE_URL": service_url(os.environ["SCRM_DATABASE_URL"])}


def _lent_key(there: Places) -> Path:
    return there.run / "secret_key"


def _lend_key(there: Places) -> None:
    """A key that came in the environment becomes a file for as long as we run, and leaves the environment."""
    if not (given := os.environ.pop("SCRM_SECRET_KEY", "")):
        return
    path = _lent_key(there)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(given + "\n")
    os.environ["SCRM_SECRET_KEY_FILE"] = str(path)


def _set_environment(there: Places, config: Settings, *, simulator_port: int) -> None:
    """Tell this process and its children what has been decided."""
    os.environ["SCRM_DATA_DIR"] = str(there.data)
    os.environ["SCRM_DATABASE_URL"] = config.database_url or postgres.owner_url(there)
    os.environ["SCRM_REDIS_URL"] = config.redis_url or redis.url(there)
    os.environ["SCRM_SUPERVISED"] = "1"
    if named := os.environ.get("SCRM_SECRET_KEY_FILE"):
        os.environ["SCRM_SECRET_KEY_FILE"] = str(Path(named).absolute())
    _lend_key(there)
    os.environ["SCRM_DEMO"] = "1" if simulator_port else ""
    os.environ["SCRM_SIMULATOR_URL"] = f"http://127.0.0.1:{simulator_port}" if simulator_port else ""
    settings.cache_clear()


def _await_predecessor(there: Places) -> None:
    """Wait for the processes of a run that was killed; they stop by themselves when their parent is gone."""
    text = str(supervision.configuration_file(there))
    deadline = time.monotonic() + STOP_SECONDS + 2
    while left := processes.mentioning(text):
        if time.monotonic() > deadline:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.1)


def _await_listener(port: int, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise Refused("模拟企业微信没有启动", "the WeCom simulator did not start") from None
            time.sleep(0.05)
        else:
            return
