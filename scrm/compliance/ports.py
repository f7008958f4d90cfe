"""What compliance asks of other rooms; `scrm.wiring` fills these."""

import datetime as dt
from typing import Protocol

from sqlalchemy.orm import Session


class FollowSnapshot(Protocol):
    """One customer and one member's relation to it, as it stands."""

    @property
    def customer_name(self) -> str: ...
    @property
    def customer_avatar(self) -> str: ...
    @property
    def customer_corp_name(self) -> str: ...
    @property
    def tags(self) -> list[str]: ...
    @property
    def remark(self) -> str: ...
    @property
    def add_way(self) -> int | None: ...
    @property
    def channel(self) -> str: ...
    @property
    def added_at(self) -> dt.datetime | None: ...
    @property
    def other_followers(self) -> list[str]: ...


class CustomerFile(Protocol):
    """The customer file, as far as an alert needs it."""

    def follow_snapshot(self, session: Session, customer_id: int, staff_id: int) -> FollowSnapshot: ...

    def follow_history(self, session: Session, customer_id: int, staff_id: int) -> list[tuple[str, dt.datetime]]: ...


_customer_file: CustomerFile | None = None


def install(customer_file: CustomerFile) -> None:
    """Called by `scrm.wiring`."""
    global _customer_file
    _customer_file = customer_file


def customer_file() -> CustomerFile:
    if _customer_file is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _customer_file
