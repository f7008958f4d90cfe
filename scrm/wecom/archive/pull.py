"""The puller: one per corp, who has leased the cursor, page after page, the cursor in the transaction of its rows.

No transaction is open while WeCom is asked. While a page is being stored, the next ones are fetched and opened already;
if the store fails, that work is thrown away, since the cursor says where to go on. Each transaction confirms the lease:
a puller who was taken for dead stores nothing.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import func, literal, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.archive import Taken, sink
from scrm.contracts.callbacks import MessagesWaiting
from scrm.core import clock
from scrm.core.db import current_corp, is_transient, transaction
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import rows as work
from scrm.core.queue.leased import LEASES, Hold, LeaseActSettle, LeaseLost
from scrm.core.queue.registry import Parked, Waiting
from scrm.wecom import corps
from scrm.wecom.archive import media, parked, reading, watch
from scrm.wecom.archive.models import ArchiveCursor, ArchiveIncident, IncidentKind
from scrm.wecom.archive.pace import collector_at_rest
from scrm.wecom.archive.reading import Page, Reader
from scrm.wecom.archive.stepping import Stepping
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port import archive as port
from scrm.wecom.port.archive import PAGE_LIMIT, WINDOW_DAYS, Archive, ArchiveRefused, Envelope

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

IDLE = dt.timedelta(seconds=5)  # between two looks when all has been fetched: 12 of 4,000 calls a minute
JUMP = 100_000  # seqs left out at once that are worth a note; small gaps are usual
LEASE = dt.timedelta(minutes=3)  # longer than a library may hang, and than a page takes to be stored
_MOST = 16  # pulls at once, of all corps: each has threads and processes of its own, and stores through our pool
_STRETCH = 20  # pages in one go, then other work of the lane has its turn
_SECONDS = 10.0
_STILL = 3  # pages without anything new before we wait
_PATIENCE = 8  # failures over a whole page, some four minutes, before its messages are to blame
_AT_REST = ArchiveCursor.lease.is_(None)  # else it says itself when it is looked at again


@dataclass(frozen=True)
class _Pulled:
    """What became of a turn; ``failure`` is none where all went well, ``passing`` where nothing was asked."""

    stored: int = 0
    at_end: bool = True
    failure: ArchiveRefused | None = None
    passing: bool = False
    was_failing: bool = False


def make_cursor(session: Session) -> None:
    """The cursor is made when it is first looked for."""
    fresh = {"id": 1, "seq": 0, "page_limit": PAGE_LIMIT, "due_at": clock.now(), "attempts": 0}
    session.execute(insert(ArchiveCursor).values(fresh | {"stored": 0, "repeated": 0}).on_conflict_do_nothing())


def _take(_session: Session, rows: Sequence[ArchiveCursor]) -> list[tuple[ArchiveCursor, None]]:
    return [(row, None) for row in rows]


def _turn(corp: int, _job: None, hold: Hold) -> _Pulled:
    """Pull until all has been fetched, or for about ten seconds; then what is parked and due."""
    try:
        archive, credentials = port.archive(corp), corps.archive_of(corp)
        if archive is None or credentials is None:
            return _Pulled(passing=True)
        start = _begin(corp, parked.fingerprint(credentials), hold)
        keys, stepping = credentials.private_keys, Stepping(archive, hold.go_on)
        pulled = pull_pages(corp, stepping, keys, start, hold)
        opened = _retry_parked(corp, stepping, keys, hold)
        return replace(pulled, stored=pulled.stored + opened)
    except LeaseLost:
        raise
    except Exception as error:
        if is_transient(error):
            return _Pulled(passing=True)
        log.error("archive.pull_broken", corp=corp, exc_info=error)
        return _Pulled(failure=ArchiveRefused(0, Reaction.RETRY, work.reason(error)))


def _settle(session: Session, cursor: ArchiveCursor, _job: None, pulled: _Pulled) -> None:
    now = clock.now()
    if pulled.passing:
        cursor.due_at = now + IDLE
    elif pulled.failure is not None:
        _failed(session, cursor, pulled.failure)
    elif pulled.at_end:
        cursor.due_at, cursor.asked_at, cursor.attempts = now + IDLE, now, 0
        cursor.state, cursor.reason, cursor.failing_since = work.RowState.READY, None, None
        session.flush()
        if watch.is_due(current_corp(session)) or pulled.stored or pulled.was_failing:
            watch.look(session)
    else:
        cursor.due_at = now


def _put_aside(cursor: ArchiveCursor, problem: str) -> None:
    cursor.state, cursor.reason, cursor.due_at = work.RowState.PARKED, problem, work.next_try(work.ATTEMPTS)


def _put_back(_session: Session, cursor: ArchiveCursor) -> None:
    cursor.due_at = clock.now()


def _worn(_session: Session, cursor: ArchiveCursor) -> None:
    """It takes its worker along each time, so it is not tried until a person says so."""
    _put_aside(cursor, f"taken up {LEASES} times without an outcome")
    cursor.due_at = clock.now() + dt.timedelta(days=1)


def _replay(session: Session, cursor: ArchiveCursor) -> None:
    cursor.state = work.RowState.READY
    if cursor.lease is None:
        cursor.due_at, cursor.leases = clock.now(), 0
    ring_after_commit(session, Lane.BULK)


QUEUE: LeaseActSettle[ArchiveCursor, None, _Pulled] = LeaseActSettle(
    name="archive",
    model=ArchiveCursor,
    waiting=Waiting(model=ArchiveCursor, where=true(), due_at=ArchiveCursor.due_at),
    parked=Parked(
        kind="archive",
        model=ArchiveCursor,
        where=ArchiveCursor.state == work.RowState.PARKED,
        what=literal("get_chat_data"),
        subject=ArchiveCursor.subject,
        since=func.coalesce(ArchiveCursor.failing_since, ArchiveCursor.due_at),
        replay=_replay,
    ),
    open_states=(work.RowState.READY, work.RowState.PARKED),
    settled_states=(work.RowState.READY, work.RowState.PARKED),
    take=_take,
    act=_turn,
    settle=_settle,
    put_aside=_put_aside,
    put_back=_put_back,
    worn=_worn,
    lease=LEASE,
    most=_MOST,
    lane=Lane.BULK,
    serves=corps.has_archive,
    first=make_cursor,
)


def messages_waiting(session: Session, _event: MessagesWaiting) -> None:
    """WeCom says that there is something: look at once, unless a failure has us wait."""
    session.execute(update(ArchiveCursor).where(ArchiveCursor.attempts == 0, _AT_REST).values(due_at=clock.now()))
    ring_after_commit(session, Lane.BULK)


def retry_parked(session: Session) -> int:
    """Let every parked message be tried again with the next pull; how many wait."""
    waiting = parked.all_due(session)
    session.execute(update(ArchiveCursor).where(_AT_REST).values(due_at=clock.now()))
    ring_after_commit(session, Lane.BULK)
    return waiting


@dataclass(frozen=True)
class Start:
    """Where a turn begins; ``patient`` while a library that fails over everything may still come to itself."""

    seq: int
    limit: int
    patient: bool = True
    failing: bool = False


def pull_pages(corp: int, archive: Archive, keys: dict[int, str], start: Start, hold: Hold) -> _Pulled:
    """Pages from here on, each stored in a transaction that confirms the lease."""
    total = still = 0
    reader = Reader(
        archive, keys, seq=start.seq, limit=start.limit, pages=_STRETCH, seconds=_SECONDS, patient=start.patient
    )
    with collector_at_rest(), reader as pages:
        try:
            for page in pages:
                parts = _each(
                    page,
                    lambda part: _store(corp, part, hold),
                    lambda part: reading.opened(archive, keys, part, patient=start.patient),
                )
                total += sum(stored for _, stored in parts)
                still = 0 if any(moved for moved, _ in parts) else still + 1
                if still >= _STILL:
                    raise ArchiveRefused(0, Reaction.RETRY, "the same page comes again and again")
        except ArchiveRefused as error:
            return _Pulled(stored=total, failure=error)
    return _Pulled(stored=total, at_end=pages.at_end, was_failing=start.failing)


def _begin(corp: int, configured: str, hold: Hold) -> Start:
    """Where the cursor stands.

    Where keys or library have changed, all that is sealed or failed for want of them is due, and failures of before
    count no more.
    """
    with transaction(corp) as session:
        hold.confirm(session)
        cursor = session.get_one(ArchiveCursor, 1)
        if cursor.configured != configured:
            cursor.configured, cursor.attempts = configured, 0
            parked.all_due(session)
            media.revive(session, clock.now())
        failing = cursor.failing_since is not None
        return Start(int(cursor.seq), cursor.page_limit, cursor.attempts < _PATIENCE, failing)


def _each(page: Page, store: Callable[[Page], _T], opened: Callable[[Sequence[Envelope]], Page]) -> list[_T]:
    """Store a page; if it holds a message that cannot be stored, all the others, and that one sealed.

    It is found by halves. By seq, because the cursor follows: it must not pass what has not been stored.
    """
    try:
        return [store(page)]
    except Exception as error:
        if not _is_of_a_message(error):
            raise
        log.warning("archive.page_not_stored", messages=len(page.envelopes), error=work.reason(error))
    if len(page.envelopes) == 1:
        return [store(page.sealed())]
    envelopes = sorted(page.envelopes, key=lambda envelope: envelope.seq)
    middle = len(envelopes) // 2
    return [done for part in (envelopes[:middle], envelopes[middle:]) for done in _each(opened(part), store, opened)]


def _is_of_a_message(error: Exception) -> bool:
    """Whether it may be a message's fault; a table or a right that is missing (class 42) is not."""
    if is_transient(error) or isinstance(error, LeaseLost):
        return False
    return not str(getattr(getattr(error, "orig", error), "sqlstate", None) or "").startswith("42")


