"""JSON of strangers: read only where it is nested 64 deep at most, which is looked at before it is parsed."""

import json
import re
from typing import Any

MAX_DEPTH = 64
# A string is passed over whole: brackets within it open nothing.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def loads(data: bytes) -> Any:
    """The value; raises `ValueError` on what is no JSON or nested deeper."""
    depth = 0
    for token in _TOKEN.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError("nested too deep")
        elif first in b"]}":
            depth -= 1
    return json.loads(data)
