"""Why somebody is told of the service's own state, one file each."""

from scrm.core import kinds
from scrm.shared.notices.kind import Kind

KINDS = kinds.collect(__name__, __path__, Kind)
