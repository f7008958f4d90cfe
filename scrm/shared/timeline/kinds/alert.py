"""An alert stands on the member and the customer."""

from scrm.shared.timeline.kind import Doer, Kind, SourceName

KIND = Kind(
    name="alert",
    zh="触发风险提醒",
    en="alert raised",
    by=Doer.SYSTEM,
    facts=("alert_kind", "alert_state"),
    source=SourceName.ALERTS,
)
