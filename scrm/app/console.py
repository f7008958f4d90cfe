"""The built console: hashed assets for ever, pages with a fresh nonce, the shell for every page address."""

import mimetypes
import secrets
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file

from scrm.app import opening
from scrm.core.settings import settings

pages = Blueprint("console", __name__)

DIST = Path(__file__).resolve().parents[2] / "admin_ui" / "dist"
_NONCE = "__CSP_NONCE__"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
ENTRIES = {"sidebar": "sidebar.html", "simulator": "simulator.html"}
_AVATARS = "https://wx.qlogo.cn https://p.qpic.cn https://rescdn.qqmail.com https://wework.qpic.cn"


@pages.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """A file with a hash in its name."""
    return _file(DIST / "assets", name, forever=True)


@pages.get("/favicon.ico")
@pages.get("/favicon.svg")
def icon() -> Response:
    """The icon."""
    return _file(DIST, "favicon.svg", forever=False)


@pages.get("/WW_verify_<code>.txt")
def ownership(code: str) -> Response:
    """The file by which WeCom checks who owns the domain; an operator puts it into the data directory."""
    if not code.isalnum():
        abort(404)
    return _file(settings().data_dir, f"WW_verify_{code}.txt", forever=False)


@pages.get("/", defaults={"path": ""})
@pages.get("/<path:path>")
def page(path: str) -> Response:
    """The console for any page address; the sidebar and the simulator have entries of their own."""
    first = path.partition("/")[0]
    if first in {"api", "assets", "wecom", "metrics"}:
        abort(404)
    if first == "simulator" and not (settings().demo and settings().loopback):
        abort(404)
    return _shell(ENTRIES.get(first, "index.html"), path)


def _shell(name: str, address: str) -> Response:
    path = DIST / name
    if not path.is_file():
        text = (
            "<!doctype html><meta charset=utf-8><title>SCRM</title>"
            "<p>界面尚未构建，请执行 make run。<p>The console is not built; run make run."
        )
        return Response(text, status=503, mimetype="text/html")
    nonce = secrets.token_urlsafe(16)
    text = _text(path).replace(_NONCE, nonce).replace("</head>", f"{opening.head(DIST, name, address)}</head>", 1)
    response = Response(text, mimetype="text/html")
    frames = "'self' https://*.work.weixin.qq.com" if name == "sidebar.html" else "'self'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
        f"img-src 'self' data: {_AVATARS}; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors {frames}"
    )
    response.headers["Cache-Control"] = "no-store"  # it says who is signed in
    return response


def _file(folder: Path, name: str, *, forever: bool) -> Response:
    resolved = (folder / name).resolve()
    # Within this folder, not merely within something of ours: the secret key lies in the data directory.
    if not resolved.is_relative_to(folder.resolve()) or not resolved.is_file():
        abort(404)
    accepted = request.accept_encodings
    encoding, chosen = "", resolved
    for name, suffix in _ENCODINGS:
        packed = resolved.with_name(resolved.name + suffix)
        if accepted[name] > 0 and packed.is_file():
            encoding, chosen = name, packed
            break
    # From the file: whoever reads it slowly does not keep it in memory.
    response = send_file(chosen, mimetype=mimetypes.guess_type(resolved.name)[0] or "text/plain", etag=False)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
    return response


@cache
def _read(path: Path, _changed_at: int) -> str:
    return path.read_text(encoding="utf-8")


def _text(path: Path) -> str:
    return _read(path, path.stat().st_mtime_ns)
