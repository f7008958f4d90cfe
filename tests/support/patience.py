"""Waiting for a machine that may be busy with other things: given up only when nothing moves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
_AT_MOST = 10  # times as long as nothing may move


@dataclass
class Patience:
    """``seconds`` may pass without any change of what is seen; however often it changes, ten times as much in all."""

    seconds: float
    _began: float = field(default_factory=time.monotonic)
    _moved: float = field(default_factory=time.monotonic)
    _seen: object = None

    def go_on(self, seen: object, sentence: str) -> None:
        """Raise if what is waited for stands still; ``seen`` is how far it has come."""
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._moved = seen, now
        assert now - self._moved < self.seconds, f"{sentence}: nothing moved for {self.seconds:.0f} s at {seen}"
        assert now - self._began < _AT_MOST * self.seconds, f"{sentence}: {now - self._began:.0f} s, at {seen}"


def until(answer: Callable[[], T], sentence: str, *, seconds: float = 60, seen: Callable[[], object] = bool) -> T:
    """Ask until the answer is a yes of any kind, and give it; ``sentence`` says what does not happen.

    ``seen`` tells how far it has come, where that can be told.
    """
    patience = Patience(seconds)
    while not (said := answer()):
        patience.go_on(seen(), sentence)
        time.sleep(0.02)
    return said
