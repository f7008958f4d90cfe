"""The web application: the callback front, the API, the console's pages, health and metrics."""

from typing import TYPE_CHECKING

from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from scrm.app import console, doors, health, metrics, simulator_page
from scrm.app.front.front import CONSOLE_THREADS, STRANGER_THREADS, Front
from scrm.core import http, logs
from scrm.core.db import database
from scrm.core.settings import settings
from scrm.identity import login
from scrm.identity.routes import pages as login_pages
from scrm.wecom import callback, corps
from scrm.wiring import APIS, wire

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_STATEMENT_TIMEOUT_MS = 5_000
_KEPT_CONNECTIONS = 16
# Beyond one per place of the console: callbacks read their credentials while every place waits for the database.
_SPARE_CONNECTIONS = 4


# They ask WeCom, for whoever comes.
_FOR_STRANGERS = frozenset({"login.begin_wecom_login", "login.finish_wecom_login"})


def create_rsgi() -> Front:
    """What our web server calls: the front, behind it callbacks beside Flask and everything else through it."""
    _prepare()
    flask = create_flask()
    return Front(flask, _behind_proxies(flask.wsgi_app), callback.application)


def create_wsgi() -> "WSGIApplication":
    """The same without the front, for a WSGI server behind a proxy that hands over whole requests."""
    _prepare()
    return _behind_proxies(DispatcherMiddleware(create_flask().wsgi_app, {"/wecom/callback": callback.application}))


def _prepare() -> None:
    logs.configure()
    wire()
    database.configure(
        statement_timeout_ms=_STATEMENT_TIMEOUT_MS,
        pool_size=_KEPT_CONNECTIONS,
        max_overflow=CONSOLE_THREADS + STRANGER_THREADS - _KEPT_CONNECTIONS + _SPARE_CONNECTIONS,
    )


def _behind_proxies(application: "WSGIApplication") -> "WSGIApplication":
    proxies = settings().trusted_proxies
    return ProxyFix(application, x_for=proxies, x_proto=proxies, x_host=proxies) if proxies else application


def create_flask() -> Flask:
    """The Flask application with all routes."""
    app = Flask("scrm", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = http.MAX_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    http.install(app, APIS, login.authenticate, corps.seal_words)
    app.register_blueprint(login_pages)
    app.register_blueprint(health.pages)
    app.register_blueprint(metrics.pages)
    if settings().demo and settings().loopback:
        app.register_blueprint(simulator_page.pages)
    app.register_blueprint(console.pages)
    doors.install(app)
    app.after_request(_secure)
    app.extensions["scrm.strangers"] = _FOR_STRANGERS
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
