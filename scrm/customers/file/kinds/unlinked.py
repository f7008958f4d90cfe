"""A link to another customer was taken back."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(name="unlinked", zh="解除了关联", en="was unlinked from another customer", by=Doer.ACCOUNT, facts=("link",))
