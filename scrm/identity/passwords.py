"""Passwords: hashed and compared a few at a time, since each takes some hundredths of a second of a core and 19 MB.

Argon2id with OWASP's least parameters. Those of 0.1 are scrypt's (a tenth of a second, 32 MB); each is hashed anew at
the next sign-in that brings it.
"""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from werkzeug.security import check_password_hash as agrees_with_scrypt
from werkzeug.security import generate_password_hash as made_by_scrypt

from scrm.core.errors import Busy

AT_ONCE = min(max(os.cpu_count() or 2, 2), 4)
KIND = "$argon2id$"
_PATIENCE = 5.0
_MEMORY = 19_456  # KiB

_places = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """What is stored of a password; raises `Busy` where too many wait."""
    with _place():
        return made(password)


def matches(stored: str | None, password: str, *, both_kinds: bool = False) -> bool:
    """Whether it is the password; takes as long where none is stored. No transaction may be open. Raises `Busy`.

    ``both_kinds``: while passwords of 0.1 are stored, each guess does the work of both kinds, so that the time tells
    neither whether there is an account nor whose password is of before.
    """
    before = stored is not None and is_of_before(stored)
    with _place():
        new = agrees(stored if stored is not None and not before else _nobody(), password)
        if not both_kinds and not before:
            return new and stored is not None
        old = agrees_with_scrypt(stored if stored is not None and before else _nobody_of_before(), password)
    return stored is not None and (old if before else new)


def is_of_before(stored: str) -> bool:
    """Whether it is one of 0.1's."""
    return not stored.startswith(KIND)


def made(password: str) -> str:
    salt = secrets.token_bytes(16)
    return Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=_MEMORY).derive_phc_encoded(
        password.encode()
    )


def agrees(stored: str, password: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), stored)
    except InvalidKey:
        return False
    return True


@cache
def _nobody() -> str:
    return made(secrets.token_urlsafe(12))


@cache
def _nobody_of_before() -> str:
    return made_by_scrypt(secrets.token_urlsafe(12))


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=_PATIENCE):
        raise Busy()
    try:
        yield
    finally:
        _places.release()
