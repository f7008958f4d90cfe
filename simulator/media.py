"""Uploads and downloads of media (pages 90253, 90256, 90254); contents live in memory for three days at most."""

import re
import time
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response

from simulator.edge import Call, Callers, Refusal, api
from simulator.world import Corp, Json

LIFE_SECONDS = 3 * 86_400
KEPT_BYTES = 200 * 2**20
_TOO_BIG = {"image": 10 * 2**20, "voice": 2 * 2**20, "video": 10 * 2**20, "file": 20 * 2**20}
_IMAGE_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_PART = 20 * 2**20


@dataclass(slots=True)
class Media:
    """One upload."""

    type: str
    filename: str
    content_type: str
    data: bytes
    created_at: int


@api("POST", "media/upload", callers=Callers.APP)
def upload(call: Call) -> Json:
    """Keep a temporary file, shared by all apps of the corp; ``created_at`` is a string here."""
    kind = call.query.get("type", "")
    if kind not in _TOO_BIG:
        raise Refusal(40004)
    files = [row for row in call.files if row[0] == "media"]
    if not files:
        raise Refusal(41006, "media data missing")
    _, filename, content_type, data = files[0]
    if len(data) <= 5:
        raise Refusal(44001 if not data else 40006)
    if len(data) > _TOO_BIG[kind]:
        raise Refusal(45001)
    if kind == "image" and not data.startswith(_IMAGE_MAGIC):
        raise Refusal(40123)
    if kind == "voice" and not data.startswith(b"#!AMR"):
        raise Refusal(40005)
    if kind == "video" and data[4:8] != b"ftyp":
        raise Refusal(40005)
    now = int(time.time())
    media_id = call.corp.new_id("3", 60)
    shelf = _shelf(call.corp)
    shelf[media_id] = Media(kind, filename, content_type, data, now)
    while sum(len(row.data) for row in shelf.values()) > KEPT_BYTES:
        shelf.pop(next(iter(shelf)))
    return {"type": kind, "media_id": media_id, "created_at": str(now)}


@api("POST", "media/uploadimg", callers=Callers.APP)
def upload_image(call: Call) -> Json:
    """Keep a permanent picture for welcome ``pic_url``."""
    if not call.files:
        raise Refusal(41006, "media data missing")
    _, filename, content_type, data = call.files[0]
    if not 5 < len(data) <= 2 * 2**20:
        raise Refusal(40009)
    if not data.startswith(_IMAGE_MAGIC):
        raise Refusal(40123)
    name = call.corp.new_id("img", 24)
    _shelf(call.corp)[name] = Media("image", filename, content_type, data, 2**40)
    url = f"https://wework.qpic.cn/simulated/{name}/0"
    call.corp.room.setdefault("pictures", set()).add(url)
    return {"url": url}


@api("GET", "media/get", callers=Callers.APP)
def download(call: Call) -> Response:
    row = check_media(call, call.text("media_id", missing=41006))
    size, status = len(row.data), 200
    first, last = 0, size - 1
    span = re.fullmatch(r"bytes=(\d+)-(\d*)", call.headers.get("Range", ""))
    if span:
        first, last, status = int(span[1]), min(int(span[2] or last), size - 1), 206
    if last - first + 1 > _PART or first > last:
        raise Refusal(830002)
    response = Response(row.data[first : last + 1], status, content_type=row.content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.filename)}"
    if span:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def check_media(call: Call, media_id: str, kind: str = "") -> Media:
    """A living upload of this corp, of the wanted type; else 40007."""
    row = _shelf(call.corp).get(media_id)
    if row is None or row.created_at + LIFE_SECONDS < time.time() or (kind and row.type != kind):
        raise Refusal(40007)
    return row


def is_picture(corp: Corp, url: str) -> bool:
    """Whether `upload_image` gave out this address."""
    return url in corp.room.get("pictures", set())


def _shelf(corp: Corp) -> dict[str, Media]:
    shelf: dict[str, Media] = corp.room.setdefault("media", {})
    return shelf
