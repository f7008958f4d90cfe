"""The kinds of rules on messages, one file each."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scrm.compliance.rules.kind import Compiled, Kind
from scrm.core import kinds

KINDS = kinds.collect(__name__, __path__, Kind)

if TYPE_CHECKING:

    class RuleKind(StrEnum):
        """The name of a kind."""

else:
    RuleKind = StrEnum("RuleKind", kinds.members(KINDS), module=__name__)


def compile_rule(name: str, parameters: dict[str, Any]) -> Compiled:
    """A rule ready to run, from its kind and its stored parameters."""
    kind = KINDS[name]
    return kind.compile(kind.parameters.model_validate(parameters))
