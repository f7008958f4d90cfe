"""Why somebody is told: a kind of notice is a file of the room that tells."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from scrm.core.doorbell import Lane


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of notice, by the name that rows keep; it is about records of one kind.

    ``path`` is the page that its card opens, unless the room names another when it tells. With ``wait``, all that is
    told within it shares one card, which says where to look. ``touch`` tells the room that something became of notices
    on these records.
    """

    name: str
    zh: str
    en: str
    record: str
    path: str
    lane: Lane = Lane.DEFAULT
    wait: dt.timedelta = dt.timedelta(0)
    touch: Callable[[Session, Sequence[int]], None] | None = None


_kinds: dict[str, Kind] = {}


def register(kinds: Iterable[Kind]) -> None:
    """Called by `scrm.wiring`; safe to call again."""
    for kind in kinds:
        if _kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"notices: registered twice: {kind.name}")


def of_name(name: str) -> Kind:
    return _kinds[name]
