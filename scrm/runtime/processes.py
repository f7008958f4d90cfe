"""Child processes of ours: start one for the length of a block, take in and end those that were left to us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OURS_ALONE = frozenset({"SCRM_SECRET_KEY", "SCRM_DATABASE_URL"})
_PR_SET_CHILD_SUBREAPER = 36


@contextmanager
def running(argv: list[str], log: Path, *, stop: signal.Signals, seconds: float = 10) -> Iterator[None]:
    """Run a program for the length of the block; after ``seconds`` without an end it is killed."""
    with open(log, "ab", opener=private) as output:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment(), process_group=0
        )
    try:
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment() -> dict[str, str]:
    """Our environment for a child, without what it needs not know: the secret key and the owner's login.

    And without libpq's variables, which would redirect or break connections to the embedded server.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("PG") and name not in _OURS_ALONE}


def private(path: str, flags: int) -> int:
    """An opener of files that nobody else may read."""
    return os.open(path, flags, 0o600)


def adopt_orphans() -> None:
    """From now on a process whose parent dies below us becomes our child, so that none is ever out of sight."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury(keep: int | None) -> None:
    """Collect the exit codes of adopted processes; the exit code of ``keep`` is left to its owner."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid == keep:
            return
        with suppress(ChildProcessError):
            os.waitpid(ended.si_pid, os.WNOHANG)


def children() -> list[int]:
    """Numbers of our living direct children."""
    me = os.getpid()
    return [pid for pid, parent, state in _table() if parent == me and state != "Z"]


def end_children(*, patience: float) -> None:
    """Wait for all children to end by themselves, kill those that have not after ``patience`` seconds, bury all."""
    deadline = time.monotonic() + patience
    while left := children():
        if time.monotonic() > deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        bury(None)
        time.sleep(0.05)
    bury(None)


def mentioning(text: str) -> list[int]:
    """Numbers of other processes with this text in their command line."""
    needle = text.encode()
    found = []
    for pid, _, _ in _table():
        with suppress(OSError):
            if pid != os.getpid() and needle in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def _table() -> list[tuple[int, int, str]]:
    rows = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            # The name in parentheses may itself hold spaces and parentheses.
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            rows.append((int(entry.name), int(parent), state))
    return rows
