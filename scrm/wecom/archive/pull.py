"""The puller: one per corp under an advisory lock, page after page, the cursor in the transaction of its rows.

No transaction is open while WeCom is asked. While a page is being stored, the next ones are fetched and opened already;
if the store fails, that work is thrown away, since the cursor says where to go on.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import NullPool, create_engine, exists, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.contracts.archive import Taken, sink
from scrm.contracts.callbacks import MessagesWaiting
from scrm.core import clock
from scrm.core.db import database, is_transient, subject_key, transaction
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue import rows as work
from scrm.core.queue.registry import OwnWay, Waiting
from scrm.core.queue.rows import Condition
from scrm.wecom import corps
from scrm.wecom.archive import media, parked, reading, turns, watch
from scrm.wecom.archive.models import ArchiveCursor, ArchiveIncident, IncidentKind
from scrm.wecom.archive.pace import collector_at_rest
from scrm.wecom.archive.reading import Page, Reader
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port import archive as port
from scrm.wecom.port.archive import PAGE_LIMIT, WINDOW_DAYS, Archive, ArchiveRefused, Envelope

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

IDLE = dt.timedelta(seconds=5)  # between two looks when all has been fetched: 12 of 4,000 calls a minute
JUMP = 100_000  # seqs left out at once that are worth a note; small gaps are usual
_STRETCH = 20  # pages in one go, then other work of the lane has its turn
_SECONDS = 10.0
_STILL = 3  # pages without anything new before we wait
_PATIENCE = 8  # failures over a whole page, some four minutes, before its messages are to blame


def drain_batch(corp: int, lane: Lane) -> int:
    """Go on pulling for a moment; 0 when all has been fetched, or while the corp's library hangs."""
    if not media.is_ours(corp, lane):
        return 0
    return turns.go_on(corp, "pull", lambda step: _turn(corp, step))


def _turn(corp: int, step: turns.Step) -> int:
    """Pull until all has been fetched, or for about ten seconds; the number of messages stored."""
    with _only_puller(corp) as alone:
        archive = port.archive(corp) if alone else None
        credentials = corps.archive_of(corp) if alone else None
        if archive is None or credentials is None:
            return 0
        start = _begin(corp, parked.fingerprint(credentials))
        if not start.due:
            return 0
        keys, stepping = credentials.private_keys, turns.Stepping(archive, step)
        try:
            return _pull(corp, stepping, keys, start) + _retry_parked(corp, stepping, keys)
        except Exception as error:  # what is wrong here must not hold up the other work of the lane
            if is_transient(error):
                raise
            log.error("archive.pull_broken", corp=corp, exc_info=error)
            _failed(corp, ArchiveRefused(0, Reaction.RETRY, work.reason(error)))
            return 0


def _due(corp: int, lane: Lane) -> Condition | None:
    """Without a cursor, before the first pull, too."""
    return ~exists().where(ArchiveCursor.due_at > clock.now()) if media.is_ours(corp, lane) else None


QUEUE = OwnWay(
    name="archive",
    waiting=Waiting(model=ArchiveCursor, where=true(), due_at=ArchiveCursor.due_at),
    parked=None,
    batch=drain_batch,
    is_due=_due,
)


def messages_waiting(session: Session, _event: MessagesWaiting) -> None:
    """WeCom says that there is something: look at once, unless a failure has us wait."""
    session.execute(update(ArchiveCursor).where(ArchiveCursor.attempts == 0).values(due_at=clock.now()))
    ring_after_commit(session, Lane.BULK)


def retry_parked(session: Session) -> int:
    """Let every parked message be tried again with the next pull; how many wait."""
    waiting = parked.all_due(session)
    session.execute(update(ArchiveCursor).values(due_at=clock.now()))
    ring_after_commit(session, Lane.BULK)
    return waiting


