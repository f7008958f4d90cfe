"""The customer is among the recipients of a task that was created for the member; state: of this recipient."""

from scrm.shared.timeline.kind import Doer, Kind, SourceName

KIND = Kind(
    name="broadcast",
    zh="群发消息",
    en="broadcast",
    by=Doer.MEMBER,
    facts=("title", "recipient_state", "sent_at"),
    source=SourceName.BROADCASTS,
)
