"""What GetChatData returns, read into the port's words; the same from the library and from the simulator."""

import json
from contextlib import suppress
from typing import Any

import orjson

from scrm.wecom.errcodes import Reaction, look_up
from scrm.wecom.port.archive import ArchiveRefused, Envelope


def envelopes(content: Any) -> list[Envelope]:
    """The messages of a page; raises `ArchiveRefused` for an errcode other than 0 or anything that is no page."""
    if not isinstance(content, dict):
        raise ArchiveRefused(10002, Reaction.RETRY, "the answer is no JSON object")
    errcode = int(content.get("errcode", 0))
    if errcode:
        known = look_up(errcode)
        raise ArchiveRefused(errcode, known.reaction, known.text)
    try:
        return [
            Envelope(
                int(row["seq"]),
                _ascii(str(row["msgid"])),
                _version(int(row["publickey_ver"])),
                _ascii(str(row["encrypt_random_key"])),
                _ascii(str(row["encrypt_chat_msg"])),
            )
            for row in content.get("chatdata") or []
        ]
    except (KeyError, TypeError, ValueError):
        raise ArchiveRefused(10002, Reaction.RETRY, "a message without its fields") from None


def _version(value: int) -> int:
    """As it is, or 0, of which there is no key, where no version can be that large."""
    return value if 0 <= value < 2**31 else 0


def _ascii(value: str) -> str:
    """As it is, unless it holds what no id and no Base64 does: then such that it can be kept."""
    if value.isascii() and "\0" not in value:
        return value
    return value.encode("ascii", "backslashreplace").decode().replace("\0", "\\x00")


def parse(text: bytes) -> Any:
    """JSON as the library writes it: raw control characters inside strings are let through (page 91774)."""
    with suppress(orjson.JSONDecodeError):  # in a fifth of the time, but strict
        return orjson.loads(text)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise ArchiveRefused(10002, Reaction.RETRY, "the answer is no JSON") from None
