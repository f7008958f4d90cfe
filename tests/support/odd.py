"""Values that nobody should send and somebody does, for whatever reads, keeps or passes on what others say."""

import dataclasses
import datetime as dt
import json
import math
import types
import typing
from collections.abc import Iterator
from typing import Any

from scrm.core.storable import storable

# No part of it repeats, so that no index gets it in by packing it.
LONG = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(5_000))
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f\U0001f34c"
TEXTS: list[str] = [
    *("", " \t\n", "x", "\0", "王总\0仓库", "\ud800", "半\udc00个\ud83c", "\x01\x10\x1b\x7f\x85", "\u2028\ufeff\uffff"),
    *(FAMILY, "\u202e倒着\u200f", "İnci", "ẞ", "None", "null", "NaN", "12", "-1", "1e400", "9" * 400, "1" * 4_500),
    *("{}", "%s%(x)s{0}", "\\", "'; --", "</div><b>", LONG),
]  # fmt: skip
NUMBERS: list[Any] = [
    *(0, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, -(2**70), 10**30),
    *(1.5, 3.0, 1e300, math.nan, math.inf, -math.inf, True, None, "12", "", "x"),
]  # fmt: skip
NEITHER: list[Any] = [None, [], [None], {}, {"a": 1}]  # Where each costs a transaction: one of each kind.
FEW: list[Any] = ["", "王总\0仓库", FAMILY, "İnci", "None", LONG, 0, -1, 2**31, 2**63 - 1, None, "x", 1.5]

MOMENT = "2024-05-06T07:08:09Z"

Path = tuple[Any, ...]


def places(value: Any, path: Path = ()) -> list[Path]:
    """The way to each value within objects and lists, those between included."""
    found = [path] if path else []
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found += places(item, (*path, key))
    return found


def at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def replaced(value: Any, path: Path, odd: Any) -> Any:
    """A copy with another value at the end of the way."""
    if not path:
        return odd
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: replaced(item, rest, odd) if key == first else item for key, item in value.items()}
    return [replaced(item, rest, odd) if place == first else item for place, item in enumerate(value)]


def variants(sample: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Of a sample of JSON: the way, the odd value there, and the sample with it; texts, numbers and what is neither."""
    for path in places(sample):
        value = at(sample, path)
        for odd in [*TEXTS, *NUMBERS, *NEITHER] if isinstance(value, str | int | None) else NEITHER:
            yield path, odd, replaced(sample, path, odd)


def sample_of(hint: Any) -> Any:
    """An ordinary JSON value of this type: of a dataclass its fields, of a list one item, of an optional the value."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return sample_of(next(item for item in arguments if item is not type(None)))
    if origin is list:
        return [sample_of(arguments[0])]
    if origin is tuple:
        return [sample_of(item) for item in arguments]
    if origin is dict or hint is Any:
        return {"key": "value"}
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return {item.name: sample_of(hints[item.name]) for item in dataclasses.fields(hint) if item.init}
    if hint is dt.datetime:
        return MOMENT
    return {str: "ab", int: 7, bool: True, float: 1.0}[hint]


def kept_well(value: Any) -> bool:
    """Storable, and nothing in it became the word for nothing."""
    return storable(value) and '"None"' not in json.dumps(value) and '"null"' not in json.dumps(value)
