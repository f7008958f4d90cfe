"""The customer was handed on to another owner."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="owner_changed", zh="变更了负责人", en="was handed on", by=Doer.ACCOUNT, facts=("owner", "owner_before")
)
