"""How this process runs while it opens and stores pages, for seconds at a time."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds that a thread which comes back from RSA waits for the interpreter at most, instead of Python's own 5 ms.
# Reasoned: in pairs on two cores, 0.05 to 5 ms could not be told apart.
_TURN = 0.0002


@contextmanager
def at_full_speed() -> Iterator[None]:
    """Threads take turns quickly, and the collector of cycles rests.

    Parsed messages hold no cycles, but they make the collector look through the whole process again and again:
    10 µs per message, more than parsing it takes.
    """
    turn, collects = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(_TURN)
    gc.disable()
    try:
        yield
    finally:
        sys.setswitchinterval(turn)
        if collects:
            gc.enable()
