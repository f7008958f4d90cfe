"""Locks of one installation, held by the kernel for as long as the process lives."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held(path: Path, *, shared: bool = False, seconds: float = 0) -> Iterator[bool]:
    """Hold the lock during the block if it can be had within ``seconds``; yields whether it could.

    An exclusive holder leaves its process number in the file for messages.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        got = _taken(file.fileno(), fcntl.LOCK_SH if shared else fcntl.LOCK_EX, seconds)
        if got and not shared:
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
        yield got


def is_held(path: Path) -> bool:
    """True if some process holds the lock exclusively now."""
    if not path.exists():
        return False
    with path.open() as file:
        return not _taken(file.fileno(), fcntl.LOCK_SH, 0)


def _taken(descriptor: int, kind: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        else:
            return True
