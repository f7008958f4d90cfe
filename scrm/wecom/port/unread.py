"""What of an answer could not be read: set aside by its id, beside the answer, so that it is never taken for gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Unread:
    """One item that says nothing readable; ``id`` is empty where not even that can be read.

    ``kind`` is what it is one of: contact, member, department, group, …
    """

    kind: str
    id: str
    reason: str


_found: ContextVar[list[Unread] | None] = ContextVar("unread", default=None)


@contextmanager
def collected() -> Iterator[list[Unread]]:
    """What the calls within the block set aside, for whoever stores their answers."""
    found: list[Unread] = []
    token = _found.set(found)
    try:
        yield found
    finally:
        _found.reset(token)


def set_aside(item: Unread) -> None:
    """Called by the client for each item that it cannot read."""
    found = _found.get()
    if found is not None:
        found.append(item)
