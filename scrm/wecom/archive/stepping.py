"""An archive that says when it moves: the library may hang for as long as it likes, and a lease has an end."""

from collections.abc import Callable, Mapping, Sequence

from scrm.wecom.port.archive import Archive, Envelope, MediaChunk, Sealed

Step = Callable[[], None]


class Stepping:
    """An archive of which each answer is a step."""

    def __init__(self, archive: Archive, step: Step) -> None:
        self._archive, self._step = archive, step

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        found = self._archive.get_chat_data(seq=seq, limit=limit)
        self._step()
        return found

    def read_row(self, *, raw: bytes) -> Envelope:
        return self._archive.read_row(raw=raw)

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        found = self._archive.open_each(private_keys=private_keys, envelopes=envelopes)
        self._step()
        return found

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        found = self._archive.get_media_data(index_buf=index_buf, sdkfileid=sdkfileid)
        self._step()
        return found
