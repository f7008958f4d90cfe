"""The gate for what a broadcast says (WeCom's limits, page 92135) and when, before anything is asked of WeCom."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from scrm.core import clock
from scrm.marketing.broadcasts.errors import (
    ContentEmpty,
    FieldTooLong,
    LinkInvalid,
    SendTimePast,
    SendTimeTooLate,
    TextTooLong,
)
from scrm.marketing.broadcasts.links import is_web

TEXT_BYTES = 4_000
ATTACHMENTS = 9
SCHEDULE = dt.timedelta(days=365)  # an audience frozen longer ago than this is nobody's any more
_LIMITS = {
    "image": {},
    "link": {"title": 128, "desc": 512, "url": 2048, "picurl": 2048},
    "miniprogram": {"title": 64},
}


def check(text: str, attachments: list[dict[str, Any]]) -> None:
    """Raise what is wrong with a text and its attachments, with the limit and its source."""
    if not text.strip() and not attachments:
        raise ContentEmpty()
    size = len(text.encode())
    if size > TEXT_BYTES:
        raise TextTooLong(bytes=size, limit=TEXT_BYTES)
    for part in attachments:
        for field, most in _LIMITS[part["kind"]].items():
            size = len(str(part.get(field) or "").encode())
            if size > most:
                raise FieldTooLong(field=field, bytes=size, limit=most)
        for field in ("url", "picurl"):
            if part.get(field) and not is_web(part[field]):
                raise LinkInvalid()


def check_time(send_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raise `SendTimePast` or `SendTimeTooLate`; none is at once."""
    if send_at is None:
        return
    if send_at <= now:
        raise SendTimePast(send_at=send_at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M"))
    if send_at > now + SCHEDULE:
        raise SendTimeTooLate(days=SCHEDULE.days)


def media_of(attachments: list[dict[str, Any]]) -> list[int]:
    """Ids of the pictures that these attachments need at WeCom."""
    return [part["media_id"] for part in attachments if "media_id" in part]


def for_wecom(attachments: list[dict[str, Any]], media_ids: Mapping[int, str]) -> list[dict[str, Any]]:
    """Attachments as add_msg_template takes them."""
    made: list[dict[str, Any]] = []
    for part in attachments:
        kind = part["kind"]
        if kind == "image":
            inner = {"media_id": media_ids[part["media_id"]]}
        elif kind == "link":
            inner = {name: part[name] for name in ("title", "url", "desc", "picurl") if part.get(name)}
        else:
            inner = {name: part[name] for name in ("title", "appid", "page")}
            inner["pic_media_id"] = media_ids[part["media_id"]]
        made.append({"msgtype": kind, kind: inner})
    return made
