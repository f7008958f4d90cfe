"""How this process runs while it stores pages, for seconds at a time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """The collector of cycles rests.

    Parsed messages hold no cycles, but they make it look through the whole process again and again: 10 µs per message,
    more than parsing it takes.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
