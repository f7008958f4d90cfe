"""The puller: one per corp under an advisory lock, page after page, the cursor in the transaction of its rows.

No transaction is open while WeCom is asked. While a page is being stored, the next ones are fetched and opened already;
if the store fails, that work is thrown away, since the cursor says where to go on.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import ARRAY, Text, any_, exists, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock, work
from scrm.core.db import database, is_transient, subject_key, transaction
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.events.archive import MessagesWaiting
from scrm.wecom import corps
from scrm.wecom.archive import media, reading
from scrm.wecom.archive.models import (
    ArchiveCursor,
    ArchiveIncident,
    ArchiveParked,
    IncidentKind,
    ParkedReason,
    ParkedState,
)
from scrm.wecom.archive.opening import Unopened
from scrm.wecom.archive.pace import collector_at_rest
from scrm.wecom.archive.reading import Page, Reader
from scrm.wecom.archive.sink import Taken, sink
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
_RETRIED = 500  # parked messages tried again in one go


def drain_batch(corp: int, lane: Lane) -> int:
    """Pull until all has been fetched, or for about ten seconds; the number of messages stored."""
    if not media.is_ours(corp, lane):
        return 0
    with _only_puller(corp) as alone:
        if not alone:
            return 0
        archive = port.archive(corp)
        credentials = corps.archive_of(corp)
        if archive is None or credentials is None:
            return 0
        try:
            opened = _retry_parked(corp, archive, credentials.private_keys)
            return opened + _pull(corp, archive, credentials.private_keys)
        except Exception as error:  # what is wrong here must not hold up the other work of the lane
            if is_transient(error):
                raise
            log.error("archive.pull_broken", corp=corp, exc_info=error)
            _failed(corp, ArchiveRefused(0, Reaction.RETRY, work.reason(error)))
            return 0


def _due(corp: int, lane: Lane) -> work.Condition | None:
    """Without a cursor, before the first pull, too."""
    return ~exists().where(ArchiveCursor.due_at > clock.now()) if media.is_ours(corp, lane) else None


TOPIC = work.Topic(name="archive", drain_batch=drain_batch, due=_due)


def messages_waiting(session: Session, _event: MessagesWaiting) -> None:
    """WeCom says that there is something: look at once, unless a failure has us wait."""
    session.execute(update(ArchiveCursor).where(ArchiveCursor.attempts == 0).values(due_at=clock.now()))
    ring_after_commit(session, Lane.BULK)


def retry_parked(session: Session) -> int:
    """Let every parked message be tried again with the next pull; how many wait."""
    now = clock.now()
    waiting = session.execute(
        update(ArchiveParked).where(ArchiveParked.state == ParkedState.WAITING).values(attempts=0)
    )
    session.execute(update(ArchiveCursor).values(due_at=now))
    ring_after_commit(session, Lane.BULK)
    return int(waiting.rowcount)  # type: ignore[attr-defined]


@contextmanager
def _only_puller(corp: int) -> Iterator[bool]:
    """A lock of this process for the corp's archive, gone with the connection if we die; false if another has it."""
    key = {"key": subject_key(corp, "archive-puller")}
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one():
            yield False
            return
        try:
            yield True
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _pull(corp: int, archive: Archive, keys: dict[int, str]) -> int:
    seq, limit, due = _begin(corp)
    if not due:
        return 0
    total = still = 0
    reader = Reader(archive, keys, seq=seq, limit=limit, pages=_STRETCH, seconds=_SECONDS)
    with collector_at_rest(), reader as pages:
        try:
            for page in pages:
                parts = _each(page, lambda part: _store(corp, part), lambda part: reading.opened(archive, keys, part))
                total += sum(stored for _, stored in parts)
                still = 0 if any(moved for moved, _ in parts) else still + 1
                if still >= _STILL:
                    raise ArchiveRefused(0, Reaction.RETRY, "the same page comes again and again")
        except ArchiveRefused as error:
            _failed(corp, error)
            return total
    if pages.at_end:
        _rest(corp)
        return total
    return max(total, 1)


def _begin(corp: int) -> tuple[int, int, bool]:
    """The cursor's seq and page limit, and whether it is due; the row is made on the first pull."""
    now = clock.now()
    fresh = {"id": 1, "seq": 0, "page_limit": PAGE_LIMIT, "due_at": now, "attempts": 0, "stored": 0, "repeated": 0}
    with transaction(corp) as session:
        session.execute(insert(ArchiveCursor).values(fresh).on_conflict_do_nothing())
        cursor = session.get_one(ArchiveCursor, 1)
        return int(cursor.seq), cursor.page_limit, cursor.due_at <= now


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
        before = int(cursor.seq)
        taken = _taken(session, page)
        parked = _park(session, page.unopened, now)
        _note_incidents(session, page, cursor, taken, now)
        media.request(session, taken.files, now)
        cursor.seq = Decimal(max(before, page.last_seq))
        cursor.page_limit, cursor.attempts, cursor.reason = page.limit, 0, None
        cursor.asked_at = now
        cursor.stored += taken.stored
        cursor.repeated += taken.repeated
        cursor.newest_at = max(filter(None, (cursor.newest_at, taken.newest_at)), default=None)
        if taken.stored or parked:
            cursor.moved_at = now
        moved = bool(taken.stored or parked or cursor.seq > before)
    log.info("archive.page_stored", corp=corp, stored=taken.stored, repeated=taken.repeated, parked=parked)
    return moved, taken.stored


