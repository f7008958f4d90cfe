"""The Flask app of the simulator: WeCom's addresses, the login pages and the control API."""

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from simulator import (
    archive_door,
    contacts,
    control,
    directory,
    group_messages,
    group_transfers,
    groups,
    login,
    media,
    messages,
    msgaudit,
    tags,
    tokens,
    transfers,
    welcome,
)
from simulator.edge import ROUTES, Call, Callers, Refusal, Route, answer, error, parse_body, shorten
from simulator.misfortunes import Misfortune
from simulator.state import Simulator
from simulator.trickle import Trickle
from simulator.world import Corp, Json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WORLDS = (
    contacts,
    directory,
    group_messages,
    group_transfers,
    groups,
    media,
    messages,
    msgaudit,
    tags,
    transfers,
    welcome,
)  # imported for the routes they register
MAX_BODY = 25 * 2**20
_CUT = "wecom.simulator.cut_after"  # environ key: hold the connection so long, then drop it


def create_app(sim: Simulator, trickle: Trickle | None = None) -> Flask:
    """Build the app around one simulator state."""
    app = Flask("simulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.register_blueprint(control.blueprint(sim, trickle or Trickle(sim)))
    app.register_blueprint(archive_door.blueprint(sim))
    app.register_blueprint(login.blueprint(sim))
    app.add_url_rule("/cgi-bin/<path:path>", "cgi", lambda path: _serve(sim, path), methods=["GET", "POST"])
    inner = app.wsgi_app

    def outer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        body = inner(environ, start)
        if _CUT in environ:
            time.sleep(environ[_CUT])
            raise ConnectionAbortedError("a misfortune cuts this connection")
        return body

    app.wsgi_app = outer  # type: ignore[assignment,method-assign]
    return app


def _serve(sim: Simulator, path: str) -> Response:
    ip = request.remote_addr or ""
    route = ROUTES.get(path)
    if path == "gettoken":
        return _gettoken(sim, ip)
    if route is None:
        return Response("", 404)
    try:
        corp, app = tokens.holder(sim, request.args.get("access_token", ""))
    except Refusal as refusal:
        return _json(error(refusal, route.empty, ip))
    came = time.time()
    struck = sim.script.strike(path, corp.corp_id, app.key)
    before = _before(struck, route, ip)
    call = Call(sim, corp, app, request.args.to_dict(), {}, ip, headers=dict(request.headers))
    if struck is not None and before is not None:
        _note(
            corp,
            route,
            call,
            struck.errcode,
            came=came,
            struck=struck.kind,
            read=request.get_json(force=True, silent=True),
        )
        return before
    if struck is not None and struck.kind == "latency":
        call.linger = struck.seconds if not route.locked else 0.0
        if route.locked:
            time.sleep(struck.seconds)
    code, result = _run(sim, route, call)
    _note(corp, route, call, code, came=came)
    return _after(struck, result)


def _run(sim: Simulator, route: Route, call: Call) -> tuple[int, Json | Response]:
    if request.method != route.method:
        return route.misuse, error(Refusal(route.misuse), route.empty, call.ip)
    try:
        if request.method == "POST" and request.mimetype != "multipart/form-data":
            call.posted = True
            call.body, call.warned = parse_body(request.get_data())
        elif request.files:
            call.files = [
                (name, file.filename or "", file.mimetype, file.read()) for name, file in request.files.items()
            ]
    except Refusal as refusal:
        return refusal.code, error(refusal, route.empty, call.ip)
    over = sim.enter(call.corp, route.path)
    if over:
        return over, error(Refusal(over), route.empty, call.ip)
    try:
        return answer(route, call)
    finally:
        sim.leave(call.corp, route.path)


def _gettoken(sim: Simulator, ip: str) -> Response:
    query = request.args.to_dict()
    struck = sim.script.strike("gettoken", query.get("corpid", ""), "")
    route = Route("gettoken", "GET", _never, Callers.ANY, (), 40058, locked=False)
    before = _before(struck, route, ip)
    if before is not None:
        return before
    if struck is not None and struck.kind == "latency":
        time.sleep(struck.seconds)
    try:
        corp, app, result = tokens.get_token(sim, query, ip)
    except Refusal as refusal:
        return _json(error(refusal, (), ip))
    entry = {"at": time.time(), "method": "gettoken", "http": request.method, "app": app.key, "args": {}, "errcode": 0}
    corp.note_call(entry)
    return _after(struck, {"errcode": 0, "errmsg": "ok", **result})


def _before(struck: Misfortune | None, route: Route, ip: str) -> Response | None:
    if struck is None:
        return None
    if struck.kind == "errcode":
        return _json(error(Refusal(struck.errcode), route.empty, ip))
    if struck.kind == "html502":
        page = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body>"
        return Response(f"{page}</html>", 502, content_type="text/html")
    if struck.kind == "timeout_before":
        request.environ[_CUT] = struck.seconds
        return Response("")
    return None


def _after(struck: Misfortune | None, result: Json | Response) -> Response:
    response = result if isinstance(result, Response) else _json(result)
    if struck is not None and struck.kind == "timeout_after":
        request.environ[_CUT] = struck.seconds
    if struck is not None and struck.kind == "half_body":
        whole = response.get_data()
        half = Response(whole[: len(whole) // 2], content_type=response.content_type)
        half.headers["Content-Length"] = str(len(whole))
        half.headers["Connection"] = "close"
        half.automatically_set_content_length = False
        return half
    return response


def _note(
    corp: Corp, route: Route, call: Call, code: int, *, came: float, struck: str = "", read: object = None
) -> None:
    args = {name: value for name, value in call.query.items() if name != "access_token"} | call.body
    if isinstance(read, dict):
        args |= read
    corp.note_call(
        {
            "came": came,
            "at": time.time(),
            "method": route.path,
            "http": route.method,
            "app": call.app.key,
            "args": shorten(args),
            "errcode": code,
            **({"struck": struck} if struck else {}),
            **call.facts,
        }
    )


def _json(body: Json) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), content_type="application/json; charset=UTF-8")


def _never(call: Call) -> Json:
    raise AssertionError(f"{call} does not come this way")
