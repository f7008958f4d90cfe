"""A browser that was signed in before, known by a signed cookie: a lock on the name does not keep it out."""

import hmac
import secrets

from flask import Response

from scrm.core import sealing
from scrm.core.settings import settings
from scrm.identity import cookies

COOKIE = "scrm_device"
_LIFE_SECONDS = 180 * 24 * 3600


def known(account_id: int) -> str | None:
    """This browser's own number if the account was signed in on it before."""
    return _known(account_id, cookies.given(COOKIE)) or _known(account_id, cookies.given_before(COOKIE))


def mark(response: Response, account_id: int) -> None:
    """Let this browser be known as the account's."""
    if _known(account_id, cookies.given(COOKIE)) is not None:
        return
    number = secrets.token_urlsafe(16)
    value = f"{number}.{_seal(account_id, number)}"
    cookies.put(response, COOKIE, value, seconds=_LIFE_SECONDS, path="/api/v1/session")


def _known(account_id: int, value: str) -> str | None:
    number, _, seal = value.partition(".")
    right = hmac.compare_digest(seal.encode(), _seal(account_id, number).encode())
    return f"{account_id}|{number}" if number and right else None


def _seal(account_id: int, number: str) -> str:
    key = sealing.derive(settings().secret_key, "device")
    return hmac.new(key, f"{account_id}|{number}".encode(), "sha256").hexdigest()
