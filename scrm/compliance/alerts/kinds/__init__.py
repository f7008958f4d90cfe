"""The kinds of alerts, one file each; how to add one: ``docs/how-to/add-an-alert-kind.md``."""

import operator
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from scrm.compliance.alerts.kind import FOR_ALL, Facts, Kind, Reason
from scrm.core import kinds

KINDS = kinds.collect(__name__, __path__, Kind)


def _reasons() -> dict[str, Reason]:
    """All reasons by name; one name with two wordings is an error."""
    found = {reason.name: reason for reason in FOR_ALL}
    for kind in KINDS.values():
        for reason in kind.reasons:
            if found.setdefault(reason.name, reason) != reason:
                raise ValueError(f"{kind.name}: the reason {reason.name} has other words elsewhere")
    return found


REASONS = _reasons()

if TYPE_CHECKING:

    class AlertKind(StrEnum):
        """The name of a kind."""

    class CloseReason(StrEnum):
        """The name of a reason."""

    AlertFacts = Facts
else:
    AlertKind = StrEnum("AlertKind", kinds.members(KINDS), module=__name__)
    CloseReason = StrEnum("CloseReason", kinds.members(REASONS), module=__name__)
    CloseReason.__doc__ = "Why an alert was closed; ``other`` asks for a note."
    AlertFacts = Annotated[reduce(operator.or_, (kind.facts for kind in KINDS.values())), Field(discriminator="kind")]
