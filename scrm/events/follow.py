"""What the customer file says of follow relations."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from scrm.core.doorbell import Lane
from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class FollowLost(Event):
    """A follow relation ended without a transfer; true from the commit that ended it.

    ``by_staff`` tells who ended it. ``detected_by`` is ``callback``, or ``sync`` where no callback told of it;
    ``event_at`` is then the moment of detection, and a callback that comes later tells the true one.
    """

    lane: ClassVar[Lane] = Lane.URGENT

    customer_id: int
    staff_id: int
    userid: str
    external_userid: str
    by_staff: bool
    event_at: dt.datetime
    detected_by: str

    @property
    def subject(self) -> str:
        return f"customer:{self.external_userid}"
