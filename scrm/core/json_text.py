"""JSON of strangers: read only where it is nested 64 deep at most, which is looked at before it is parsed."""

import json
import re
from typing import Any

MAX_DEPTH = 64
# A string is passed over whole: brackets within it open nothing.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def loads(data: bytes) -> Any:
    """The value; raises `ValueError` on what is no JSON or nested deeper."""
    _look_at_depth(data)
    return json.loads(data)


def loads_strictly(data: bytes) -> Any:
    """The same, of who can be asked to say it again: a name twice or a number that is none is refused."""
    _look_at_depth(data)
    return json.loads(data, object_pairs_hook=_each_once, parse_constant=_no_number)


def _look_at_depth(data: bytes) -> None:
    depth = 0
    for token in _TOKEN.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError("nested too deep")
        elif first in b"]}":
            depth -= 1


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
