"""Opening sealed messages, a share of a page after the other: the archive opens it, and what came out is checked.

On threads, which wait for the processes that do the RSA. What else can be done with a message alone is done there too:
a page is ready to be stored when its last share is.
"""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson
import structlog

from scrm.contracts.archive import OpenedMessage, sink
from scrm.core import storable
from scrm.wecom.archive.models import ParkedReason
from scrm.wecom.port.archive import FAILING, Archive, ArchiveRefused, Envelope, Sealed

log = structlog.get_logger(__name__)

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
_PER_CORE = 2  # threads: while one waits for a child, the other prepares what has come
_SHARE = 125  # messages per question to a child: with fewer, asking costs more than it hides
_REASONS = {
    Sealed.NO_KEY: ParkedReason.NO_KEY,
    Sealed.WRONG_KEY: ParkedReason.WRONG_KEY,
    Sealed.DECRYPT: ParkedReason.DECRYPT,
    Sealed.CRASH: ParkedReason.CRASH,
    Sealed.SYSTEM: ParkedReason.DECRYPT,
}
_ODD = re.compile(rb"[\x00-\x1f]|\\u0000|\\u[dD]")  # what JSON for PostgreSQL must not hold, or not by half


@dataclass(frozen=True, slots=True)
class Unopened:
    """A message that stays sealed."""

    envelope: Envelope
    reason: ParkedReason


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a page, opened: ``prepared`` is what the sink made of ``opened``."""

    opened: list[OpenedMessage]
    unopened: list[Unopened]
    prepared: Any
    refused: ArchiveRefused | None = None  # the library fails over all of it: ``unopened`` says so too


def pool() -> ThreadPoolExecutor:
    """Threads for one corp's pages: they wait for the processes, which may hang, and others must not wait along."""
    return ThreadPoolExecutor(CORES * _PER_CORE, thread_name_prefix="archive-open")


def begin(
    threads: ThreadPoolExecutor, archive: Archive, keys: dict[int, str], envelopes: Sequence[Envelope]
) -> list[Future[Share]]:
    """Have a page opened, in its order; ``keys`` are PEM by version."""
    return [
        threads.submit(_open_share, archive, keys, envelopes[first : first + _SHARE])
        for first in range(0, len(envelopes), _SHARE)
    ]


def settled(shares: Sequence[Share], *, patient: bool) -> Sequence[Share]:
    """The shares, if the library did its work; raises `ArchiveRefused` if it failed over all that it was given.

    Where it opened others, what it fails over is to blame. So it is where ``patient`` has been long enough.
    """
    refused = [share.refused for share in shares if share.refused is not None]
    if refused and patient and not any(share.opened for share in shares):
        raise refused[0]
    return shares


def _open_share(archive: Archive, keys: dict[int, str], envelopes: Sequence[Envelope]) -> Share:
    whole = [envelope for envelope in envelopes if not envelope.raw]
    malformed = [Unopened(envelope, ParkedReason.MALFORMED) for envelope in envelopes if envelope.raw]
    try:
        plains = archive.open_each(private_keys=keys, envelopes=whole)
    except ArchiveRefused as error:
        if error.code != FAILING:
            raise
        unopened = [Unopened(envelope, ParkedReason.CRASH) for envelope in whole]
        return Share([], [*malformed, *unopened], None, error)
    share = _checked([(envelope, _read(envelope, plain)) for envelope, plain in zip(whole, plains, strict=True)])
    share.unopened.extend(malformed)
    return share


def _checked(items: list[tuple[Envelope, OpenedMessage | Unopened]]) -> Share:
    opened = [item for _, item in items if isinstance(item, OpenedMessage)]
    try:
        prepared = sink().prepare(opened)
    except Exception as error:  # over one message all others would wait for good
        log.warning("archive.share_not_prepared", messages=len(opened), error=type(error).__name__)
        items = [(envelope, _unless_odd(envelope, item)) for envelope, item in items]
        opened = [item for _, item in items if isinstance(item, OpenedMessage)]
        prepared = sink().prepare(opened)
    return Share(opened, [item for _, item in items if isinstance(item, Unopened)], prepared)


def _unless_odd(envelope: Envelope, item: OpenedMessage | Unopened) -> OpenedMessage | Unopened:
    """A message that cannot be prepared by itself stays sealed."""
    if isinstance(item, OpenedMessage):
        try:
            sink().prepare([item])
        except Exception:
            return Unopened(envelope, ParkedReason.UNSTORED)
    return item


def _read(envelope: Envelope, plain: bytes | Sealed) -> OpenedMessage | Unopened:
    if isinstance(plain, Sealed):
        return Unopened(envelope, _REASONS[plain])
    try:
        body, text = _parsed(plain)
    except (ValueError, RecursionError):
        return Unopened(envelope, ParkedReason.NO_MESSAGE)
    if not isinstance(body, dict) or body.get("msgid") != envelope.msgid:
        return Unopened(envelope, ParkedReason.NO_MESSAGE)
    return OpenedMessage(
        envelope.seq, envelope.msgid, envelope.publickey_ver, body, text, hashlib.sha256(plain).digest()
    )


def _parsed(plain: bytes) -> tuple[Any, bytes]:
    """The value, and as JSON that PostgreSQL takes; raises ValueError or RecursionError.

    `orjson` first, in a fifth of the time of `json`. It refuses what PostgreSQL refuses, but for NULs.
    """
    try:
        body = orjson.loads(plain)
    except orjson.JSONDecodeError:
        body = json.loads(plain.decode(), strict=False, parse_constant=_refuse)
        odd = _ODD.search(plain) is not None
    else:
        odd = b"\\u0000" in plain
    if not odd:
        return body, plain
    json.dumps(body, allow_nan=False)  # a number without end is refused, not made another
    body = storable.cleaned(body)
    return body, json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
