"""What customer groups answer."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from scrm.core.port import Port


@dataclass(frozen=True, kw_only=True)
class Membership:
    """That a customer is in a group; ``name`` with numbers of persons masked."""

    chat_id: str
    name: str
    owner_userid: str
    joined_at: dt.datetime | None


class Groups(Protocol):
    """Customer groups by chat_id; owners and members by WeCom's ids."""

    def owned_by(self, session: Session, userid: str, /) -> list[tuple[str, str]]:
        """chat_id and name of the living groups that a userid owns."""
        ...

    def departed_owners(self, session: Session, /) -> list[int]:
        """Members out of service (staff ids) who still own a living group."""
        ...

    def living(self, session: Session, owners: Sequence[str] | None, /) -> int:
        """How many groups live; of these owners alone, if any are given."""
        ...

    def of_customer(self, session: Session, external_userid: str, until: dt.datetime | None, /) -> list[Membership]:
        """Living groups that a customer is in, joined until a moment if one is given."""
        ...

    def names(self, session: Session, chat_ids: Iterable[str], /) -> dict[str, str]:
        """Names of those that are known."""
        ...

    def find(self, session: Session, words: str, limit: int, /) -> list[str]:
        """chat_ids of groups that go by these words."""
        ...


groups: Port[Groups] = Port("groups")
