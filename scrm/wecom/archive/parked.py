"""Messages that stay sealed: kept as they came, tried again daily and when keys or library have changed."""

import datetime as dt
import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog
from sqlalchemy import ARRAY, Text, any_, case, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import scrm
from scrm.core import clock
from scrm.core.db import transaction
from scrm.wecom.archive import reading
from scrm.wecom.archive.models import ArchiveParked, ParkedReason, ParkedState
from scrm.wecom.archive.opening import Unopened
from scrm.wecom.archive.reading import Page
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import Archive, ArchiveRefused, Envelope

log = structlog.get_logger(__name__)

AGAIN = dt.timedelta(days=1)
_PUT_OFF = dt.timedelta(hours=1)  # where the library does not work at all
_RETRIED = 100  # tried again in one transaction
_SECONDS = 5.0  # of a turn
_SEALED = ArchiveParked.state.in_([ParkedState.WAITING, ParkedState.SUPERSEDED])


def fingerprint(credentials: ArchiveCredentials) -> str:
    """Changes with whatever may open what did not open before: keys, library, secret, this product."""
    library = Path(credentials.library)
    state = library.stat() if credentials.library and library.exists() else None
    parts = [
        scrm.__version__,
        credentials.library,
        f"{state.st_size} {state.st_mtime_ns}" if state is not None else "",
        credentials.secret,
        credentials.proxy,
        *(f"{version} {pem}" for version, pem in sorted(credentials.private_keys.items())),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def keep(session: Session, unopened: Sequence[Unopened], now: dt.datetime) -> int:
    """Keep what could not be opened, each envelope once; how many were new."""
    if not unopened:
        return 0
    rows = [
        {
            "msgid": item.envelope.msgid,
            "seq": item.envelope.seq,
            "publickey_ver": item.envelope.publickey_ver,
            "encrypt_random_key": item.envelope.encrypt_random_key,
            "encrypt_chat_msg": item.envelope.encrypt_chat_msg,
            "raw": item.envelope.raw,
            "state": ParkedState.WAITING.value,
            "reason": item.reason.value,
            "attempts": 1,
            "parked_at": now,
            "due_at": now + AGAIN,
        }
        for item in unopened
    ]
    statement = insert(ArchiveParked).on_conflict_do_nothing().returning(ArchiveParked.id)
    kept = len(session.scalars(statement, rows).all())
    if kept:
        log.warning("archive.messages_parked", parked=kept, reasons=sorted({item.reason.value for item in unopened}))
    return kept


def note_opened(session: Session, page: Page) -> None:
    """Messages of this page wait no more: what opened, and other envelopes of the same msgid, which may yet differ."""
    if not page.msgids or not session.scalar(select(exists().where(ArchiveParked.state == ParkedState.WAITING))):
        return
    sealed = {item.envelope for item in page.unopened}
    digests = [
        hashlib.md5(envelope.encrypt_chat_msg.encode(), usedforsecurity=False).hexdigest()
        for envelope in page.envelopes
        if envelope not in sealed
    ]
    same = func.md5(ArchiveParked.encrypt_chat_msg) == any_(literal(digests, ARRAY(Text)))
    # An array, since a thousand parameters of an IN take longer to write and to read than all the rest.
    come = ArchiveParked.msgid == any_(literal(page.msgids, ARRAY(Text)))
    state = case((same, ParkedState.OPENED.value), else_=ParkedState.SUPERSEDED.value)
    session.execute(
        update(ArchiveParked)
        .where(ArchiveParked.state == ParkedState.WAITING, come)
        .values(state=state, opened_at=clock.now())
    )


def all_due(session: Session) -> int:
    """Have every one tried again with the next turn; how many wait."""
    renewed = update(ArchiveParked).values(attempts=0, due_at=None)
    session.execute(renewed.where(ArchiveParked.state == ParkedState.SUPERSEDED))
    waiting = session.execute(renewed.where(ArchiveParked.state == ParkedState.WAITING))
    return int(waiting.rowcount)  # type: ignore[attr-defined]


def next_due(corp: int, archive: Archive, keys: Mapping[int, str]) -> dict[Envelope, list[int]]:
    """Those whose time has come, with their ids; what has no key yet cannot open by waiting.

    A row that was malformed is read anew: this version may understand what an earlier one did not.
    """
    hopeless = (ArchiveParked.reason == ParkedReason.NO_KEY) & ArchiveParked.publickey_ver.not_in(keys)
    with transaction(corp) as session:
        rows = session.scalars(
            select(ArchiveParked)
            .where(
                _SEALED,
                ArchiveParked.due_at.is_(None) | (ArchiveParked.due_at <= clock.now()),
                (ArchiveParked.attempts == 0) | ~hopeless,
            )
            .order_by(ArchiveParked.id)
            .limit(_RETRIED)
        ).all()
    due: dict[Envelope, list[int]] = {}
    for row in rows:
        due.setdefault(_envelope(archive, row), []).append(row.id)
    return due


def _envelope(archive: Archive, row: ArchiveParked) -> Envelope:
    if row.raw:
        return archive.read_row(raw=row.raw)
    return Envelope(int(row.seq), row.msgid, row.publickey_ver, row.encrypt_random_key, row.encrypt_chat_msg)


def opened_again(corp: int, archive: Archive, keys: dict[int, str], envelopes: Sequence[Envelope]) -> Page | None:
    """These, opened as far as they do; none where the library does not work: then they are put off."""
    try:
        return reading.opened(archive, keys, envelopes, patient=False)
    except ArchiveRefused as error:
        log.warning("archive.parked_put_off", corp=corp, messages=len(envelopes), code=error.code)
        return None


def put_off(corp: int, due: Mapping[Envelope, Sequence[int]]) -> None:
    """Not now: the library does not work at all."""
    ids = [one for of in due.values() for one in of]
    with transaction(corp) as session:
        later = {"due_at": clock.now() + _PUT_OFF, "attempts": ArchiveParked.attempts + 1}
        session.execute(update(ArchiveParked).where(ArchiveParked.id.in_(ids)).values(later))


def settle(session: Session, page: Page, ids: Mapping[Envelope, Sequence[int]]) -> None:
    """What has opened and what has not, of those that were tried again."""
    now = clock.now()
    sealed = {item.envelope: item.reason for item in page.unopened}
    opened = [one for envelope in page.envelopes if envelope not in sealed for one in ids[envelope]]
    done = {"state": ParkedState.OPENED.value, "opened_at": now}
    session.execute(update(ArchiveParked).where(ArchiveParked.id.in_(opened)).values(done))
    for envelope, reason in sealed.items():
        tried = {"attempts": ArchiveParked.attempts + 1, "reason": reason.value, "due_at": now + AGAIN}
        # What could be read by now of a malformed row says whether it lacks a key.
        read = {"msgid": envelope.msgid, "seq": envelope.seq, "publickey_ver": envelope.publickey_ver}
        session.execute(update(ArchiveParked).where(ArchiveParked.id.in_(ids[envelope])).values(tried | read))


def time_is_up(began: float) -> bool:
    return time.monotonic() - began > _SECONDS
