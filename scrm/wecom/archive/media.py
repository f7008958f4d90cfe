"""Media files of archived messages: fetched in the background, chunk by chunk, before WeCom forgets them.

The file is checked against the size and MD5 that the message names, and kept either way: what differs is said.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.archive import MediaRef
from scrm.core import alarms, clock, storage
from scrm.core.db import current_corp
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import rows as work
from scrm.core.queue.leased import LEASES, Hold, LeaseActSettle
from scrm.core.queue.registry import Parked, Waiting
from scrm.wecom import corps
from scrm.wecom.archive import watch
from scrm.wecom.archive.models import ArchiveMedia, MediaCheck, MediaState
from scrm.wecom.archive.stepping import Stepping
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port import archive as port
from scrm.wecom.port.archive import Archive, ArchiveRefused

log = structlog.get_logger(__name__)

LEASE = dt.timedelta(minutes=3)  # longer than the library may take for a chunk, after which it is ended
MAX_BYTES = 2 * 2**30  # WeCom's own limit of a file; a stream that never ends must not fill the disk
_NO_LIBRARY = dt.timedelta(minutes=10)
_MOST = 8  # files at once, of all corps: each occupies a process of the library


class _Unfit(Exception):
    """The chunks do not make a file."""


@dataclass(frozen=True)
class _File:
    """What is asked for; ``again`` if it was asked for before."""

    sdkfileid: str
    md5sum: str
    size: int | None
    again: bool


@dataclass(frozen=True)
class _Kept:
    """What was fetched, and how it compares with what the message says."""

    checked: MediaCheck
    digest: bytes
    size: int


_Outcome = _Kept | Exception | None  # none: the corp has no library just now


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
        # Beside the statement: a page of forwarded records names more files than one statement takes values.
        session.execute(insert(ArchiveMedia).on_conflict_do_nothing(), rows)


def revive(session: Session, now: dt.datetime) -> None:
    """Ask again for what was lost, or waits, for want of our own settings: they have changed."""
    lost = (ArchiveMedia.state == MediaState.LOST) & ~ArchiveMedia.is_final
    again = {"state": MediaState.WAITING.value, "due_at": now, "attempts": 0}
    session.execute(update(ArchiveMedia).where(lost).values(again))
    waiting = (ArchiveMedia.state == MediaState.WAITING) & (ArchiveMedia.attempts > 0)
    session.execute(update(ArchiveMedia).where(waiting, ArchiveMedia.lease.is_(None)).values(due_at=now, attempts=0))


def find(session: Session, sdkfileid: str) -> ArchiveMedia | None:
    """The file of this id, in whatever state."""
    digest = func.md5(ArchiveMedia.sdkfileid) == func.md5(sdkfileid)
    return session.scalars(select(ArchiveMedia).where(digest, ArchiveMedia.sdkfileid == sdkfileid)).first()


def _take(_session: Session, rows: Sequence[ArchiveMedia]) -> list[tuple[ArchiveMedia, _File]]:
    return [(row, _File(row.sdkfileid, row.md5sum, row.size, row.attempts > 0)) for row in rows]


def _fetch(corp: int, wanted: _File, hold: Hold) -> _Outcome:
    try:
        archive = port.archive(corp)
        if archive is None:
            return None
        with storage.incoming(corp) as file:
            _download(Stepping(archive, hold.go_on), wanted.sdkfileid, file)
            checked = _compare(wanted, file)
            if checked is MediaCheck.OTHER and not wanted.again:
                raise ArchiveRefused(0, Reaction.RETRY, "size or digest differ")
            return _Kept(checked, storage.keep(corp, file), file.size)
    except Exception as error:
        if not isinstance(error, ArchiveRefused | _Unfit):
            log.error("archive.media_broken", corp=corp, exc_info=error)
        return error


def _settle(session: Session, row: ArchiveMedia, _wanted: _File, outcome: _Outcome) -> None:
    if outcome is None:
        row.due_at = clock.now() + _NO_LIBRARY
    elif isinstance(outcome, _Kept):
        row.state, row.checked, row.digest = MediaState.STORED.value, outcome.checked.value, outcome.digest
        row.stored_size, row.reason = outcome.size, None
    else:
        _failed(session, row, outcome)
    session.flush()
    # Not after each of a hundred thousand: once a minute, and where a file that is late makes or mends the alarm.
    late = row.named_at < clock.now() - watch.FILES
    waits = row.state == MediaState.WAITING
    if watch.is_due(current_corp(session)) or (late and waits != session.scalar(select(alarms.is_raised(watch.MEDIA)))):
        watch.look(session)


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


def _compare(row: _File, file: storage.Incoming) -> MediaCheck:
    if row.size and row.size != file.size:
        return MediaCheck.OTHER
    if not row.md5sum:
        return MediaCheck.ABSENT
    return MediaCheck.SAME if row.md5sum.lower() == file.md5.hexdigest() else MediaCheck.OTHER


def _failed(session: Session, row: ArchiveMedia, error: Exception) -> None:
    """Try later, or call it lost; from the eighth failure on it is shown to a person too, and tried on."""
    passing = {Reaction.RETRY, Reaction.RATE, Reaction.CONFIG}
    # What is ours, a full disk for one, says nothing about the file.
    passes = error.reaction in passing if isinstance(error, ArchiveRefused) else not isinstance(error, _Unfit)
    row.attempts += 1
    row.reason = work.reason(error)
    row.due_at = work.next_try(row.attempts)
    old = clock.now() - row.named_at > dt.timedelta(days=port.WINDOW_DAYS)
    if not passes or old:
        row.state, row.is_final = MediaState.LOST.value, not passes
    log.warning(
        "archive.media_failed",
        corp=current_corp(session),
        media=row.id,
        error=type(error).__name__,
        lost=not passes or old,
    )


def _put_aside(row: ArchiveMedia, problem: str) -> None:
    row.attempts, row.reason, row.due_at = work.ATTEMPTS, problem, clock.now() + dt.timedelta(days=1)


def _put_back(_session: Session, row: ArchiveMedia) -> None:
    row.due_at = clock.now()


def _worn(_session: Session, row: ArchiveMedia) -> None:
    _put_aside(row, f"taken up {LEASES} times without an outcome")


def _replay(session: Session, row: ArchiveMedia) -> None:
    row.attempts = 0
    if row.lease is None:
        row.due_at, row.leases = clock.now(), 0
    ring_after_commit(session, Lane.BULK)


QUEUE: LeaseActSettle[ArchiveMedia, _File, _Outcome] = LeaseActSettle(
    name="archive_media",
    model=ArchiveMedia,
    waiting=Waiting(model=ArchiveMedia, where=ArchiveMedia.state == MediaState.WAITING, due_at=ArchiveMedia.due_at),
    parked=Parked(
        kind="media",
        model=ArchiveMedia,
        where=(ArchiveMedia.state == MediaState.WAITING) & (ArchiveMedia.attempts >= work.ATTEMPTS),
        what=literal("get_media_data"),
        subject=func.concat("media:", ArchiveMedia.id),
        since=ArchiveMedia.named_at,
        replay=_replay,
    ),
    open_states=(MediaState.WAITING,),
    settled_states=(MediaState.WAITING,),
    take=_take,
    act=_fetch,
    settle=_settle,
    put_aside=_put_aside,
    put_back=_put_back,
    worn=_worn,
    lease=LEASE,
    most=_MOST,
    lane=Lane.BULK,
    serves=corps.has_archive,
)
