"""A child process of the archive (`archive_process`), seen from its parent; started anew when it has died."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from scrm.wecom.client.archive_frames import BROKEN, NOT_LOADED, read_frame, write_frame
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, sdk_refusal

log = structlog.get_logger(__name__)

CRASHED = -2  # a code of the parent: the process died of the question, or did not answer in time
_STARTS = 30.0  # seconds
_ENDS = 5.0  # seconds until a killed process is given up
QUESTIONS = 1_000  # after which a process is started anew
GROWTH = 48 * 2**20  # bytes that it may take beyond what it had after its first answer


class Child:
    """One question at a time; ``greeting`` is asked of each process that is started, ``core`` is where it runs.

    A process that has not answered within ``seconds`` is ended, whatever it is at.
    """

    def __init__(self, *, seconds: float, greeting: dict[str, Any] | None = None, core: int | None = None) -> None:
        self._seconds, self._greeting, self._core = seconds, greeting, core
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._questions = self._size = 0
        self._asked_at = time.monotonic()

    def ask(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Raises `ArchiveRefused`: ``CRASHED`` says that the question is to blame, or that somebody killed us."""
        with self._lock:
            self._asked_at = time.monotonic()
            if self._closed:
                raise ArchiveRefused(BROKEN, Reaction.RETRY, "the archive is connected no more")
            process = self._process
            if process is None or process.poll() is not None:
                process = self._start()
            answer = self._exchange(process, head, body)
            self._renew(process)
            return answer

    def rest(self, idle: float) -> None:
        """End the process if it has had no question for so long; one that is at a question stays."""
        if self._process is None or not self._lock.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._asked_at >= idle:
                self.end()
        finally:
            self._lock.release()

    def close(self) -> None:
        """End for good, also in the middle of a question."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        if self._lock.acquire(timeout=_ENDS):
            self.end()
            self._lock.release()

    def end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what was not written yet has nobody to read it
                if pipe is not None:
                    pipe.close()

    def _renew(self, process: "subprocess.Popen[bytes]") -> None:
        """A library that leaks, or keeps what a large page took, is started anew with the next question."""
        self._questions += 1
        size = _resident(process.pid)
        self._size = self._size or size
        if self._questions >= QUESTIONS or size - self._size > GROWTH:
            log.info("archive.child_renewed", questions=self._questions, bytes=size)
            self.end()

    def _start(self) -> "subprocess.Popen[bytes]":
        self.end()
        process = subprocess.Popen(
            [sys.executable, "-m", "scrm.wecom.client.archive_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        self._questions = self._size = 0
        if self._core is not None and hasattr(os, "sched_setaffinity"):
            with suppress(OSError):  # the core may have been taken from us; it is but for speed
                os.sched_setaffinity(process.pid, {self._core})
        if self._answer(process, None, b"", _STARTS) is None:
            raise ArchiveRefused(BROKEN, Reaction.RETRY, "the archive's process does not start")
        if self._greeting is not None:
            try:
                self._exchange(process, self._greeting, b"")
            except ArchiveRefused:
                self.end()
                raise
        return process

    def _exchange(
        self, process: "subprocess.Popen[bytes]", head: dict[str, Any], body: bytes
    ) -> tuple[dict[str, Any], bytes]:
        frame = self._answer(process, head, body, self._seconds)
        if frame is None:
            log.error("archive.library_crashed", call=head["call"], exit_code=process.returncode)
            raise ArchiveRefused(CRASHED, Reaction.RETRY, "the library crashed or hung")
        answer, found = frame
        code = int(answer["code"])
        if code == NOT_LOADED:
            raise ArchiveRefused(code, Reaction.CONFIG, "the library cannot be loaded")
        if code == BROKEN:
            raise ArchiveRefused(code, Reaction.RETRY, f"the archive's process fails: {answer['reason']}")
        if code:
            raise sdk_refusal(code)
        return answer, found

    def _answer(
        self, process: "subprocess.Popen[bytes]", head: dict[str, Any] | None, body: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes] | None:
        """What it answers to a question, or says by itself; none where it ended instead, or had to be ended."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a child without pipes")
        # A kill ends every wait: for room in the pipe, for the answer, for the rest of it. A stopped process obeys too.
        watch = threading.Timer(seconds, process.kill)
        watch.start()
        try:
            if head is not None:
                write_frame(process.stdin, head, body)
            frame = read_frame(process.stdout)
        except OSError:
            frame = None
        except BaseException:  # half a question or answer must not meet the next one
            self.end()
            raise
        finally:
            watch.cancel()
        if frame is None:
            self.end()
        return frame


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not say."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
