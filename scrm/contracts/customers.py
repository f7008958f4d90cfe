"""What the customer file tells of follow relations, and answers of customers."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from scrm.core.doorbell import Lane
from scrm.core.event import Event
from scrm.core.port import Port

RECORD = "customer"  # as the trail and shares name these records


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


class Reader(Protocol):
    """Who reads: the member, and the staff ids whose customers they see (``None``: the whole corp's)."""

    @property
    def userid(self) -> str | None: ...
    @property
    def scope(self) -> frozenset[int] | None: ...


@dataclass(frozen=True, kw_only=True)
class FollowSnapshot:
    """One customer and one member's relation to it, as it stands."""

    customer_name: str
    customer_avatar: str
    customer_corp_name: str
    tags: list[str]
    remark: str
    add_way: int | None
    channel: str
    added_at: dt.datetime | None
    other_followers: list[str]


class Snapshots(Protocol):
    """A customer and a member, by our ids."""

    def follow_snapshot(self, session: Session, customer_id: int, staff_id: int, /) -> FollowSnapshot:
        """What is known of the pair now."""
        ...

    def follow_history(self, session: Session, customer_id: int, staff_id: int, /) -> list[tuple[str, dt.datetime]]:
        """When the pair came together and apart, oldest first."""
        ...


@dataclass(frozen=True, kw_only=True)
class OwnCustomer:
    """A customer as a handover names it; ``tags`` are those that the member gave."""

    customer_id: int
    external_userid: str
    name: str
    tags: list[str]


class Ownership(Protocol):
    """Who follows whom, in bulk; members by staff id."""

    def customers_of(self, session: Session, staff_id: int, /) -> list[OwnCustomer]:
        """Whom a member follows now, oldest relation first; half relations cannot be handed over."""
        ...

    def named(self, session: Session, external_userids: list[str], /) -> dict[str, OwnCustomer]:
        """Customers by external_userid, with all their tags."""
        ...

    def customer_counts(self, session: Session, staff_ids: list[int], /) -> dict[int, int]:
        """How many customers each member follows now."""
        ...

    def departed_followers(self, session: Session, /) -> list[int]:
        """Members out of service who still follow somebody."""
        ...


class Remarks(Protocol):
    """What members call customers (备注)."""

    def remarks(
        self, session: Session, reader: Reader, pairs: Iterable[tuple[str, str]], /
    ) -> dict[tuple[str, str], str]:
        """By (external_userid, userid), as far as the reader sees; "" stands for one's own, or anybody's."""
        ...

    def called_by(self, session: Session, staff_id: int, words: str, /) -> list[int]:
        """Our ids of customers whom a member's own words name."""
        ...


Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Living follow relations in parallel arrays; times in Unix seconds, ``talked`` 0 where no talk was seen."""

    customers: Ids
    staff: Ids
    talked: Ids
    added: Ids


@dataclass(frozen=True, kw_only=True)
class CustomerName:
    """A customer as a list names it."""

    external_userid: str
    name: str


class Bulk(Protocol):
    """Customers by the thousand; tags by WeCom's ids, customers by ours."""

    def edges(self, session: Session, every: Sequence[str], some: Sequence[str], none: Sequence[str], /) -> Edges:
        """Relations of customers that have every tag, at least one of some (if any are given), and none of the last."""
        ...

    def unknown_tags(self, session: Session, tag_ids: Sequence[str], /) -> list[str]:
        """Those of the ids that no living tag has."""
        ...

    def tag_names(self, session: Session, tag_ids: Sequence[str], /) -> dict[str, str]: ...

    def names(self, session: Session, customer_ids: Sequence[int], /) -> dict[int, CustomerName]: ...

    def external_userids(self, session: Session, customer_ids: Sequence[int], /) -> dict[int, str]: ...

    def customer_ids(self, session: Session, external_userids: Sequence[str], /) -> dict[str, int]: ...


class People(Protocol):
    """Names of external contacts, for whoever shows or seeks them by external_userid."""

    def names(self, session: Session, external_userids: Iterable[str], /) -> dict[str, tuple[str, str]]:
        """(name, avatar) of those that are known."""
        ...

    def find(self, session: Session, words: str, limit: int, /) -> list[str]:
        """Ids of those who go by these words."""
        ...


class Hold(StrEnum):
    """What somebody may do with a customer whom they see, beside what their role permits."""

    READ = "read"  # followed them once, or was shown them
    EDIT = "edit"  # follows them, or has them shared for editing
    OWN = "own"  # it is theirs, or nobody's and they follow: who else may see it, and whose it is to be

    def allows(self, wanted: "Hold") -> bool:
        order = list(Hold)
        return order.index(self) >= order.index(wanted)


@dataclass(frozen=True, kw_only=True)
class SeenCustomer:
    """A customer whom the reader sees; ``members``: of these alone (staff ids) what members wrote, ``None``: of all."""

    customer_id: int
    kind: str
    name: str
    members: frozenset[int] | None


class Sights(Protocol):
    """Customers as a reader sees them, by our number or WeCom's id."""

    def seen(self, session: Session, reader: Reader, name: str, hold: Hold = Hold.READ, /) -> SeenCustomer:
        """Raises `CustomerNotFound` where there is none within sight, `CustomerHeld` where less may be done with it."""
        ...

    def seen_of(self, session: Session, reader: Reader, ids: Collection[int], /) -> dict[int, SeenCustomer]:
        """Those of these, by our number, whom the reader sees."""
        ...

    def touch(self, session: Session, customer_id: int, /) -> None:
        """Something that the customer's page shows has changed."""
        ...


class Entry(Protocol):
    """Who is not in the file yet, and has to be."""

    def enter(self, session: Session, added: dict[str, dt.datetime], /) -> dict[str, int]:
        """Our ids by external_userid, of each since when it is known; made where nobody has heard of them."""
        ...


class Timeline(Protocol):
    """What happened to customers, by our number."""

    def tell(
        self,
        session: Session,
        kind: str,
        /,
        *,
        customer_id: int,
        staff_id: int | None,
        at: dt.datetime,
        key: str,
        facts: dict[str, Any] | None = None,
        actor: str | None = None,
        also: Collection[int] = (),
    ) -> bool:
        """An entry of a kind of the customer file, told once by its key; ``also``: further customers it is about."""
        ...


class Wearers(Protocol):
    """Customers, and members' relations to them, as those who wear tags; all by our numbers."""

    def hold(self, session: Session, customer_id: int, /) -> None:
        """Until the end of the transaction nobody else derives this customer's tags anew."""
        ...

    def retagged(
        self, session: Session, customer_id: int, /, *, by: str, before: Sequence[int], after: Sequence[int]
    ) -> None:
        """Our own tags of a customer that is held have changed."""
        ...

    def counts(self, session: Session, reader: Reader, /) -> dict[int, int]:
        """How many customers wear each tag, of those and as far as the reader sees them."""
        ...

    def take_off(self, session: Session, tags: Sequence[int], behind: int, most: int, /) -> int | None:
        """Off at most so many customers ``behind`` this id: up to which it is done, none where there are none.

        Not past one whom somebody else has in hand.
        """
        ...


class Contacts(Protocol):
    """External contacts at WeCom."""

    def fetch(self, session: Session, external_userid: str, /, *, app: str | None, sought: Sequence[str] = ()) -> None:
        """Ask for the present state by an app; the list of tags has been read for those ``sought`` already."""
        ...


snapshots: Port[Snapshots] = Port("customers.snapshots")
ownership: Port[Ownership] = Port("customers.ownership")
remarks: Port[Remarks] = Port("customers.remarks")
bulk: Port[Bulk] = Port("customers.bulk")
people: Port[People] = Port("customers.people")
entry: Port[Entry] = Port("customers.entry")
sights: Port[Sights] = Port("customers.sights")
timeline: Port[Timeline] = Port("customers.timeline")
wearers: Port[Wearers] = Port("customers.wearers")
contacts: Port[Contacts] = Port("customers.contacts")
