"""What WeCom says of the chat archive (page 95039)."""

import datetime as dt
from dataclasses import dataclass

from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class MessagesWaiting(Event):
    """The archive has had traffic; a hint without content, at most one in fifteen seconds."""

    event_at: dt.datetime

    @property
    def subject(self) -> str:
        return "archive"
