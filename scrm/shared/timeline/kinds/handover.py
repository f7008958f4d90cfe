"""The customer is among those that a member's colleagues take over."""

from scrm.shared.timeline.kind import Doer, Kind, SourceName

KIND = Kind(
    name="handover",
    zh="的客户继承",
    en="handover of the customer",
    by=Doer.SYSTEM,
    facts=("to", "item_state"),
    source=SourceName.HANDOVERS,
)
