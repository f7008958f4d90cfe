"""What a kind of rule is: built from its parameters, it looks at messages, and at nothing else.

One file each in `scrm.compliance.rules.kinds`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel


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


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of rule, by the name that rows keep; ``compile`` gets its ``parameters``."""

    name: str
    zh: str
    en: str
    parameters: type[BaseModel]
    compile: Callable[[Any], Compiled]
