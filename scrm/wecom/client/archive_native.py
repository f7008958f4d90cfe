"""The archive through WeCom's own library, in child processes: it is known to crash."""

from collections.abc import Mapping, Sequence
from typing import Any

from scrm.wecom.client import archive_content
from scrm.wecom.client.archive_child import Child
from scrm.wecom.client.archive_openers import Openers
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import Envelope, MediaChunk, Sealed

_TIMEOUT = 10  # seconds the library waits for WeCom
_HANGS = 45.0  # seconds after which its process is given up


class NativeArchive:
    """`scrm.wecom.port.archive.Archive` by ``libWeWorkFinanceSdk_C.so``.

    Pages are asked for one at a time, as a handle wants it, and so are files, by a handle of their own: a file that
    hangs must not keep the pages waiting. Opening needs none.
    """

    def __init__(self, credentials: ArchiveCredentials) -> None:
        # By the pipe, not the command line: that one is for everybody on the machine to read.
        greeting = {
            "call": "init",
            "library": credentials.library,
            "corp_id": credentials.corp_id,
            "secret": credentials.secret,
            "proxy": credentials.proxy,
            "timeout": _TIMEOUT,
        }
        self._children = {call: Child(seconds=_HANGS, greeting=greeting) for call in ("chat", "media")}
        self._openers = Openers(credentials.library)

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        _, body = self._ask({"call": "chat", "seq": seq, "limit": limit})
        return archive_content.envelopes(archive_content.parse(body))

    def read_row(self, *, raw: bytes) -> Envelope:
        return archive_content.envelope(raw)

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        return self._openers.open_each(private_keys, envelopes)

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        head, body = self._ask({"call": "media", "index": index_buf, "sdkfileid": sdkfileid})
        return MediaChunk(body, str(head["index"]), bool(head["finish"]))

    def rest(self, idle: float) -> None:
        self._openers.rest(idle)
        for child in self._children.values():
            child.rest(idle)

    def close(self) -> None:
        self._openers.close()
        for child in self._children.values():
            child.close()

    def _ask(self, head: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        return self._children[head["call"]].ask(head)
