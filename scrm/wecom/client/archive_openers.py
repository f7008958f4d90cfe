"""The children that open messages for one corp: as many as there are cores, started when they are needed.

In processes, since a thread that comes back from RSA waits for the interpreter, which somebody else has: 0.89 of two
cores were used, and 0.95 are now. Each stays on a core of its own: the kernel leaves two that sleep and wake together
on one, for seconds (0.70).

For one corp, since a library that hangs must not take those of another, and a corp's keys go with it.
"""

import atexit
import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import LifoQueue

import orjson

from scrm.wecom.client.archive_child import CRASHED, Child
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import FAILING, ArchiveRefused, Envelope, Sealed

_HANGS = 15.0  # seconds for one question: it asks nobody else
_TOO_MANY = 8  # messages on end that a child dies of: then it is not the messages
_OF_THE_LIBRARY = {Sealed.CRASH, Sealed.SYSTEM}


class Openers:
    """Open messages with the library at a path, or of the simulator where it is empty."""

    def __init__(self, library: str) -> None:
        self._library = library
        self._children = [Child(seconds=_HANGS, core=core) for core in _cores()]
        self._free: LifoQueue[Child] = LifoQueue()
        for child in self._children:
            self._free.put(child)
        _all.add(self)

    def open_each(self, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        """`scrm.wecom.port.archive.Archive.open_each`."""
        plains = self._opened(private_keys, envelopes) if envelopes else []
        given = [plain for plain in plains if plain not in (Sealed.NO_KEY, Sealed.WRONG_KEY)]
        if given and all(plain is Sealed.SYSTEM for plain in given):
            raise ArchiveRefused(FAILING, Reaction.RETRY, "the library fails over every message")
        return plains

    def rest(self, idle: float) -> None:
        """End the children that nobody has asked for so many seconds."""
        for child in self._children:
            child.rest(idle)

    def close(self) -> None:
        """End all children, also in the middle of a question."""
        for child in self._children:
            child.close()

    def _opened(self, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        plains = self._asked(private_keys, envelopes)
        if plains is not None:
            return plains
        # By halves, until the message is found that it dies of; a child may also have been killed by somebody else.
        middle = len(envelopes) // 2
        if not middle:
            return self._asked(private_keys, envelopes) or [Sealed.CRASH]
        halves = (envelopes[:middle], envelopes[middle:])
        found = [plain for half in halves for plain in self._opened(private_keys, half)]
        if len(found) >= _TOO_MANY and all(plain is Sealed.CRASH for plain in found):
            raise ArchiveRefused(FAILING, Reaction.RETRY, "the library dies of every message")
        return found

    def _asked(self, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed] | None:
        """None where the child died."""
        rows = [envelope[2:5] for envelope in envelopes]
        keys = {str(version): pem for version, pem in private_keys.items()}
        with self._child() as child:
            try:
                head, body = child.ask({"call": "open", "library": self._library, "keys": keys}, orjson.dumps(rows))
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
    def _child(self) -> Iterator[Child]:
        """One that is free, if possible the last that was: it runs already, and has the key."""
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)


_all: "weakref.WeakSet[Openers]" = weakref.WeakSet()


def _cores() -> Sequence[int | None]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return [None] * (os.cpu_count() or 2)


@atexit.register
def _end() -> None:
    for openers in list(_all):
        openers.close()
