"""The simulator's archive over HTTP: what the native SDK fetches from WeCom's servers (page 91774).

=====  ===============================  ==============================================================================
POST   /_sim/archive/<corp>/chatdata    {"secret", "seq", "limit"} → {"code", "content": {errcode, errmsg, chatdata}}
POST   /_sim/archive/<corp>/media       {"secret", "indexbuf", "sdkfileid"} → the chunk; X-Code, X-Index, X-Finish
=====  ===============================  ==============================================================================

``code`` is the SDK's return code. Misfortunes match ``archive/chatdata`` and ``archive/media``; the archive's own kinds
are ``sdk`` (with ``errcode`` as the return code), ``repeat`` (the page before comes again), ``cut`` (after ``count``
messages), ``back`` (a message of an earlier page stands at the end, under its own seq).
"""

import json
import re
import time

from flask import Blueprint, Response, abort, request

from scrm.wecom.errcodes import look_up
from simulator import archive
from simulator.archive import Archive, Kept
from simulator.misfortunes import Misfortune
from simulator.state import Simulator
from simulator.world import Json

BAD_PARAMETER, NETWORK, BAD_FILE_ID, EXPIRED = 10000, 10001, 10005, 10010
_RANGE = re.compile(r"Range:bytes=(\d{1,12})-(\d{1,12})")


def blueprint(sim: Simulator) -> Blueprint:
    """The two doors; as open as the control API, that is to this machine alone."""
    routes = Blueprint("archive", __name__, url_prefix="/_sim/archive")

    @routes.post("/<corp_id>/chatdata")
    def chat_data(corp_id: str) -> Response:
        store, body = _store(sim, corp_id), _body()
        struck = sim.script.strike("archive/chatdata", corp_id, "archive")
        code = _struck_code(struck)
        seq, limit = body.get("seq"), body.get("limit")
        if code is None and (not _is_count(seq, 2**64) or not _is_count(limit, archive.PAGE_LIMIT + 1) or not limit):
            code = BAD_PARAMETER
        if code is not None:
            return _json(b'{"code":%d}' % code)
        errcode = _errcode(store, body, struck)
        rows = [] if errcode else _rows(store, body["seq"], body["limit"], struck)
        cap = store.corp.habits.archive_page_bytes
        if cap and sum(len(row.envelope) for row in rows) > cap:
            errcode, rows = 301058, []
        store.corp.note_call(
            {
                "at": time.time(),
                "method": "archive/chatdata",
                "http": "SDK",
                "app": "archive",
                "args": {"seq": seq, "limit": limit},
                "errcode": errcode,
                "rows": len(rows),
            }
        )
        text = json.dumps("ok" if not errcode else look_up(errcode).text).encode()
        envelopes = b",".join(row.envelope for row in rows)
        return _json(b'{"code":0,"content":{"errcode":%d,"errmsg":%s,"chatdata":[%s]}}' % (errcode, text, envelopes))

    @routes.post("/<corp_id>/media")
    def media(corp_id: str) -> Response:
        store, body = _store(sim, corp_id), _body()
        code = _struck_code(sim.script.strike("archive/media", corp_id, "archive"))
        file = store.find_media(str(body.get("sdkfileid")))
        span = _span(str(body.get("indexbuf") or ""))
        if code is None:
            code = _media_code(store, body, file, span)
        if code or file is None or span is None:
            return Response(b"", headers={"X-Code": str(code or BAD_FILE_ID)})
        first = span[0]
        chunk = file.data[first : first + archive.CHUNK]
        end = first + len(chunk)
        store.corp.note_call(
            {"at": time.time(), "method": "archive/media", "http": "SDK", "app": "archive", "args": {}, "errcode": 0}
        )
        headers = {"X-Code": "0", "X-Finish": str(int(end >= len(file.data)))}
        if end < len(file.data):
            headers["X-Index"] = f"Range:bytes={end}-{min(end + archive.CHUNK, len(file.data)) - 1}"
        return Response(chunk, headers=headers, content_type="application/octet-stream")

    return routes


def _rows(store: Archive, seq: int, limit: int, struck: Misfortune | None) -> list[Kept]:
    kind = struck.kind if struck is not None else ""
    if kind == "repeat":
        # Before what is asked for: somebody else may have been served what lies ahead, and that would be a gap.
        return store.page(max((start for start in store.served if start < seq), default=0), limit)
    rows = store.page(seq, limit)
    if kind == "cut" and struck is not None:
        rows = rows[: struck.count]
    if kind == "back":
        rows = [*rows, *store.page(0, 1)]
    if rows and kind != "back":
        store.served.append(seq)
    return rows


def _errcode(store: Archive, body: Json, struck: Misfortune | None) -> int:
    if struck is not None and struck.kind == "errcode":
        return struck.errcode
    if not _is_secret(store, body):
        return 40001
    return 45009 if store.is_busy("chat", archive.CHAT_PER_MINUTE) else 0


def _struck_code(struck: Misfortune | None) -> int | None:
    if struck is None:
        return None
    if struck.kind in ("latency", "timeout_before", "timeout_after"):
        time.sleep(struck.seconds)
    if struck.kind == "sdk":
        return struck.errcode
    if struck.kind in ("timeout_before", "timeout_after", "html502", "half_body"):
        return NETWORK
    return None


def _media_code(store: Archive, body: Json, file: archive.MediaFile | None, span: tuple[int, int] | None) -> int:
    if span is None or not _is_secret(store, body):
        return BAD_PARAMETER
    if store.is_busy("media", archive.MEDIA_PER_MINUTE):
        return NETWORK
    if file is None:
        return BAD_FILE_ID
    if file.at < store.now() - archive.WINDOW_SECONDS:
        return EXPIRED
    return BAD_PARAMETER if span[0] and span[0] >= len(file.data) else 0


def _is_secret(store: Archive, body: Json) -> bool:
    app = store.corp.apps.get("archive")
    return app is not None and body.get("secret") == app.secret


def _span(indexbuf: str) -> tuple[int, int] | None:
    if not indexbuf:
        return (0, 0)
    found = _RANGE.fullmatch(indexbuf)
    if found is None or int(found[1]) % archive.CHUNK:
        return None
    return int(found[1]), int(found[2])


def _store(sim: Simulator, corp_id: str) -> Archive:
    corp = sim.corps.get(corp_id) or abort(404, f"no corp {corp_id}")
    return archive.of(corp) or abort(404, "this corp has no archive")


def _body() -> Json:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _is_count(value: object, below: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def _json(payload: bytes) -> Response:
    return Response(payload, content_type="application/json; charset=UTF-8")
