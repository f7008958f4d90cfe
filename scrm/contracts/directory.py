"""What the address book says of members, once it knows."""

import datetime as dt
from dataclasses import dataclass

from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class StaffMerged(Event):
    """Two of our rows were one member under two userids; true from the commit in which ``staff_id`` got the new one.

    ``merged_id`` was entered for the new userid before the change was known. It keeps the old userid and has left.
    """

    staff_id: int
    merged_id: int

    @property
    def subject(self) -> str:
        return "directory"


@dataclass(frozen=True, kw_only=True)
class StaffDeparted(Event):
    """A member has left or was disabled; true from the commit that noted it, whoever told of it.

    ``disabled``: still in the address book. ``detected_by`` is ``callback``, or ``sync`` where no callback told of it;
    ``departed_at`` is then the moment of detection.
    """

    staff_id: int
    userid: str
    disabled: bool
    detected_by: str
    departed_at: dt.datetime

    @property
    def subject(self) -> str:
        return f"departure:{self.userid.lower()}"
