"""Ours against the limit, in pairs: these machines are noisy, their ratios less so."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One line: times per message in microseconds, ours and the limit's, a pair per round."""

    limit: Sequence[float]
    ours: Sequence[float]


def rounds(count: int, per: int, ours: Callable[[int], None], limit: Callable[[int], None]) -> Measured:
    """Rounds of both, alternating which goes first."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(count):
        pairs = [(times[0], limit), (times[1], ours)]
        for kept, run in pairs if number % 2 else reversed(pairs):
            began = time.perf_counter()
            run(number)
            kept.append((time.perf_counter() - began) / per * 1e6)
    return Measured(times[0], times[1])
