"""The RSGI application that the web server calls: reads the body, finds the desk, lets a thread answer."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import structlog
from flask import Flask
from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from scrm.app.front import bridge
from scrm.app.front.admission import admission, problem, refusal
from scrm.app.front.bodies import Body, BodyBroken, BodyTooSlow, LargePlaces, NoPlace, SmallPlaces
from scrm.app.front.bridge import Answer
from scrm.app.front.desks import Desk, DeskFull
from scrm.app.front.readers import Readers
from scrm.core.errors import BadRequest, Busy
from scrm.core.http import SMALL_BODY
from scrm.wecom import callback

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = structlog.get_logger(__name__)

CONSOLE_THREADS = 32
_CONSOLE_THREADS_EACH = 8  # of one sender: more than a browser has connections
STRANGER_THREADS = 8
CALLBACK_THREADS = 16
_CALLBACKS = "/wecom/callback"
_SMALL_PLACES = 512  # times 64 KB, for callbacks and for the others
_SMALL_SECONDS = 10
_LARGE_PLACES = 6
_LARGE_PLACES_EACH = 2  # of one sender
_LARGE_SECONDS = 120
_READERS = 256  # times 256 KB, of large answers under way
_LINGER_BYTES = 32 * 1024 * 1024
_LINGER_SECONDS = 5


class Front:
    """``console`` answers everything but callbacks; ``flask`` says how its routes are to be treated."""

    def __init__(self, flask: Flask, console: "WSGIApplication", callbacks: "WSGIApplication") -> None:
        self.flask = flask
        self._console = console
        self._callbacks = callbacks
        self._desk = Desk("console", threads=CONSOLE_THREADS, line=64, patience=2, each=_CONSOLE_THREADS_EACH)
        self._strangers = Desk("strangers", threads=STRANGER_THREADS, line=64, patience=5)
        self._callback_desk = Desk("callbacks", threads=CALLBACK_THREADS, line=1024, patience=4)
        self._small = SmallPlaces(_SMALL_PLACES, seconds=_SMALL_SECONDS)
        self._small_callbacks = SmallPlaces(_SMALL_PLACES, seconds=_SMALL_SECONDS)
        self._large = LargePlaces(_LARGE_PLACES, each=_LARGE_PLACES_EACH, seconds=_LARGE_SECONDS, patience=2)
        self._readers = Readers(_READERS)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        self._readers.is_over(scope.client)  # of the answer before: a connection has one at a time
        body = Body(scope, protocol)
        try:
            answer = await self._answered(scope, body)
        except BodyBroken:
            # Nobody is there to read it; the server wants to hear of each request all the same.
            answer = self._refusal(scope, BadRequest())
        if answer.large:
            self._readers.begins(scope.client, answer.file)
        answer.send(protocol, last=not body.whole)
        if not body.whole:
            await body.throw_away(_LINGER_BYTES, seconds=_LINGER_SECONDS)

    async def _answered(self, scope: Scope, body: Body) -> Answer:
        try:
            if scope.path == _CALLBACKS or scope.path.startswith(f"{_CALLBACKS}/"):
                return await self._callback(scope, body)
            return await self._request(scope, body)
        except BodyTooSlow:
            return self._refusal(scope, RequestTimeout())
        except (DeskFull, NoPlace):
            log.warning("console.saturated", path=scope.path[:80])
            return self._refusal(scope, Busy())

    async def _callback(self, scope: Scope, body: Body) -> Answer:
        if not body.whole and not body.declares_more(callback.MAX_BODY):
            async with self._small_callbacks.taken():
                await body.read(callback.MAX_BODY)
        environ = bridge.environ_of(scope, body.take())
        if not body.whole:
            environ["CONTENT_LENGTH"] = str(callback.MAX_BODY + 1)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = _CALLBACKS, environ["PATH_INFO"].removeprefix(_CALLBACKS)
        return await self._callback_desk.run(partial(bridge.call, self._callbacks, environ))

    async def _request(self, scope: Scope, body: Body) -> Answer:
        bare = bridge.environ_of(scope)
        found = admission(self.flask, bare)
        desk = self._strangers if found.strangers else self._desk
        caller = "" if found.strangers else _caller(scope)
        small = min(found.limit, SMALL_BODY)
        if not body.whole and found.limit and not body.declares_more(small):
            async with self._small.taken():
                await body.read(small)
        if body.whole or not found.limit:
            return await desk.run(self._console_call(scope, body), caller=caller)
        if found.check and (refused := await desk.run(partial(refusal, self.flask, bare), caller=caller)) is not None:
            return bridge.call(refused, bare)
        if found.limit <= small or body.declares_more(found.limit):
            return self._refusal(scope, RequestEntityTooLarge())
        async with self._large.taken(caller):
            if not await self._large.read(body, found.limit):
                return self._refusal(scope, RequestEntityTooLarge())
            return await desk.run(self._console_call(scope, body), caller=caller)

    def _console_call(self, scope: Scope, body: Body) -> "Callable[[], Answer]":
        return partial(bridge.call, self._console, bridge.environ_of(scope, body.take()))

    def _refusal(self, scope: Scope, error: Exception) -> Answer:
        environ = bridge.environ_of(scope)
        return bridge.call(problem(self.flask, environ, error), environ)


def _caller(scope: Scope) -> str:
    """One sender by what it signed in with; empty for who shows nothing, since those are many."""
    shown = [value for name, value in scope.headers.items() if name in {"authorization", "cookie"}]
    return hashlib.sha256("|".join(shown).encode()).hexdigest() if shown else ""
