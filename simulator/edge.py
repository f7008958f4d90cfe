"""The face every API call goes through: method, token, credential, misfortune, ledger, and the shape of answers.

A family of calls is a module of functions marked with `api`; what they raise or return becomes WeCom's JSON.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Response

from scrm.wecom.errcodes import look_up
from simulator.visibility import Range, visible
from simulator.world import App, Corp, Json, Staff

if TYPE_CHECKING:
    from simulator.state import Simulator


class Callers(StrEnum):
    """Which credential a call accepts (core sheet D1)."""

    ANY = "any"
    APP = "app"  # ordinary apps; contact sync gets 48002
    CUSTOMER = "customer"  # ordinary apps on the list 可调用接口的应用
    SYNC = "sync"  # contact sync alone
    ARCHIVE = "archive"  # the archive's secret alone
    DETAILS = "details"  # ordinary apps; contact sync gets 48009: only ids since 2022-08-15


class Refusal(Exception):
    """An errcode instead of an answer; ``text`` replaces the table's text."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = text or look_up(code).text


@dataclass
class Call:
    """One API call in the hands of its handler, with strict access to its parameters."""

    sim: "Simulator"
    corp: Corp
    app: App
    query: dict[str, str]
    body: Json
    ip: str
    files: list[tuple[str, str, str, bytes]] = field(default_factory=list)  # field, filename, content type, data
    headers: dict[str, str] = field(default_factory=dict)
    posted: bool = False  # parameters come from the JSON body, and from nowhere else
    linger: float = 0.0
    warned: bool = False
    facts: Json = field(default_factory=dict)  # goes into the ledger

    @property
    def range(self) -> Range:
        return visible(self.corp, self.app)

    def text(self, name: str, *, missing: int = 0) -> str:
        """A string of a POST's body or a GET's query; ``missing`` is the errcode when it is absent or empty."""
        value = self.body.get(name) if self.posted else self.query.get(name)
        if isinstance(value, bool) or (value is not None and not isinstance(value, str)):
            self.warned, value = True, None
        if not value and missing:
            raise Refusal(missing)
        return value or ""

    def has(self, name: str) -> bool:
        return name in self.body

    def number(self, name: str, default: int | None = None) -> int | None:
        """An integer; another type in a body is dropped with a warning, as WeCom does."""
        if not self.posted:
            given = self.query.get(name, "")
            return int(given) if re.fullmatch(r"-?\d{1,15}", given) else default
        value = self.body.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.warned = self.warned or value is not None
        return default

    def texts(self, name: str, *, at_most: int = 0, code: int = 40058) -> list[str]:
        """A list of strings; more than ``at_most`` or an element over 64 bytes is 40058."""
        value = self.body.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.warned = True
            return []
        if at_most and len(value) > at_most:
            raise Refusal(code, f"field `{name}` exceed max size {at_most}")
        if any(len(item.encode()) > 64 for item in value):
            raise Refusal(40058, f"field `{name}` exceed max length 64")
        return value

    def thing(self, name: str) -> Json:
        value = self.body.get(name)
        if isinstance(value, dict):
            return value
        self.warned = self.warned or value is not None
        return {}

    def staff(self, userid: str) -> Staff:
        """An in-service member this app sees, else 40003 for a bad shape and 60111."""
        if not re.fullmatch(r"[A-Za-z0-9_.@-]{1,64}", userid):
            raise Refusal(40003)
        member = self.corp.member(userid)
        if member is None or not self.range.sees(member):
            raise Refusal(60111)
        return member

    def contact_staff(self, userid: str) -> Staff:
        """Like `staff`, and configured for customer contact."""
        member = self.staff(userid)
        if not member.customer_contact:
            raise Refusal(60111)
        return member


Handler: TypeAlias = Callable[[Call], Json | Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One call: where, how, for whom, and which list stays in its error bodies."""

    path: str
    method: str
    handler: Handler
    callers: Callers
    empty: tuple[str, ...]
    misuse: int
    locked: bool


ROUTES: dict[str, Route] = {}


def api(
    method: str,
    path: str,
    *,
    callers: Callers,
    empty: tuple[str, ...] = (),
    misuse: int = 40058,
    locked: bool = True,
) -> Callable[[Handler], Handler]:
    """Register a handler under ``/cgi-bin/<path>``.

    ``empty`` names the list fields that error bodies carry; ``misuse`` is the errcode of the wrong HTTP method;
    an unlocked handler takes ``corp.lock`` itself.
    """

    def register(handler: Handler) -> Handler:
        ROUTES[path] = Route(path, method, handler, callers, empty, misuse, locked)
        return handler

    return register


def answer(route: Route, call: Call) -> tuple[int, Json | Response]:
    """Check the credential and run the handler; returns the errcode and what to send."""
    try:
        _permit(route, call.app)
        if route.locked:
            with call.corp.lock:
                result = route.handler(call)
        else:
            result = route.handler(call)
    except Refusal as refusal:
        return refusal.code, error(refusal, route.empty, call.ip, warned=call.warned)
    if isinstance(result, Response):
        return 0, result
    prefix = "Warning: wrong json format. " if call.warned else ""
    return 0, {"errcode": 0, "errmsg": f"{prefix}ok", **result}


def error(refusal: Refusal, empty: tuple[str, ...], ip: str, *, warned: bool = False) -> Json:
    """An error body with the long tail that real ones have."""
    prefix = "Warning: wrong json format. " if warned else ""
    hint = time.time_ns() % 10**19
    tail = f"hint: [{hint}], from ip: {ip}, more info at https://open.work.weixin.qq.com/devtool/query?e={refusal.code}"
    return {"errcode": refusal.code, "errmsg": f"{prefix}{refusal.text}, {tail}", **{name: [] for name in empty}}


def parse_body(raw: bytes) -> tuple[Json, bool]:
    """Read a JSON body as leniently as WeCom: a broken one is an empty one with a warning.

    Literal escapes of non-ASCII characters are refused with 40033 ("may be refused", core sheet): send UTF-8.
    """
    if not raw.strip():
        return {}, False
    if _ESCAPED.search(raw):
        raise Refusal(40033)
    try:
        body = json.loads(raw)
    except ValueError:
        return {}, True
    return (body, False) if isinstance(body, dict) else ({}, True)


def shorten(value: Any, limit: int = 400) -> Any:
    """A copy for the ledger in which long strings and lists are cut."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[:limit] + "…"
    if isinstance(value, dict):
        return {key: shorten(item, limit) for key, item in value.items()}
    if isinstance(value, list):
        return [shorten(item, limit) for item in value[:1000]]
    return value


_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")


def _permit(route: Route, app: App) -> None:
    if route.callers is Callers.ANY:
        return
    if (app.kind == "archive") != (route.callers is Callers.ARCHIVE):
        raise Refusal(48002)
    if app.kind == "contact_sync":
        if route.callers is Callers.DETAILS:
            raise Refusal(48009)
        if route.callers is not Callers.SYNC:
            raise Refusal(48002)
        return
    if route.callers is Callers.SYNC or (route.callers is Callers.CUSTOMER and not app.customer_contact):
        raise Refusal(48002)
