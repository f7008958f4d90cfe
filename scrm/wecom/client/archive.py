"""Which archive a corp has: the simulator's if its ``api_base`` is one, else WeCom's through the native library."""

import threading

from scrm.wecom import corps
from scrm.wecom.client.archive_native import NativeArchive
from scrm.wecom.client.archive_simulated import SimulatedArchive
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import Archive

_lock = threading.Lock()
_known: dict[int, tuple[ArchiveCredentials, Archive]] = {}


def connect_archive(corp: int) -> Archive | None:
    """The adapter of a corp, kept for as long as its credentials stay: Init is slow and wanted once (page 91552)."""
    credentials = corps.archive_of(corp)
    if credentials is None:
        return None
    with _lock:
        known = _known.get(corp)
        if known is not None and known[0] == credentials:
            return known[1]
        if known is not None and isinstance(known[1], NativeArchive):
            known[1].close()
        made: Archive = NativeArchive(credentials) if credentials.library else SimulatedArchive(credentials)
        _known[corp] = (credentials, made)
        return made
