"""Rules on messages: one file per kind, and the registry.

A kind is a parameter model and a compiled form (`Compiled`). A new one is a file here and a line in `KINDS`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from scrm.compliance.rules.kind import Compiled
from scrm.compliance.rules.kinds import word_list


class RuleKind(StrEnum):
    WORD_LIST = "word_list"


@dataclass(frozen=True)
class Kind:
    """What the registry knows of a kind."""

    parameters: type[BaseModel]
    compile: Any


KINDS: dict[RuleKind, Kind] = {
    RuleKind.WORD_LIST: Kind(word_list.Parameters, word_list.WordList),
}


def compile_rule(kind: RuleKind, parameters: dict[str, Any]) -> Compiled:
    """A rule ready to run, from its stored parameters."""
    known = KINDS[kind]
    compiled: Compiled = known.compile(known.parameters.model_validate(parameters))
    return compiled
