"""Which archive a corp has: the simulator's if its ``api_base`` is one, else WeCom's through the native library."""

import threading
import time

import structlog

from scrm.core.db import is_transient
from scrm.wecom import corps
from scrm.wecom.client.archive_native import NativeArchive
from scrm.wecom.client.archive_simulated import SimulatedArchive
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import Archive

log = structlog.get_logger(__name__)

_LOOKS = 5.0  # seconds between two looks at what is needed no more
_IDLE = 60.0  # seconds after which a child has nothing to do here

_lock = threading.Lock()
_known: dict[int, tuple[ArchiveCredentials, NativeArchive | SimulatedArchive]] = {}
_watch: threading.Thread | None = None


def connect_archive(corp: int) -> Archive | None:
    """The adapter of a corp, kept for as long as its credentials stay: Init is slow and wanted once (page 91552)."""
    credentials = corps.archive_of(corp)
    with _lock:
        known = _known.get(corp)
        if known is not None and known[0] == credentials:
            return known[1]
        _forget(corp)
        if credentials is None:
            return None
        made = NativeArchive(credentials) if credentials.library else SimulatedArchive(credentials)
        _known[corp] = (credentials, made)
        _keep_watch()
        return made


def tidy(idle: float = _IDLE) -> None:
    """End children that have nothing to do, and with all their keys those of corps that have no archive any more."""
    with _lock:
        for corp in list(_known):
            if corps.has_archive(corp):
                _known[corp][1].rest(idle)
            else:
                _forget(corp)


def _forget(corp: int) -> None:
    known = _known.pop(corp, None)
    if known is not None:
        known[1].close()


def _keep_watch() -> None:
    global _watch
    if _watch is None:
        _watch = threading.Thread(target=_tidy_for_ever, name="archive-tidy", daemon=True)
        _watch.start()


def _tidy_for_ever() -> None:
    while True:
        time.sleep(_LOOKS)
        _tidy_once()


def _tidy_once() -> None:
    try:
        tidy()
    except Exception as error:  # next time
        if not is_transient(error):  # a database that is away is told by those who need it
            log.warning("archive.not_tidied", error=type(error).__name__)
