"""How this process runs while it stores pages, for seconds at a time."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_resting = 0
_collects = True


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """The collector of cycles rests, until the last who wants it so has done.

    Parsed messages hold no cycles, but they make it look through the whole process again and again: 10 µs per message,
    more than parsing it takes.
    """
    global _resting, _collects
    with _lock:
        if not _resting:
            _collects = gc.isenabled()
        _resting += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if not _resting and _collects:
                gc.enable()
