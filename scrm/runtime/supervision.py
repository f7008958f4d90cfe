"""supervisord: what it runs, in which order, and how we talk to it."""

import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

# Parsed without defences: the only other end is the supervisord that we started, on a socket that is ours alone.
from xmlrpc.client import Error as RpcError  # nosec B411
from xmlrpc.client import ServerProxy  # nosec B411

from supervisor.xmlrpc import SupervisorTransport

from scrm.runtime import child, processes
from scrm.runtime.account import Account
from scrm.runtime.errors import Refused
from scrm.runtime.places import Places


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process under supervision.

    Groups stop one after another, the highest ``order`` first; the programs of one group stop together.
    """

    name: str
    argv: list[str]
    group: str
    order: int
    at_once: bool = False
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 3


class Supervisor:
    """The running supervisord of one installation."""

    def __init__(self, there: Places, programs: list[Program]) -> None:
        self._there = there
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, environ: dict[str, str]) -> None:
        """Start supervisord and the programs that start at once; call from the main thread, which it dies with."""
        socket = _socket(self._there)
        socket.unlink(missing_ok=True)
        configuration = configuration_file(self._there)
        configuration.write_text(render(self._there, self._programs))
        argv = [sys.executable, "-m", "supervisor.supervisord", "-n", "-s", "-c", str(configuration)]
        with open(self._there.log / "supervisord.out", "wb", opener=processes.private) as output:
            # A process group of its own: Ctrl-C reaches us alone, so that we stop everything in order. What it and its
            # children write, logs above all, is for nobody else to read.
            self._process = subprocess.Popen(
                child.argv(argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environ,
                process_group=0,
                umask=0o077,
            )
        deadline = time.monotonic() + 15
        while not socket.exists():
            if not self.alive or time.monotonic() > deadline:
                raise Refused(
                    f"进程管理器没有启动，请查看 {self._there.log}/supervisord.out",
                    f"the process supervisor did not start; see {self._there.log}/supervisord.out",
                )
            time.sleep(0.02)
        self.state()  # a question ends supervisord's first one-second nap, so that it starts the programs now

    def start_group(self, group: str) -> None:
        """Start all programs of a group and return without waiting for them."""
        self._call("startProcessGroup", group, False)

    def state(self) -> dict[str, dict[str, Any]]:
        """Name of each program to supervisord's description of its process; empty if supervisord does not answer."""
        try:
            rows: list[dict[str, Any]] = self._call("getAllProcessInfo")
        except (OSError, RpcError, HTTPException):
            return {}
        return {row["name"]: row for row in rows}

    def revive(self, row: dict[str, Any]) -> None:
        """Start a program again on which supervisord has given up."""
        self._call("startProcess", f"{row['group']}:{row['name']}", False)

    def stop(self, *, seconds: float) -> None:
        """Stop everything in order; what has not ended in time is killed."""
        if self.alive and self._process:
            try:
                self._call("shutdown")  # the signal would wait for the end of supervisord's one-second nap
            except (OSError, RpcError, HTTPException):
                self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        _socket(self._there).unlink(missing_ok=True)

    def _call(self, method: str, *arguments: object) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{_socket(self._there)}")
        with ServerProxy("http://127.0.0.1", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)


def configuration_file(there: Places) -> Path:
    return there.run / "supervisord.conf"


def render(there: Places, programs: list[Program]) -> str:
    """supervisord's configuration as text."""
    socket = _socket(there)
    sections = [
        _section("unix_http_server", file=socket, chmod="0700"),
        _section("rpcinterface:supervisor", **{_FACTORY: "supervisor.rpcinterface:make_main_rpcinterface"}),
        _section("supervisorctl", serverurl=f"unix://{socket}"),
        _section(
            "supervisord",
            logfile=there.log / "supervisord.log",
            logfile_maxbytes="5MB",
            logfile_backups="2",
            pidfile=there.run / "supervisord.pid",
            childlogdir=there.log,
            **({"user": "root"} if os.geteuid() == 0 else {}),
        ),
    ]
    sections += [_program(there, program) for program in programs]
    for group, members in _groups(programs).items():
        names = ",".join(member.name for member in members)
        sections.append(_section(f"group:{group}", programs=names, priority=members[0].order))
    return "\n".join(sections)


_FACTORY = "supervisor.rpcinterface_factory"


def _program(there: Places, program: Program) -> str:
    account = (program.account.uid, program.account.gid) if program.account else None
    return _section(
        f"program:{program.name}",
        command=shlex.join(child.argv(program.argv, account=account, death_signal=program.stop_signal)),
        autostart="true" if program.at_once else "false",
        autorestart="true",
        startsecs="1",
        startretries="5",
        priority=program.order,
        stopsignal=program.stop_signal.name.removeprefix("SIG"),
        stopwaitsecs=program.stop_seconds,
        redirect_stderr="true",
        stdout_logfile=there.log / f"{program.name}.log",
        stdout_logfile_maxbytes="10MB",
        stdout_logfile_backups="3",
    )


def _section(name: str, **options: object) -> str:
    lines = [f"{key}={str(value).replace('%', '%%')}" for key, value in options.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _groups(programs: list[Program]) -> dict[str, list[Program]]:
    groups: dict[str, list[Program]] = {}
    for program in programs:
        groups.setdefault(program.group, []).append(program)
    return groups


def _socket(there: Places) -> Path:
    return there.sockets / "supervisor.sock"
