"""Opening sealed messages: the private key of their version, then ``DecryptData``, on threads (page 91774).

RSA takes nine tenths of a message's time and lets other threads run, so threads are enough. What else can be done with
a message alone is done there too: a page is ready to be stored when its last share is.
"""

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

import orjson
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from scrm.core import storable
from scrm.wecom.archive.models import ParkedReason
from scrm.wecom.archive.sink import OpenedMessage, sink
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import Archive, ArchiveRefused, Envelope

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
_SHARE = 50  # messages per piece of work
_SHORTEST_KEY = 32  # characters; the sample of page 91774 has 88, a few random bytes are printable by chance
_PADDING = padding.PKCS1v15()
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


pool = ThreadPoolExecutor(THREADS, thread_name_prefix="archive-open")


def begin(archive: Archive, keys: dict[int, str], envelopes: Sequence[Envelope]) -> list[Future[Share]]:
    """Have a page opened, in its order; ``keys`` are PEM by version."""
    private = {version: _private_key(pem) for version, pem in keys.items()}
    return [
        pool.submit(_open_share, archive, private, envelopes[first : first + _SHARE])
        for first in range(0, len(envelopes), _SHARE)
    ]


def _open_share(archive: Archive, keys: dict[int, RSAPrivateKey], envelopes: Sequence[Envelope]) -> Share:
    # All keys first: what RSA reads and writes drives everything else out of the caches, each time anew.
    unwrapped = [_random_key(keys, envelope) for envelope in envelopes]
    opened: list[OpenedMessage] = []
    unopened: list[Unopened] = []
    for envelope, random_key in zip(envelopes, unwrapped, strict=True):
        item = _open(archive, random_key, envelope)
        if isinstance(item, OpenedMessage):
            opened.append(item)
        else:
            unopened.append(item)
    return Share(opened, unopened, sink().prepare(opened))


def _random_key(keys: dict[int, RSAPrivateKey], envelope: Envelope) -> str | ParkedReason:
    """The key of one message, or why there is none."""
    private = keys.get(envelope.publickey_ver)
    if private is None:
        return ParkedReason.NO_KEY
    try:
        unwrapped = private.decrypt(base64.b64decode(envelope.encrypt_random_key), _PADDING)
        random_key = unwrapped.decode("ascii")
    except (ValueError, binascii.Error):
        return ParkedReason.WRONG_KEY
    # A wrong key may come out as random bytes of random length instead of an error (implicit rejection).
    if len(random_key) < _SHORTEST_KEY or not random_key.isprintable():
        return ParkedReason.WRONG_KEY
    return random_key


def _open(archive: Archive, random_key: str | ParkedReason, envelope: Envelope) -> OpenedMessage | Unopened:
    if isinstance(random_key, ParkedReason):
        return Unopened(envelope, random_key)
    try:
        plain = _decrypt(archive, random_key, envelope)
    except ArchiveRefused as error:
        reason = ParkedReason.CRASH if error.reaction is Reaction.RETRY else ParkedReason.DECRYPT
        return Unopened(envelope, reason)
    return _read(envelope, plain)


def _decrypt(archive: Archive, random_key: str, envelope: Envelope) -> bytes:
    try:
        return archive.decrypt_data(encrypt_key=random_key, encrypt_chat_msg=envelope.encrypt_chat_msg)
    except ArchiveRefused as error:
        if error.reaction is not Reaction.RETRY:
            raise
    return archive.decrypt_data(encrypt_key=random_key, encrypt_chat_msg=envelope.encrypt_chat_msg)


def _read(envelope: Envelope, plain: bytes) -> OpenedMessage | Unopened:
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
    body = storable.cleaned(body)
    return body, json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


@lru_cache(maxsize=256)
def _private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("no RSA key")
    return key
