"""The archive through WeCom's own library, in a child process that is started anew when the library crashes."""

import select
import subprocess
import sys
import threading
from typing import Any

import structlog

from scrm.wecom.client import archive_content
from scrm.wecom.client.archive_process import read_frame, write_frame
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, Envelope, MediaChunk, sdk_refusal

log = structlog.get_logger(__name__)

CRASHED = -2  # a code of ours: the library ended its process
_TIMEOUT = 10  # seconds the library waits for WeCom
_HANGS = 45  # seconds after which the process is given up


class NativeArchive:
    """`scrm.wecom.port.archive.Archive` by ``libWeWorkFinanceSdk_C.so``; one call at a time, as a handle wants it."""

    def __init__(self, credentials: ArchiveCredentials) -> None:
        self._credentials = credentials
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        _, body = self._ask({"call": "chat", "seq": seq, "limit": limit})
        return archive_content.envelopes(archive_content.parse(body))

    def decrypt_data(self, *, encrypt_key: str, encrypt_chat_msg: str) -> bytes:
        return self._ask({"call": "decrypt", "key": encrypt_key, "message": encrypt_chat_msg})[1]

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        head, body = self._ask({"call": "media", "index": index_buf, "sdkfileid": sdkfileid})
        return MediaChunk(body, str(head["index"]), bool(head["finish"]))

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, head: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._exchange(head)

    def _start(self) -> None:
        self._end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scrm.wecom.client.archive_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        known = self._credentials
        # By the pipe, not the command line: that one is for everybody on the machine to read.
        head = {"call": "init", "library": known.library, "corp_id": known.corp_id, "secret": known.secret}
        try:
            self._exchange({**head, "proxy": known.proxy, "timeout": _TIMEOUT})
        except ArchiveRefused:
            self._end()
            raise

    def _exchange(self, head: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("the archive's process has not been started")
        frame = None
        try:
            write_frame(process.stdin, head, b"")  # type: ignore[arg-type]  # IO[bytes], as good as BinaryIO here
            if select.select([process.stdout], [], [], _HANGS)[0]:
                frame = read_frame(process.stdout)  # type: ignore[arg-type]
        except OSError:
            frame = None
        if frame is None:
            log.error("archive.library_crashed", call=head["call"], exit_code=process.poll())
            self._end()
            raise ArchiveRefused(CRASHED, Reaction.RETRY, "the library crashed or hung")
        answer, body = frame
        if answer["code"] == -1:
            raise ArchiveRefused(-1, Reaction.CONFIG, "the library cannot be loaded")
        if answer["code"]:
            raise sdk_refusal(int(answer["code"]))
        return answer, body

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
        self._process = None
