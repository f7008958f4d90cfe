"""A page of the archive that is no proper JSON, taken apart row by row: one bad row must not cost its neighbours.

No JSON parser goes on behind a mistake, so the rows are found by their braces alone, text between quotes left aside.
"""

import json
import re
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

_LIST = re.compile(rb'"chatdata"\s*:\s*\[')
_END = re.compile(rb"\](?:\s*\}){1,2}\s*$")
_BEGINNING = re.compile(rb'\{\s*"seq"\s*:')
_SIGNS = re.compile(rb'["\\{}\[\],]')


class Split(NamedTuple):
    """What stands around the rows, and each row as it came."""

    around: bytes
    rows: list[bytes]


def split(page: bytes) -> Split | None:
    """None where there is no list of rows that ends: such a page has not come whole."""
    found = _LIST.search(page)
    if found is None:
        return None
    rows, end = _by_braces(page, found.end())
    if end is None:
        last = _END.search(page)
        if last is None:
            return None
        end, rows = last.start(), _by_beginnings(page[found.end() : last.start()])
    return Split(page[: found.end()] + page[end:], [row for row in map(bytes.strip, rows) if row])


def _by_braces(page: bytes, start: int) -> tuple[list[bytes], int | None]:
    """The rows, and where their list ends; none where braces or quotes do not match."""
    rows: list[bytes] = []
    depth, quoted, place = 0, False, start
    while sign := _SIGNS.search(page, place):
        place, mark = sign.end(), sign.group()
        if quoted:
            place += mark == b"\\"  # what it escapes is no sign
            quoted = mark != b'"'
        elif mark == b'"':
            quoted = True
        elif mark in b"{[":
            depth += 1
        elif mark in b"}]" and depth:
            depth -= 1
        elif not depth:
            rows.append(page[start : sign.start()])
            start = place
            if mark != b",":
                return rows, sign.start() if mark == b"]" else None
    return rows, None


def _by_beginnings(listed: bytes) -> list[bytes]:
    """Where a row has lost a brace or a quote: each from where it begins to where the next one does."""
    starts = [0, *(found.start() for found in _BEGINNING.finditer(listed)), len(listed)]
    return [listed[start:end].rstrip(b", \r\n\t") for start, end in pairwise(starts)]


def lenient(text: bytes) -> Any:
    """JSON as the library writes it: raw control characters inside strings are let through (page 91774).

    Raises ValueError or RecursionError, also where the text is not UTF-8.
    """
    try:
        return orjson.loads(text)  # in a fifth of the time, but strict
    except orjson.JSONDecodeError:
        return json.loads(text.decode(), strict=False)
