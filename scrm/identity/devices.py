"""A browser that was signed in before, known by a signed cookie: a lock on the name does not keep it out."""

import hmac
import secrets

from flask import Response, request

from scrm.core import sealing
from scrm.core.settings import settings

COOKIE = "scrm_device"
_LIFE_SECONDS = 180 * 24 * 3600


def known(account_id: int) -> str | None:
    """This browser's own number if the account was signed in on it before."""
    number, _, seal = request.cookies.get(COOKIE, "").partition(".")
    right = hmac.compare_digest(seal.encode(), _seal(account_id, number).encode())
    return f"{account_id}|{number}" if number and right else None


def mark(response: Response, account_id: int) -> None:
    """Let this browser be known as the account's."""
    if known(account_id) is not None:
        return
    number = secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE,
        f"{number}.{_seal(account_id, number)}",
        max_age=_LIFE_SECONDS,
        httponly=True,
        secure=settings().https,
        samesite="Lax",
        path="/api/v1/session",
    )


def _seal(account_id: int, number: str) -> str:
    key = sealing.derive(settings().secret_key, "device")
    return hmac.new(key, f"{account_id}|{number}".encode(), "sha256").hexdigest()
