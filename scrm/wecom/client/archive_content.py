"""What GetChatData returns, read into the port's words; the same from the library and from the simulator.

Row by row: what one row lacks is that row's affair. It goes on with its raw bytes, and is kept as it came.
"""

import re
from typing import Any, TypeGuard

import orjson

from scrm.core.storable import storable
from scrm.wecom.client import archive_rows
from scrm.wecom.errcodes import Reaction, look_up
from scrm.wecom.port.archive import ArchiveRefused, Envelope

_LONGEST_ID = 200  # characters: those of WeCom have less than a hundred, and an index takes no more than some thousand
_SEQ = re.compile(rb'"seq"\s*:\s*"?(\d{1,20})\b')
_MSGID = re.compile(rb'"msgid"\s*:\s*"([!#-\[\]-~]{1,200})"')


def envelopes(content: Any) -> list[Envelope]:
    """The messages of a page; raises `ArchiveRefused` for an errcode other than 0 or anything that is no page."""
    if not isinstance(content, dict):
        raise _no_page("the answer is no JSON object")
    errcode = _whole(content.get("errcode", 0), 2**63)
    if errcode is None:
        raise _no_page("the errcode is no number")
    if errcode:
        known = look_up(errcode)
        raise ArchiveRefused(errcode, known.reaction, known.text)
    rows = content.get("chatdata")
    if rows is not None and not isinstance(rows, list):
        raise _no_page("chatdata is no list")
    return [envelope(row) for row in rows or []]


def envelope(row: Any) -> Envelope:
    """A row, parsed or bytes, as it is, or what can be known of it with its raw bytes."""
    if isinstance(row, bytes):
        try:
            return _read(archive_rows.lenient(row), row)
        except (ValueError, RecursionError):
            return _from_bytes(row)
    return _read(row, None)


def parse(text: bytes) -> Any:
    """JSON as the library writes it; a row that is none stays bytes. Raises `ArchiveRefused` for what is no page."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    taken = archive_rows.split(text)
    try:
        page = archive_rows.lenient(taken.around if taken is not None else text)
    except (ValueError, RecursionError):
        raise _no_page("the answer is no JSON") from None
    content = page.get("content", page) if isinstance(page, dict) else None
    if taken is not None and isinstance(content, dict) and isinstance(content.get("chatdata"), list):
        content["chatdata"] = taken.rows
    return page


def _read(row: Any, raw: bytes | None) -> Envelope:
    if not isinstance(row, dict):
        return Envelope(0, "", 0, "", "", raw or orjson.dumps(row))
    seq, version = _whole(row.get("seq"), 2**64), _whole(row.get("publickey_ver"), 2**31)
    msgid, wrapped, sealed = row.get("msgid"), row.get("encrypt_random_key"), row.get("encrypt_chat_msg")
    if seq and _is_id(msgid) and version is not None and _is_base64(wrapped) and _is_base64(sealed):
        return Envelope(seq, msgid, version, wrapped, sealed)
    known = msgid if _is_id(msgid) else "" if _whole(msgid, 2**64) is None else str(msgid)
    return Envelope(seq or 0, known, version or 0, "", "", raw or orjson.dumps(row))


def _from_bytes(raw: bytes) -> Envelope:
    seq, msgid = _SEQ.search(raw), _MSGID.search(raw)
    number = int(seq[1]) if seq else 0
    return Envelope(number if number < 2**64 else 0, msgid[1].decode() if msgid else "", 0, "", "", raw)


def _whole(value: Any, below: int) -> int | None:
    """A whole number from 0 on, also as text; none for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below:
        return value
    return None


def _is_id(value: Any) -> TypeGuard[str]:
    """Of a length that an index takes, and of characters that can be kept."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and storable(value)


def _is_base64(value: Any) -> TypeGuard[str]:
    """That it may be: what holds other characters cannot be opened, and not kept as text either."""
    return isinstance(value, str) and value.isascii() and "\0" not in value


def _no_page(text: str) -> ArchiveRefused:
    return ArchiveRefused(10002, Reaction.RETRY, text)
