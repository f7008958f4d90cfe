"""Cookies of signing in: under https their names bind them to this very host.

Browsers take a ``__Host-`` cookie only from the host itself, over https and for all paths, so that no neighbouring
subdomain can plant one. Where the console is served without https the plain names stand.
"""

from flask import Response, request

from scrm.core.settings import settings


def named(plain: str) -> str:
    """The name under which a cookie is set and read."""
    return f"__Host-{plain}" if settings().https else plain


def given(plain: str) -> str:
    """What the browser sent; empty if nothing."""
    return request.cookies.get(named(plain), "")


def given_before(plain: str) -> str:
    """What it sent under the plain name, where that is no longer the name; anybody may have put it there."""
    return request.cookies.get(plain, "") if settings().https else ""


def put(response: Response, plain: str, value: str, *, seconds: int, path: str = "/") -> None:
    """Set a cookie for so long; ``path`` holds without https alone."""
    response.set_cookie(
        named(plain),
        value,
        max_age=seconds,
        httponly=True,
        secure=settings().https,
        samesite="Lax",
        path="/" if settings().https else path,
    )


def drop(response: Response, plain: str, *, path: str = "/") -> None:
    """Take a cookie away, under each name that it may have."""
    if settings().https:
        response.delete_cookie(named(plain), path="/", secure=True, httponly=True, samesite="Lax")
    response.delete_cookie(plain, path=path)


def is_set(response: Response, plain: str) -> bool:
    """Whether the answer sets or drops the cookie already."""
    return any(line.startswith(f"{named(plain)}=") for line in response.headers.getlist("Set-Cookie"))
