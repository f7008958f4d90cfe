"""Opaque cursors that say where a walk stands, so that a page neither repeats nor skips when rows come and go."""

import base64
import json
import zlib
from typing import Any

from simulator.edge import Refusal


def seal(kind: str, position: list[Any]) -> str:
    """Make a cursor of a call's name and the sort key of the last row sent."""
    raw = json.dumps([kind, position], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.crc32(raw).to_bytes(4, "big") + raw).decode().rstrip("=")


def unseal(kind: str, cursor: str) -> list[Any] | None:
    """Read a cursor of this call; None if there is none, 50100 if it is not ours or was altered."""
    if not cursor:
        return None
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        given_kind, position = json.loads(sealed[4:])
    except ValueError:
        raise Refusal(50100) from None
    if sealed[:4] != zlib.crc32(sealed[4:]).to_bytes(4, "big") or given_kind != kind or not isinstance(position, list):
        raise Refusal(50100)
    return position
