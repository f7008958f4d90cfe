"""What compliance asks of other rooms; `scrm.wiring` fills these."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


class OwnCustomer(Protocol):
    """A customer as a handover names it."""

    @property
    def customer_id(self) -> int: ...
    @property
    def external_userid(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tags(self) -> list[str]: ...


@dataclass(frozen=True, kw_only=True)
class CustomerFile:
    """The customer file, as far as alerts and handovers need it."""

    follow_snapshot: Callable[[Session, int, int], FollowSnapshot]
    customers_of: Callable[[Session, int], Sequence["OwnCustomer"]]  # whom a member (staff id) follows now
    groups_of: Callable[[Session, str], list[tuple[str, str]]]  # chat_id and name of the groups a userid owns
    named: Callable[[Session, list[str]], Mapping[str, "OwnCustomer"]]  # by external_userid
    customer_counts: Callable[[Session, list[int]], dict[int, int]]  # how many customers each member follows now
    departed_with_customers: Callable[[Session], list[int]]  # members out of service who follow somebody
    follow_history: Callable[[Session, int, int], list[tuple[str, dt.datetime]]]


_customer_file: CustomerFile | None = None


def install(customer_file: CustomerFile) -> None:
    """Called by `scrm.wiring`."""
    global _customer_file
    _customer_file = customer_file


def customer_file() -> CustomerFile:
    if _customer_file is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _customer_file