def _taken(session: Session, page: Page) -> Taken:
    if not page.prepared:
        return Taken(stored=0, repeated=0, conflicts=[], files=[], newest_at=None)
    taken = sink().store(session, page.prepared)
    waiting = ArchiveParked.state == ParkedState.WAITING
    if session.scalar(select(exists().where(waiting))):
        # An array, since a thousand parameters of an IN take longer to write and to read than all the rest.
        come = ArchiveParked.msgid == any_(literal(page.msgids, ARRAY(Text)))
        opened = {"state": ParkedState.OPENED.value, "opened_at": clock.now()}
        session.execute(update(ArchiveParked).where(waiting, come).values(opened))
    return taken


def _park(session: Session, unopened: Sequence[Unopened], now: dt.datetime) -> int:
    """Keep what could not be opened, once each; how many were new."""
    if not unopened:
        return 0
    rows = [
        {
            "msgid": item.envelope.msgid,
            "seq": item.envelope.seq,
            "publickey_ver": item.envelope.publickey_ver,
            "encrypt_random_key": item.envelope.encrypt_random_key,
            "encrypt_chat_msg": item.envelope.encrypt_chat_msg,
            "state": ParkedState.WAITING.value,
            "reason": item.reason.value,
            "attempts": 1,
            "parked_at": now,
        }
        for item in unopened
    ]
    statement = insert(ArchiveParked).values(rows).on_conflict_do_nothing().returning(ArchiveParked.id)
    parked = len(session.scalars(statement).all())
    if parked:
        log.warning("archive.messages_parked", parked=parked, reasons=sorted({item.reason.value for item in unopened}))
    return parked


def _note_incidents(session: Session, page: Page, cursor: ArchiveCursor, taken: Taken, now: dt.datetime) -> None:
    """Gaps that may hide messages, and messages that changed; small gaps in seq are usual and say nothing."""
    before = int(cursor.seq)
    found: list[ArchiveIncident] = []

    def note(kind: IncidentKind, after: int, following: int, msgid: str | None = None) -> None:
        found.append(
            ArchiveIncident(
                kind=kind.value, after_seq=Decimal(after), next_seq=Decimal(following), msgid=msgid, found_at=now
            )
        )

    fresh = [envelope.seq for envelope in page.envelopes if envelope.seq > before]
    if before and fresh and cursor.asked_at is not None and now - cursor.asked_at > dt.timedelta(days=WINDOW_DAYS):
        note(IncidentKind.WINDOW, before, fresh[0])
    last = before
    for seq in sorted(fresh):
        if last and seq - last > JUMP:
            note(IncidentKind.JUMP, last, seq)
        last = seq
    for msgid in taken.conflicts:
        note(IncidentKind.CONFLICT, before, before, msgid)
    session.add_all(found)


def _rest(corp: int) -> None:
    now = clock.now()
    with transaction(corp) as session:
        session.execute(update(ArchiveCursor).values(due_at=now + IDLE, asked_at=now, attempts=0, reason=None))


def _failed(corp: int, error: ArchiveRefused) -> None:
    with transaction(corp) as session:
        cursor = session.get_one(ArchiveCursor, 1)
        cursor.attempts += 1
        cursor.reason = str(error)
        mends_itself = error.reaction is Reaction.RETRY
        cursor.due_at = work.next_try(cursor.attempts) if mends_itself else clock.now() + dt.timedelta(seconds=60)
    log.warning("archive.pull_failed", corp=corp, code=error.code, attempts=cursor.attempts)


def _retry_parked(corp: int, archive: Archive, keys: dict[int, str]) -> int:
    """Open what lacked a key that has come since, and what somebody asked to try again."""
    with transaction(corp) as session:
        rows = session.scalars(
            select(ArchiveParked)
            .where(
                ArchiveParked.state == ParkedState.WAITING,
                (ArchiveParked.attempts == 0)
                | ((ArchiveParked.reason == ParkedReason.NO_KEY) & ArchiveParked.publickey_ver.in_(keys)),
            )
            .order_by(ArchiveParked.id)
            .limit(_RETRIED)
        ).all()
    if not rows:
        return 0
    envelopes = [
        Envelope(int(row.seq), row.msgid, row.publickey_ver, row.encrypt_random_key, row.encrypt_chat_msg)
        for row in rows
    ]
    page = reading.opened(archive, keys, envelopes)
    opened = sum(_each(page, lambda part: _reopened(corp, part), lambda part: reading.opened(archive, keys, part)))
    log.info("archive.parked_retried", corp=corp, opened=opened, still_sealed=len(envelopes) - opened)
    return opened


def _reopened(corp: int, page: Page) -> int:
    """Take over what was parked and opens now; how many did."""
    with transaction(corp) as session:
        taken = _taken(session, page)
        media.request(session, taken.files, clock.now())
        for item in page.unopened:
            session.execute(
                update(ArchiveParked)
                .where(ArchiveParked.msgid == item.envelope.msgid)
                .values(attempts=ArchiveParked.attempts + 1, reason=item.reason.value)
            )
        session.execute(update(ArchiveCursor).values(stored=ArchiveCursor.stored + taken.stored))
    return len(page.msgids)