def _store(corp: int, page: Page, hold: Hold) -> tuple[bool, int]:
    """Rows, parked messages, incidents and cursor in one transaction; whether anything was new, and how many."""
    now = clock.now()
    with transaction(corp) as session:
        hold.confirm(session)
        cursor = session.get_one(ArchiveCursor, 1)
        before, before_failing = int(cursor.seq), cursor.failing_since is not None
        taken = _taken(session, page)
        kept = parked.keep(session, page.unopened, now)
        _note_incidents(session, page, cursor, taken, now)
        media.request(session, taken.files, now)
        cursor.seq = Decimal(max(before, page.last_seq))
        cursor.page_limit, cursor.attempts, cursor.reason, cursor.failing_since = page.limit, 0, None, None
        cursor.state, cursor.asked_at = work.RowState.READY, now
        cursor.stored += taken.stored
        cursor.repeated += taken.repeated
        cursor.newest_at = max(filter(None, (cursor.newest_at, taken.newest_at)), default=None)
        if taken.stored or kept:
            cursor.moved_at = now
        if kept or before_failing:
            session.flush()
            watch.look(session)
        moved = bool(taken.stored or kept or cursor.seq > before)
    log.info("archive.page_stored", corp=corp, stored=taken.stored, repeated=taken.repeated, parked=kept)
    return moved, taken.stored


