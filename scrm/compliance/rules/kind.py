"""What every rule kind has in common: it is built from its parameters and looks at messages, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Said(NamedTuple):
    """A message as rules see it: its words, and whether the sender is staff, a customer or a robot."""

    text: str
    sender_kind: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Message number ``index`` of those looked at hits the rule; ``words`` say why."""

    index: int
    words: list[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """One word in a text: characters ``start`` to ``end``."""

    word: str
    start: int
    end: int


class Compiled(Protocol):
    """A rule ready to run: a pure function from messages to findings."""

    def scan(self, messages: Sequence[Said]) -> list[Finding]: ...

    def locate(self, text: str) -> list[Hit]: ...
