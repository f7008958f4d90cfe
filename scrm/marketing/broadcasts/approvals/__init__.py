"""What of broadcasts takes a second person, one file each."""

from enum import StrEnum
from typing import TYPE_CHECKING

from scrm.core import kinds
from scrm.shared.approvals.kind import Kind

KINDS = kinds.collect(__name__, __path__, Kind)

if TYPE_CHECKING:

    class ApprovalKind(StrEnum):
        """A kind of approval, by its name."""

else:
    ApprovalKind = StrEnum("ApprovalKind", kinds.members(KINDS), module=__name__)
