"""The customer added a member who has not confirmed yet."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="half_added",
    zh="被客户添加，待确认",
    en="was added by the customer, not confirmed yet",
    by=Doer.CUSTOMER,
    facts=("state",),
)
