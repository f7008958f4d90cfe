"""Passwords: hashed and compared a few at a time, since each takes a tenth of a second of a core and 32 MB."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from werkzeug.security import check_password_hash, generate_password_hash

from scrm.core.errors import Busy

AT_ONCE = min(max(os.cpu_count() or 2, 2), 4)
_PATIENCE = 5.0

_places = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """What is stored of a password; raises `Busy` where too many wait."""
    with _place():
        return generate_password_hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password; takes as long where none is stored. No transaction may be open. Raises `Busy`."""
    with _place():
        right = check_password_hash(stored or _nobody(), password)
    return right and stored is not None


@cache
def _nobody() -> str:
    return generate_password_hash(secrets.token_urlsafe(12))


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=_PATIENCE):
        raise Busy()
    try:
        yield
    finally:
        _places.release()
