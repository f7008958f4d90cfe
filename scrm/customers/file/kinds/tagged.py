"""Tags of the corp's own were put on, or taken off."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="tagged",
    zh="调整了自建标签",
    en="own tags changed",
    by=Doer.ACCOUNT,
    facts=("tags_added", "tags_removed"),
)
