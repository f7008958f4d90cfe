"""What a thing is called: rooms say it of their own kinds, for whoever shows a ``kind:id``."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

Namer = Callable[[Session, list[str]], dict[str, str]]
Relatives = Callable[[Session, str, str], Iterable[str]]

_namers: dict[str, Namer] = {}
_relatives: list[Relatives] = []
MANY = 2_000  # conversations or alerts of one person
_NUMBER = 19  # digits of a bigint


def register(kind: str, namer: Namer) -> None:
    """Called by `scrm.wiring`: the names of these ids, of those that have one."""
    _namers[kind] = namer


def register_relatives(relatives: Relatives) -> None:
    """Called by `scrm.wiring`: what else of a room is about this kind and id, as ``kind:id``."""
    if relatives not in _relatives:
        _relatives.append(relatives)


def names(session: Session, things: Iterable[str]) -> dict[str, str]:
    """Names by ``kind:id``; what has none, or is of no known kind, is left out."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for thing in things:
        kind, _, own = thing.partition(":")
        if own and kind in _namers:
            wanted[kind].add(own)
    found: dict[str, str] = {}
    for kind, ids in wanted.items():
        found |= {f"{kind}:{own}": name for own, name in _namers[kind](session, sorted(ids)).items() if name}
    return found


def related(session: Session, thing: str) -> set[str]:
    """What is about a thing beside itself: a customer's other names, conversations and alerts, by any of them."""
    found = _beside(session, thing)
    kind, _, _ = thing.partition(":")
    names = [other for other in found if other.startswith(f"{kind}:")]
    return found.union(*(_beside(session, name) for name in names)) - {thing}


def _beside(session: Session, thing: str) -> set[str]:
    kind, _, own = thing.partition(":")
    return {other for relatives in _relatives for other in relatives(session, kind, own)}


def numbers(ids: Iterable[str]) -> list[int]:
    """Those of the ids that are numbers of ours."""
    return [int(own) for own in ids if own.isascii() and own.isdigit() and len(own) < _NUMBER]
