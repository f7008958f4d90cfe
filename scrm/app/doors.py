"""What is refused for where a request comes from, before anything of it is looked at."""

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request

from scrm.core.errors import AppError, NotFound
from scrm.core.http import problem_of
from scrm.core.settings import settings

_FOR_PROGRAMS = frozenset({"/metrics", "/api/v1/openapi.json"})


class NotThisHost(AppError):
    status = 421
    code = "not_this_host"
    zh = "演示环境只能通过本机地址访问。"
    en = "The demo answers to this machine's own address only."


def install(app: Flask) -> None:
    """Before every other thing that the application does with a request."""
    app.before_request_funcs.setdefault(None, []).insert(0, _refusal)


def _refusal() -> Response | None:
    if settings().demo and _named() not in settings().own_names:
        return problem_of(NotThisHost())
    if request.path in _FOR_PROGRAMS and not _may_read():
        return problem_of(NotFound())
    return None


def _named() -> str:
    """What the browser calls us, without the port."""
    try:
        return (urlsplit(f"//{request.host}").hostname or "").lower()
    except ValueError:
        return ""


def _may_read() -> bool:
    config = settings()
    if config.metrics == "open":
        return True
    if config.metrics == "token":
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {config.metrics_token}".encode())
    # A proxy on this machine that the settings do not know of speaks for somebody else.
    forwarded = not config.trusted_proxies and ("X-Forwarded-For" in request.headers or "Forwarded" in request.headers)
    return _is_loopback(request.remote_addr or "") and not forwarded


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
