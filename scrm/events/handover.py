"""What the handover of customers and groups says once WeCom has confirmed it."""

import datetime as dt
from dataclasses import dataclass

from scrm.core.event import Event


@dataclass(frozen=True, kw_only=True)
class CustomersTransferred(Event):
    """Customers went from one member to another; true from the commit that stored WeCom's word for it.

    One event stands for a page of results: ``moved`` holds external_userid, when it was requested and when it was done.
    """

    handover_id: int
    from_userid: str
    to_userid: str
    resigned: bool
    moved: list[tuple[str, dt.datetime, dt.datetime]]

    @property
    def subject(self) -> str:
        return f"handover:{self.handover_id}"


@dataclass(frozen=True, kw_only=True)
class GroupsTransferred(Event):
    """Customer groups have a new owner; true from the commit that stored WeCom's answer."""

    handover_id: int
    to_userid: str
    resigned: bool
    chat_ids: list[str]

    @property
    def subject(self) -> str:
        return f"handover:{self.handover_id}"
