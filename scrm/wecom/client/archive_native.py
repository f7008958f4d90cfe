"""The archive through WeCom's own library, in child processes: it is known to crash."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from scrm.wecom.client import archive_content, archive_openers
from scrm.wecom.client.archive_child import Child
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import Envelope, MediaChunk, Sealed

_TIMEOUT = 10  # seconds the library waits for WeCom
_HANGS = 45.0  # seconds after which its process is given up


class NativeArchive:
    """`scrm.wecom.port.archive.Archive` by ``libWeWorkFinanceSdk_C.so``.

    Pages and files are asked for one at a time, as a handle wants it; opening needs none.
    """

    def __init__(self, credentials: ArchiveCredentials) -> None:
        self._library = credentials.library
        # By the pipe, not the command line: that one is for everybody on the machine to read.
        self._child = Child(
            seconds=_HANGS,
            greeting={
                "call": "init",
                "library": credentials.library,
                "corp_id": credentials.corp_id,
                "secret": credentials.secret,
                "proxy": credentials.proxy,
                "timeout": _TIMEOUT,
            },
        )
        self._lock = threading.Lock()

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        _, body = self._ask({"call": "chat", "seq": seq, "limit": limit})
        return archive_content.envelopes(archive_content.parse(body))

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        return archive_openers.open_each(self._library, private_keys, envelopes)

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        head, body = self._ask({"call": "media", "index": index_buf, "sdkfileid": sdkfileid})
        return MediaChunk(body, str(head["index"]), bool(head["finish"]))

    def close(self) -> None:
        with self._lock:
            self._child.end()

    def _ask(self, head: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            return self._child.ask(head)
