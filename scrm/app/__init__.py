"""The web application: the callback front, the API, the console's pages, health and metrics."""

import threading
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from scrm.app import console, health, metrics, simulator_page
from scrm.core import http, logs
from scrm.core.db import database
from scrm.core.errors import Busy
from scrm.core.settings import settings
from scrm.identity import login
from scrm.identity.routes import pages as login_pages
from scrm.wecom import callback
from scrm.wiring import APIS, wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

# Of the web server's 48 threads; the others stay free for callbacks, however busy the console is.
CONSOLE_THREADS = 32
_MAX_BODY = 1024 * 1024
_STATEMENT_TIMEOUT_MS = 5_000
_KEPT_CONNECTIONS = 16
# Beyond one per place of the console: callbacks read their credentials while every place waits for the database.
_SPARE_CONNECTIONS = 4


def create_wsgi() -> "WSGIApplication":
    """What the web server calls: callbacks beside Flask, everything else through it."""
    logs.configure()
    wire()
    database.configure(
        statement_timeout_ms=_STATEMENT_TIMEOUT_MS,
        pool_size=_KEPT_CONNECTIONS,
        max_overflow=CONSOLE_THREADS - _KEPT_CONNECTIONS + _SPARE_CONNECTIONS,
    )
    flask = create_flask()
    console_app = _bounded(flask.wsgi_app, flask)
    mounted = DispatcherMiddleware(console_app, {"/wecom/callback": callback.application})
    proxies = settings().trusted_proxies
    if not proxies:
        return mounted
    return ProxyFix(mounted, x_for=proxies, x_proto=proxies, x_host=proxies)


def create_flask() -> Flask:
    """The Flask application with all routes."""
    app = Flask("scrm", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    http.install(app, APIS, login.authenticate)
    app.register_blueprint(login_pages)
    app.register_blueprint(health.pages)
    app.register_blueprint(metrics.pages)
    if settings().demo and settings().loopback:
        app.register_blueprint(simulator_page.pages)
    app.register_blueprint(console.pages)
    app.after_request(_secure)
    return app


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if settings().https:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _bounded(app: "WSGIApplication", flask: Flask) -> "WSGIApplication":
    """Let at most `CONSOLE_THREADS` requests into Flask; one more waits a moment and is then sent away with 503."""
    places = threading.BoundedSemaphore(CONSOLE_THREADS)
    waiting = threading.BoundedSemaphore(CONSOLE_THREADS // 8)

    def bounded(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if not places.acquire(blocking=False) and not _waited(places, waiting):
            log.warning("console.saturated", path=environ.get("PATH_INFO", "")[:80])
            with flask.test_request_context("/"):
                return http.problem_of(Busy())(environ, start_response)
        try:
            return app(environ, start_response)
        finally:
            places.release()

    return bounded


def _waited(places: threading.BoundedSemaphore, waiting: threading.BoundedSemaphore) -> bool:
    if not waiting.acquire(blocking=False):
        return False
    try:
        return places.acquire(timeout=1)
    finally:
        waiting.release()
