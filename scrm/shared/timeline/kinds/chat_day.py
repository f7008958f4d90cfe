"""The member and the customer wrote to each other on this day, China's; at is the last message."""

from scrm.shared.timeline.kind import Doer, Kind, SourceName

KIND = Kind(
    name="chat_day",
    zh="与客户的单聊",
    en="chat with the customer",
    by=Doer.MEMBER,
    facts=("messages",),
    source=SourceName.CHATS,
)
