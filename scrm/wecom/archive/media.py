"""Media files of archived messages: fetched in the background, chunk by chunk, before WeCom forgets them.

The file is checked against the size and MD5 that the message names, and kept either way: what differs is said.
"""

import datetime as dt
from collections.abc import Sequence

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.archive import MediaRef
from scrm.core import clock, storage
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import rows as work
from scrm.core.queue.registry import OwnWay, Waiting
from scrm.wecom import corps
from scrm.wecom.archive import turns, watch
from scrm.wecom.archive.models import ArchiveMedia, MediaCheck, MediaState
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port import archive as port
from scrm.wecom.port.archive import Archive, ArchiveRefused

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(minutes=10)
MAX_BYTES = 2 * 2**30  # WeCom's own limit of a file; a stream that never ends must not fill the disk
_BATCH = 10


class _Unfit(Exception):
    """The chunks do not make a file."""


def request(session: Session, files: Sequence[MediaRef], now: dt.datetime) -> None:
    """Have these files fetched, each once however often it is named."""
    rows = [
        {
            "sdkfileid": file.sdkfileid,
            "md5sum": file.md5sum,
            "size": file.size,
            "state": MediaState.WAITING.value,
            "due_at": now,
            "attempts": 0,
            "named_at": now,
        }
        for file in files
    ]
    if rows:
        session.execute(insert(ArchiveMedia).values(rows).on_conflict_do_nothing())


def revive(session: Session, now: dt.datetime) -> None:
    """Ask again for what was lost, or waits, for want of our own settings: they have changed."""
    lost = (ArchiveMedia.state == MediaState.LOST) & ~ArchiveMedia.is_final
    again = {"state": MediaState.WAITING.value, "due_at": now}
    session.execute(update(ArchiveMedia).where(lost).values(again))
    waiting = (ArchiveMedia.state == MediaState.WAITING) & (ArchiveMedia.attempts > 0)
    session.execute(update(ArchiveMedia).where(waiting).values(due_at=now))


def drain_batch(corp: int, lane: Lane) -> int:
    """Go on fetching files for a moment; 0 when none is due, or while the corp's library hangs."""
    if not is_ours(corp, lane):
        return 0
    return turns.go_on(corp, "media", lambda step: _turn(corp, step))


def _turn(corp: int, step: turns.Step) -> int:
    """Fetch up to ten files; how many were tried."""
    claimed = _claim(corp)
    archive = port.archive(corp) if claimed else None
    if archive is None:
        return 0
    for row in claimed:
        _fetch(corp, turns.Stepping(archive, step), row)
    with transaction(corp) as session:
        watch.look(session)
    return len(claimed)


def is_ours(corp: int, lane: Lane) -> bool:
    """Whether this is the lane of the archive's work, and the corp has one."""
    return lane is Lane.BULK and corps.has_archive(corp)


QUEUE = OwnWay(
    name="archive_media",
    waiting=Waiting(
        model=ArchiveMedia, where=ArchiveMedia.state == MediaState.WAITING.value, due_at=ArchiveMedia.due_at
    ),
    parked=None,
    batch=drain_batch,
    is_due=lambda corp, lane: _due().exists() if is_ours(corp, lane) else None,
)


def find(session: Session, sdkfileid: str) -> ArchiveMedia | None:
    """The file of this id, in whatever state."""
    digest = func.md5(ArchiveMedia.sdkfileid) == func.md5(sdkfileid)
    return session.scalars(select(ArchiveMedia).where(digest, ArchiveMedia.sdkfileid == sdkfileid)).first()


def _due() -> Select[ArchiveMedia]:
    return select(ArchiveMedia).where(ArchiveMedia.state == MediaState.WAITING, ArchiveMedia.due_at <= clock.now())


def _claim(corp: int) -> Sequence[ArchiveMedia]:
    """Lease files: whoever dies over one leaves it due again after ten minutes."""
    with transaction(corp) as session:
        rows = session.scalars(
            _due().order_by(ArchiveMedia.due_at, ArchiveMedia.id).limit(_BATCH).with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.due_at = clock.now() + LEASE
        return rows


def _fetch(corp: int, archive: Archive, row: ArchiveMedia) -> None:
    try:
        with storage.incoming(corp) as file:
            _download(archive, row.sdkfileid, file)
            checked = _compare(row, file)
            if checked is MediaCheck.OTHER and row.attempts == 0:
                raise ArchiveRefused(0, Reaction.RETRY, "size or digest differ")
            digest, size = storage.keep(corp, file), file.size
    except Exception as error:  # those claimed with it would wait with it each time
        if not isinstance(error, ArchiveRefused | _Unfit):
            log.error("archive.media_broken", corp=corp, media=row.id, exc_info=error)
        _failed(corp, row, error)
        return
    with transaction(corp) as session:
        stored = session.get_one(ArchiveMedia, row.id)
        stored.state, stored.checked, stored.digest = MediaState.STORED.value, checked.value, digest
        stored.stored_size, stored.reason = size, None


def _download(archive: Archive, sdkfileid: str, file: storage.Incoming) -> None:
    index = ""
    while True:
        chunk = _chunk(archive, index, sdkfileid)
        file.write(chunk.data)
        if chunk.is_finish:
            return
        if file.size > MAX_BYTES or not chunk.data or chunk.next_index == index:
            raise _Unfit("the chunks do not end")
        index = chunk.next_index


def _chunk(archive: Archive, index: str, sdkfileid: str) -> port.MediaChunk:
    """One chunk; a failed one is asked for again with the same index, not the file from its start (page 91552)."""
    for _ in range(2):
        try:
            return archive.get_media_data(index_buf=index, sdkfileid=sdkfileid)
        except ArchiveRefused as error:
            if error.reaction is not Reaction.RETRY:
                raise
    return archive.get_media_data(index_buf=index, sdkfileid=sdkfileid)


def _compare(row: ArchiveMedia, file: storage.Incoming) -> MediaCheck:
    if row.size and row.size != file.size:
        return MediaCheck.OTHER
    if not row.md5sum:
        return MediaCheck.ABSENT
    return MediaCheck.SAME if row.md5sum.lower() == file.md5.hexdigest() else MediaCheck.OTHER


def _failed(corp: int, leased: ArchiveMedia, error: Exception) -> None:
    """Try later, or call it lost; unless the lease ran out meanwhile: then the file is another worker's by now."""
    passing = {Reaction.RETRY, Reaction.RATE, Reaction.CONFIG}
    # What is ours, a full disk for one, says nothing about the file.
    passes = error.reaction in passing if isinstance(error, ArchiveRefused) else not isinstance(error, _Unfit)
    with transaction(corp) as session:
        row = session.get_one(ArchiveMedia, leased.id, with_for_update=True)
        if row.state != MediaState.WAITING or row.due_at != leased.due_at:
            return
        row.attempts += 1
        row.reason = work.reason(error)
        row.due_at = work.next_try(row.attempts)
        old = clock.now() - row.named_at > dt.timedelta(days=port.WINDOW_DAYS)
        if not passes or old:
            row.state, row.is_final = MediaState.LOST.value, not passes
    log.warning("archive.media_failed", corp=corp, media=leased.id, error=type(error).__name__, lost=not passes or old)
