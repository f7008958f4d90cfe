"""The archive of the WeCom simulator, over HTTP."""

from collections.abc import Mapping, Sequence

import requests
from requests.adapters import HTTPAdapter

from scrm.core.outbound import Session
from scrm.wecom.client import archive_content
from scrm.wecom.client.archive_openers import Openers
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, Envelope, MediaChunk, Sealed, sdk_refusal

_SECONDS = (4, 30)


class SimulatedArchive:
    """`scrm.wecom.port.archive.Archive` of a corp whose ``api_base`` is a simulator on this machine."""

    def __init__(self, credentials: ArchiveCredentials) -> None:
        self._base = f"{credentials.api_base}/_sim/archive/{credentials.corp_id}"
        self._secret = credentials.secret
        self._openers = Openers("")
        self._http = Session()
        self._http.mount("http://", HTTPAdapter(pool_maxsize=8))

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        answer = self._post("chatdata", {"secret": self._secret, "seq": seq, "limit": limit})
        values = archive_content.parse(answer.content)
        if not isinstance(values, dict):
            raise ArchiveRefused(10002, Reaction.RETRY, "the answer is no JSON object")
        if values.get("code"):
            raise sdk_refusal(int(values["code"]))
        return archive_content.envelopes(values.get("content"))

    def read_row(self, *, raw: bytes) -> Envelope:
        return archive_content.envelope(raw)

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        return self._openers.open_each(private_keys, envelopes)

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        answer = self._post("media", {"secret": self._secret, "indexbuf": index_buf, "sdkfileid": sdkfileid})
        code = int(answer.headers.get("X-Code", "10002"))
        if code:
            raise sdk_refusal(code)
        return MediaChunk(answer.content, answer.headers.get("X-Index", ""), answer.headers.get("X-Finish") == "1")

    def rest(self, idle: float) -> None:
        self._openers.rest(idle)

    def close(self) -> None:
        self._openers.close()

    def _post(self, door: str, body: dict[str, object]) -> requests.Response:
        try:
            answer = self._http.post(f"{self._base}/{door}", json=body, timeout=_SECONDS)
        except requests.RequestException as error:
            raise ArchiveRefused(10001, Reaction.RETRY, type(error).__name__) from None
        if answer.status_code != 200:
            raise ArchiveRefused(10001, Reaction.RETRY, f"HTTP {answer.status_code}")
        return answer
