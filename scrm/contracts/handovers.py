"""What handovers of customers and groups tell once WeCom has confirmed them, and answer of them."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from scrm.core.event import Event
from scrm.core.port import Port


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


class Moves(Protocol):
    """What handovers have moved."""

    def has_moved(self, session: Session, userid: str, external_userid: str, at: dt.datetime, /) -> bool:
        """Whether a member's customer (folded userid) went to another by a handover asked for before that moment."""
        ...


moves: Port[Moves] = Port("handovers.moves")