@contextmanager
def _only_puller(corp: int) -> Iterator[bool]:
    """A lock of this process for the corp's archive, gone with the connection if we die; false if another has it.

    On a connection of its own: it is held for as long as a library hangs, and the pool's are for work.
    """
    key = {"key": subject_key(corp, "archive-puller")}
    engine = create_engine(database.engine.url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one():
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@dataclass(frozen=True)
class _Start:
    """Where a turn begins; ``patient`` while a library that fails over everything may still come to itself."""

    seq: int
    limit: int
    due: bool
    patient: bool = True
    failing: bool = False


def _pull(corp: int, archive: Archive, keys: dict[int, str], start: _Start | None = None) -> int:
    start = start or _begin(corp, None)
    if not start.due:
        return 0
    total = still = 0
    reader = Reader(
        archive, keys, seq=start.seq, limit=start.limit, pages=_STRETCH, seconds=_SECONDS, patient=start.patient
    )
    with collector_at_rest(), reader as pages:
        try:
            for page in pages:
                parts = _each(
                    page,
                    lambda part: _store(corp, part),
                    lambda part: reading.opened(archive, keys, part, patient=start.patient),
                )
                total += sum(stored for _, stored in parts)
                still = 0 if any(moved for moved, _ in parts) else still + 1
                if still >= _STILL:
                    raise ArchiveRefused(0, Reaction.RETRY, "the same page comes again and again")
        except ArchiveRefused as error:
            _failed(corp, error)
            return total
    if pages.at_end:
        _rest(corp, changed=total > 0 or start.failing)
        return total
    return max(total, 1)


def _begin(corp: int, configured: str | None) -> _Start:
    """Where the cursor stands, and whether it is due; the row is made on the first pull.

    Where keys or library have changed, all that is sealed or failed for want of them is due again.
    """
    now = clock.now()
    fresh = {"id": 1, "seq": 0, "page_limit": PAGE_LIMIT, "due_at": now, "attempts": 0, "stored": 0, "repeated": 0}
    with transaction(corp) as session:
        session.execute(insert(ArchiveCursor).values(fresh).on_conflict_do_nothing())
        cursor = session.get_one(ArchiveCursor, 1)
        if configured is not None and cursor.configured != configured:
            cursor.configured, cursor.due_at, cursor.attempts = configured, now, 0
            parked.all_due(session)
            media.revive(session, now)
        failing = cursor.failing_since is not None
        patient = cursor.attempts < _PATIENCE
        return _Start(int(cursor.seq), cursor.page_limit, cursor.due_at <= now, patient, failing)


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
    if is_transient(error):
        return False
    return not str(getattr(getattr(error, "orig", error), "sqlstate", None) or "").startswith("42")


def _store(corp: int, page: Page) -> tuple[bool, int]:
    """Rows, parked messages, incidents and cursor in one transaction; whether anything was new, and how many."""
    now = clock.now()
    with transaction(corp) as session:
        cursor = session.scalars(select(ArchiveCursor).where(ArchiveCursor.id == 1).with_for_update()).one()
        before, before_failing = int(cursor.seq), cursor.failing_since is not None
        taken = _taken(session, page)
        kept = parked.keep(session, page.unopened, now)
        _note_incidents(session, page, cursor, taken, now)
        media.request(session, taken.files, now)
        cursor.seq = Decimal(max(before, page.last_seq))
        cursor.page_limit, cursor.attempts, cursor.reason, cursor.failing_since = page.limit, 0, None, None
        cursor.asked_at = now
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


def _rest(corp: int, *, changed: bool) -> None:
    now = clock.now()
    with transaction(corp) as session:
        rested = {"due_at": now + IDLE, "asked_at": now, "attempts": 0, "reason": None, "failing_since": None}
        session.execute(update(ArchiveCursor).values(rested))
        if watch.is_due(corp) or changed:
            watch.look(session)


def _failed(corp: int, error: ArchiveRefused) -> None:
    with transaction(corp) as session:
        cursor = session.get_one(ArchiveCursor, 1)
        cursor.attempts += 1
        cursor.reason = str(error)
        cursor.failing_since = cursor.failing_since or clock.now()
        mends_itself = error.reaction is Reaction.RETRY
        cursor.due_at = work.next_try(cursor.attempts) if mends_itself else clock.now() + dt.timedelta(seconds=60)
        session.flush()
        watch.refused(session, error)
        watch.look(session)
    log.warning("archive.pull_failed", corp=corp, code=error.code, attempts=cursor.attempts)


def _retry_parked(corp: int, archive: Archive, keys: dict[int, str]) -> int:
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
                lambda part: _reopened(corp, part, ids),
                lambda part: reading.opened(archive, keys, part, patient=False),
            )
        )
        if parked.time_is_up(began):
            break
    if opened:
        log.info("archive.parked_opened", corp=corp, opened=opened)
    return opened


def _reopened(corp: int, page: Page, ids: Mapping[Envelope, Sequence[int]]) -> int:
    """Take over what was parked and opens now, its files with it; how many did."""
    with transaction(corp) as session:
        taken = _taken(session, page)
        media.request(session, taken.files, clock.now())
        parked.settle(session, page, ids)
        cursor = session.get_one(ArchiveCursor, 1, with_for_update=True)
        cursor.stored += taken.stored
        _note_conflicts(session, cursor, taken, clock.now())
        if page.msgids:
            cursor.moved_at = clock.now()
        session.flush()
        watch.look(session)
    return len(page.msgids)
