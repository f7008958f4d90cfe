"""The kinds of happenings on a customer's timeline, one file each."""

from scrm.core import kinds
from scrm.shared.timeline.kind import Kind

KINDS = kinds.collect(__name__, __path__, Kind)
