"""What can go wrong with a call, by script: refusals, broken answers, time-outs, delays; seeded, so a run can repeat.

A rule is ``{"match": "externalcontact/*", "kind": …, "probability": 0.2 | "next": 3, …}``; the first that fires wins.
Kinds: ``errcode`` (with ``errcode``), ``html502``, ``timeout_before`` and ``timeout_after`` (with ``seconds``, the
connection is then cut; *after* means that the call was accepted), ``half_body`` (accepted, half the answer arrives),
``latency`` (with ``seconds``). Optional ``corp_id`` and ``app`` narrow a rule.
"""

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random

from simulator.world import Json

KINDS = ("errcode", "html502", "timeout_before", "timeout_after", "half_body", "latency")
ARCHIVE_KINDS = ("sdk", "repeat", "cut", "back")  # see `archive_door`


@dataclass(slots=True)
class Misfortune:
    """One rule of the script, with what is left of it."""

    match: str
    kind: str
    errcode: int = -1
    seconds: float = 0.0
    probability: float = 1.0
    next: int | None = None
    corp_id: str = ""
    app: str = ""
    count: int = 0
    fired: int = 0


class Script:
    """The rules in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._random = Random(1)
        self._rules: list[Misfortune] = []

    def set(self, rules: list[Json], seed: int) -> None:
        """Replace the script; ValueError with a sentence for a bad rule."""
        made = []
        for rule in rules:
            try:
                made.append(Misfortune(**rule))
            except TypeError:
                raise ValueError(f"unknown or missing field in the rule {rule}") from None
            if made[-1].kind not in (*KINDS, *ARCHIVE_KINDS):
                raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        with self._lock:
            self._rules, self._random = made, Random(seed)

    def strike(self, path: str, corp_id: str, app: str) -> Misfortune | None:
        """Return the rule that hits this call, counting it."""
        with self._lock:
            for rule in self._rules:
                if rule.next is not None and rule.next <= 0:
                    continue
                if not fnmatchcase(path, rule.match):
                    continue
                if (rule.corp_id and rule.corp_id != corp_id) or (rule.app and rule.app != app):
                    continue
                if rule.next is None and self._random.random() >= rule.probability:
                    continue
                if rule.next is not None:
                    rule.next -= 1
                rule.fired += 1
                return rule
        return None

    def show(self) -> list[Json]:
        with self._lock:
            return [{name: getattr(rule, name) for name in Misfortune.__slots__} for rule in self._rules]
