"""Turns of a corp's archive: its work goes on by itself, and nobody waits for it longer than a moment.

A library may hang for as long as it likes. So a corp's work runs on a thread of its own, and whoever drains the lane
looks at it for a while: while it moves, the corp is drained again; while it does not, others have their turn.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from scrm.wecom.port.archive import Archive, Envelope, MediaChunk, Sealed

log = structlog.get_logger(__name__)

SLICE = 1.5  # seconds that one look waits at most
QUIET = 3.0  # seconds without a step after which the work counts as hanging
_MOST = 24  # threads at once: each holds a connection to the database

Step = Callable[[], None]


class Turn:
    """Work under way; ``step`` says that it moves."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._moved_at = time.monotonic()
        self._done = False
        self._result = 0
        self._error: BaseException | None = None

    def step(self) -> None:
        self._moved_at = time.monotonic()

    def run(self, work: Callable[[Step], int]) -> None:
        try:
            self._result = work(self.step)
        except BaseException as error:
            self._error = error
        with self._changed:
            self._done = True
            self._changed.notify_all()

    def look(self) -> bool:
        """Whether it has ended; waits for a while, unless it hangs."""
        ends = time.monotonic() + SLICE
        with self._changed:
            while not self._done:
                left = min(ends, self._moved_at + QUIET) - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            return self._done

    @property
    def ended(self) -> bool:
        return self._done

    @property
    def hangs(self) -> bool:
        return time.monotonic() >= self._moved_at + QUIET

    def result(self) -> int:
        """What came of it; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result


_lock = threading.Lock()
_turns: dict[tuple[int, str], Turn] = {}


def go_on(corp: int, what: str, work: Callable[[Step], int]) -> int:
    """Carry on with this work of a corp; its result when it has ended, 1 while it moves, 0 while it hangs."""
    with _lock:
        turn = _turns.get((corp, what))
        if turn is None:
            _forget_ended()
            if len(_turns) >= _MOST:
                return 0
            turn = _turns[corp, what] = Turn()
            threading.Thread(target=turn.run, args=[work], name=f"archive-{what}-{corp}", daemon=True).start()
    if not turn.look():
        if turn.hangs:
            log.warning("archive.hangs", corp=corp, what=what)
        return 0 if turn.hangs else 1
    with _lock:
        if _turns.get((corp, what)) is turn:
            del _turns[corp, what]
    return turn.result()


def _forget_ended() -> None:
    """Nobody looks again after the work of a corp that was removed while it hung."""
    if len(_turns) >= _MOST:
        for key in [key for key, turn in _turns.items() if turn.ended]:
            del _turns[key]


class Stepping:
    """An archive of which each answer is a step."""

    def __init__(self, archive: Archive, step: Step) -> None:
        self._archive, self._step = archive, step

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        found = self._archive.get_chat_data(seq=seq, limit=limit)
        self._step()
        return found

    def read_row(self, *, raw: bytes) -> Envelope:
        return self._archive.read_row(raw=raw)

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        found = self._archive.open_each(private_keys=private_keys, envelopes=envelopes)
        self._step()
        return found

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        found = self._archive.get_media_data(index_buf=index_buf, sdkfileid=sdkfileid)
        self._step()
        return found
