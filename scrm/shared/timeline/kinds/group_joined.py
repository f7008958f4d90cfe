"""The customer came into a customer group."""

from scrm.shared.timeline.kind import Doer, Kind, SourceName

KIND = Kind(
    name="group_joined",
    zh="客户进入客户群",
    en="the customer joined a group",
    by=Doer.CUSTOMER,
    facts=("group",),
    source=SourceName.GROUPS,
)
