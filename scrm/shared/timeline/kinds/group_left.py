"""The customer went out of a customer group, or was removed from it."""

from scrm.shared.timeline.kind import Doer, Kind, SourceName

KIND = Kind(
    name="group_left",
    zh="客户离开客户群",
    en="the customer left a group",
    by=Doer.CUSTOMER,
    facts=("group", "removed"),
    source=SourceName.GROUPS,
)
