"""What welcome messages say once WeCom has answered."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from scrm.core.doorbell import Lane
from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class WelcomeEnded(Event):
    """A welcome was ``sent``, ``refused`` for good or ``expired`` before it could leave.

    ``added_at`` is when the two were added, ``ended_at`` when it became true.
    """

    lane: ClassVar[Lane] = Lane.URGENT

    userid: str
    external_userid: str
    added_at: dt.datetime
    state: str
    errcode: int | None
    ended_at: dt.datetime

    @property
    def subject(self) -> str:
        return f"customer:{self.external_userid}"
