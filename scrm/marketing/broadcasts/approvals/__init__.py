"""What of broadcasts takes a second person, one file each."""

from scrm.core import kinds
from scrm.shared.approvals.kind import Kind

KINDS = kinds.collect(__name__, __path__, Kind)
