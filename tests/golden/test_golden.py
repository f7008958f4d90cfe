"""The product answers, tells, calls and keeps what it did when the golden answers were recorded."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.golden import RECORD, recording
from tests.golden.journey import furnished
from tests.support.simulated import Simulator


@pytest.fixture(scope="module")
def now(service: str, sim: Simulator) -> Iterator[dict[str, recording.Record]]:
    with furnished(sim, service) as (corp, users):
        found = recording.recorded(corp, users)
        if os.environ.get(RECORD):
            recording.write(found)
        yield found


@pytest.mark.parametrize("name", ["administrator", "sales", "compliance", "marketer", "journey"])
def test_nothing_is_otherwise_than_it_was(now: dict[str, recording.Record], name: str) -> None:
    kept, found = recording.read(name), now[name]
    differing = [
        line for key in sorted(kept.keys() | found.keys()) for line in _differing(key, kept.get(key), found.get(key))
    ]
    assert not differing, "\n".join(["", *differing[:40]])


def test_every_role_is_asked_enough() -> None:
    answers = [recording.read(name) for name in ("administrator", "sales", "compliance", "marketer")]
    assert sum(len(part) for part in answers) >= 400
    assert {answer["status"] for part in answers for answer in part.values()} >= {200, 403, 404, 422}


def _differing(path: str, kept: Any, found: Any) -> Iterator[str]:
    """One line for each place that differs."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for key in sorted(kept.keys() | found.keys()):
            yield from _differing(f"{path} {key}", kept.get(key, "(nothing)"), found.get(key, "(nothing)"))
    elif isinstance(kept, list) and isinstance(found, list) and len(kept) == len(found):
        for place, (was, is_now) in enumerate(zip(kept, found, strict=True)):
            yield from _differing(f"{path} [{place}]", was, is_now)
    elif kept != found:
        yield f"{path}: {kept!r:.200} → {found!r:.200}"
