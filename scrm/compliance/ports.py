"""What compliance asks of other rooms; `scrm.wiring` fills these."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from scrm.identity.actor import Actor


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


class Remarks(Protocol):
    """What members call customers, by (external_userid, userid); without a userid the reader's own, else anybody's."""

    def __call__(
        self, session: Session, actor: Actor, pairs: Iterable[tuple[str, str]], /
    ) -> dict[tuple[str, str], str]: ...


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
    departed_owners: Callable[[Session], list[int]]  # members out of service who follow somebody or own a group
    follow_history: Callable[[Session, int, int], list[tuple[str, dt.datetime]]]
    remarks: Remarks
    called_by: Callable[[Session, int, str], list[int]]  # customers (our ids) found by what a member wrote of them


@dataclass(frozen=True, kw_only=True)
class ArchivePeople:
    """Names for the chat archive: of external contacts and of customer groups, with their avatars.

    ``names`` takes external_userids and chat_ids and gives (name, avatar) of those that are known; ``find`` gives ids
    of external contacts and of groups whose name holds the words, at most so many each.
    """

    names: Callable[[Session, Iterable[str], Iterable[str]], dict[str, tuple[str, str]]]
    find: Callable[[Session, str, int], list[str]]


@dataclass(frozen=True, kw_only=True)
class Handovers:
    """What alerts ask of handovers: whether one has moved a member's customer, asked for before a moment."""

    has_moved: Callable[[Session, str, str, dt.datetime], bool]


_handovers: Handovers | None = None
_customer_file: CustomerFile | None = None


_archive_people: ArchivePeople | None = None


def install(customer_file: CustomerFile) -> None:
    """Called by `scrm.wiring`."""
    global _customer_file
    _customer_file = customer_file


def install_archive_people(archive_people: ArchivePeople) -> None:
    """Called by `scrm.wiring`."""
    global _archive_people
    _archive_people = archive_people


def install_handovers(handovers: Handovers) -> None:
    """Called by `scrm.wiring`."""
    global _handovers
    _handovers = handovers


def handovers() -> Handovers:
    if _handovers is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _handovers


def archive_people() -> ArchivePeople:
    if _archive_people is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _archive_people


def customer_file() -> CustomerFile:
    if _customer_file is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _customer_file
