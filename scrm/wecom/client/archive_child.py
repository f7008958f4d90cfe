"""A child process of the archive (`archive_process`), seen from its parent; started anew when it has died."""

import os
import select
import subprocess
import sys
from typing import Any

import structlog

from scrm.wecom.client.archive_frames import read_frame, write_frame
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, sdk_refusal

log = structlog.get_logger(__name__)

CRASHED = -2  # a code of ours: the library ended its process
_HANGS = 45  # seconds after which the process is given up


class Child:
    """For one thread at a time; ``greeting`` is said to each process that is started, ``core`` is where it runs."""

    def __init__(self, greeting: dict[str, Any] | None = None, core: int | None = None) -> None:
        self._greeting, self._core = greeting, core
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Raises `ArchiveRefused`: ``CRASHED`` where the process died of the question."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        return self._exchange(head, body)

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
        self._process = None

    def _start(self) -> None:
        self.end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scrm.wecom.client.archive_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if self._core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self._process.pid, {self._core})
        if self._greeting is not None:
            try:
                self._exchange(self._greeting, b"")
            except ArchiveRefused:
                self.end()
                raise

    def _exchange(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("the child has not been started")
        frame = None
        try:
            write_frame(process.stdin, head, body)
            if select.select([process.stdout], [], [], _HANGS)[0]:
                frame = read_frame(process.stdout)
        except OSError:
            frame = None
        if frame is None:
            log.error("archive.library_crashed", call=head["call"], exit_code=process.poll())
            self.end()
            raise ArchiveRefused(CRASHED, Reaction.RETRY, "the library crashed or hung")
        answer, found = frame
        if answer["code"] == -1:
            raise ArchiveRefused(-1, Reaction.CONFIG, "the library cannot be loaded")
        if answer["code"]:
            raise sdk_refusal(int(answer["code"]))
        return answer, found
