"""What the chat archive says of conversations."""

import datetime as dt
from dataclasses import dataclass

from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class ConversationsSeen(Event):
    """Members and customers were seen talking in single chats; true from the commit that stored the messages.

    One event stands for a page of messages: ``latest`` holds, per pair of userid and external_userid, the time of the
    newest message among them. Events may come in any order, so the later time counts.
    """

    latest: list[tuple[str, str, dt.datetime]]

    @property
    def subject(self) -> str:
        return "conversations"
