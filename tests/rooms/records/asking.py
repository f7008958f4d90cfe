"""A list asked in the filter language."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.rooms.house import Console

Filter = dict[str, Any]


def leaf(field: str, op: str, value: Any = None) -> Filter:
    return {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}


def ids(console: Console, path: str, filter: Filter | None = None, **query: Any) -> list[int]:
    """The numbers of the rows in order."""
    asked = {"filter": json.dumps(filter)} if filter is not None else {}
    return [row["id"] for row in console.get(path, **asked, **query)["items"]]


def refusal(console: Console, path: str, filter: Any = None, **query: Any) -> dict[str, Any]:
    """What is said to a wrong question; ``filter`` as a text is sent as it is."""
    asked = {} if filter is None else {"filter": filter if isinstance(filter, str) else json.dumps(filter)}
    answer = console.status("GET", f"{path}?{urlencode({**asked, **query})}")
    assert answer.status_code == 422, answer.text[:300]
    told: dict[str, Any] = answer.json()
    return told


def explained(console: Console, kind: str, number: int, filter: Filter) -> dict[str, Any]:
    told: dict[str, Any] = console.get(f"/kinds/{kind}/explain", id=number, filter=json.dumps(filter))
    return told
