"""The children that open messages: as many as there are cores, for all corps of this process.

In processes, since a thread that comes back from RSA waits for the interpreter, which somebody else has: 0.89 of two
cores were used, and 0.95 are now. Each stays on a core of its own: the kernel leaves two that sleep and wake together
on one, for seconds (0.70).
"""

import atexit
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import LifoQueue

import orjson

from scrm.wecom.client.archive_child import CRASHED, Child
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, Envelope, Sealed

_HANGS = 15.0  # seconds for one question: it asks nobody else
_TOO_MANY = 8  # messages on end that a child dies of: then it is not the messages

_free: LifoQueue[Child] = LifoQueue()


def open_each(library: str, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
    """`scrm.wecom.port.archive.Archive.open_each` by the library at a path, or of the simulator where it is empty."""
    return _opened(library, private_keys, envelopes) if envelopes else []


def _opened(library: str, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
    plains = _asked(library, private_keys, envelopes)
    if plains is not None:
        return plains
    # By halves, until the message is found that it dies of; a child may also have been killed by somebody else.
    middle = len(envelopes) // 2
    if not middle:
        return _asked(library, private_keys, envelopes) or [Sealed.CRASH]
    found = [
        plain for half in (envelopes[:middle], envelopes[middle:]) for plain in _opened(library, private_keys, half)
    ]
    if len(found) >= _TOO_MANY and all(plain is Sealed.CRASH for plain in found):
        raise ArchiveRefused(CRASHED, Reaction.RETRY, "the library dies of every message")
    return found


def _asked(library: str, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed] | None:
    """None where the child died."""
    rows = [envelope[2:] for envelope in envelopes]
    keys = {str(version): pem for version, pem in private_keys.items()}
    with _child() as child:
        try:
            head, body = child.ask({"call": "open", "library": library, "keys": keys}, orjson.dumps(rows))
        except ArchiveRefused as error:
            if error.code != CRASHED:
                raise
            return None
    plains: list[bytes | Sealed] = []
    place = 0
    for size in head["sizes"]:
        if isinstance(size, str):
            plains.append(Sealed(size))
        else:
            plains.append(body[place : place + size])
            place += size
    return plains


@contextmanager
def _child() -> Iterator[Child]:
    """One that is free, if possible the last that was: it runs already, and has the key."""
    child = _free.get()
    try:
        yield child
    finally:
        _free.put(child)


def _cores() -> Sequence[int | None]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return [None] * (os.cpu_count() or 2)


@atexit.register
def _end() -> None:
    while not _free.empty():
        _free.get_nowait().end()


for _core in _cores():
    _free.put(Child(seconds=_HANGS, core=_core))