def _taken(session: Session, page: Page) -> Taken:
    if not page.prepared:
        return Taken(stored=0, repeated=0, conflicts=[], files=[], newest_at=None)
    taken = sink().store(session, page.prepared)
    parked.note_opened(session, page)
    return taken


def _note_incidents(session: Session, page: Page, cursor: ArchiveCursor, taken: Taken, now: dt.datetime) -> None:
    """Gaps that may hide messages, and messages that changed; small gaps in seq are usual and say nothing."""
    before = int(cursor.seq)
    found: list[ArchiveIncident] = []

    def note(kind: IncidentKind, after: int, following: int) -> None:
        seqs = {"after_seq": Decimal(after), "next_seq": Decimal(following)}
        found.append(ArchiveIncident(kind=kind.value, msgid=None, found_at=now, **seqs))

    fresh = [envelope.seq for envelope in page.envelopes if envelope.seq > before]
    if before and fresh and cursor.asked_at is not None and now - cursor.asked_at > dt.timedelta(days=WINDOW_DAYS):
        note(IncidentKind.WINDOW, before, fresh[0])
    last = before
    for seq in sorted(fresh):
        if last and seq - last > JUMP:
            note(IncidentKind.JUMP, last, seq)
        last = seq
    session.add_all(found)
    _note_conflicts(session, cursor, taken, now)


def _note_conflicts(session: Session, cursor: ArchiveCursor, taken: Taken, now: dt.datetime) -> None:
    session.add_all(
        ArchiveIncident(
            kind=IncidentKind.CONFLICT.value, after_seq=cursor.seq, next_seq=cursor.seq, msgid=msgid, found_at=now
        )
        for msgid in taken.conflicts
    )


def _failed(session: Session, cursor: ArchiveCursor, error: ArchiveRefused) -> None:
    """Look again later; from the eighth failure on a person is told as well."""
    cursor.attempts += 1
    cursor.reason = str(error)
    cursor.failing_since = cursor.failing_since or clock.now()
    mends_itself = error.reaction is Reaction.RETRY
    cursor.due_at = work.next_try(cursor.attempts) if mends_itself else clock.now() + dt.timedelta(seconds=60)
    if cursor.attempts >= work.ATTEMPTS:
        cursor.state = work.RowState.PARKED
    session.flush()
    watch.refused(session, error)
    watch.look(session)
    log.warning("archive.pull_failed", corp=current_corp(session), code=error.code, attempts=cursor.attempts)


def _retry_parked(corp: int, archive: Archive, keys: dict[int, str], hold: Hold) -> int:
    """Open what is sealed and due: its day has passed, or keys, library or somebody's wish have changed; how many did.

    What fails here holds up no page: it is put off.
    """
    began, opened = time.monotonic(), 0
    while ids := parked.next_due(corp, archive, keys):
        page = parked.opened_again(corp, archive, keys, list(ids))
        if page is None:
            parked.put_off(corp, ids)
            break
        opened += sum(
            _each(
                page,
                lambda part: _reopened(corp, part, ids, hold),
                lambda part: reading.opened(archive, keys, part, patient=False),
            )
        )
        if parked.time_is_up(began):
            break
    if opened:
        log.info("archive.parked_opened", corp=corp, opened=opened)
    return opened


def _reopened(corp: int, page: Page, ids: Mapping[Envelope, Sequence[int]], hold: Hold) -> int:
    """Take over what was parked and opens now, its files with it; how many did."""
    with transaction(corp) as session:
        hold.confirm(session)
        taken = _taken(session, page)
        media.request(session, taken.files, clock.now())
        parked.settle(session, page, ids)
        cursor = session.get_one(ArchiveCursor, 1)
        cursor.stored += taken.stored
        _note_conflicts(session, cursor, taken, clock.now())
        if page.msgids:
            cursor.moved_at = clock.now()
        session.flush()
        watch.look(session)
    return len(page.msgids)
