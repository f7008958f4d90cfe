"""What WeCom says of customers: the one place that knows where it stands.

A contact has a row of `WecomContact`. In a corp of before 0.2 it stands on the customer until `actions.splitting` has
been there; the second half of what is asked then finds it, and runs no more once all rows have moved.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    DateTime,
    Integer,
    Text,
    any_,
    column,
    exists,
    literal,
    not_,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.orm import Session

from scrm.core import numbers
from scrm.customers.file.models import ContactSplit, Customer, WecomContact


@dataclass(frozen=True, kw_only=True)
class Contact:
    """What WeCom says of an external contact; of who is none: nothing."""

    customer_id: int
    external_userid: str | None = None
    unionid: str | None = None
    type: int | None = None
    gender: int = 0
    avatar: str = ""
    position: str = ""
    corp_name: str = ""
    corp_full_name: str = ""
    fetched_at: dt.datetime | None = None

    @property
    def is_one(self) -> bool:
        """Whether WeCom knows them."""
        return self.external_userid is not None

    def called(self, name: str) -> str:
        """What to show of a customer of this name, numbers of persons masked; WeCom's id where there is no name."""
        return numbers.masked(name) or self.external_userid or ""


class Contacts(dict[int, Contact]):
    """By our id; whoever is no contact of WeCom's is one of whom it says nothing."""

    def __missing__(self, customer_id: int) -> Contact:
        return Contact(customer_id=customer_id)


# Columns that the release before wrote; nobody else names them, and the release after drops them.
OLD = table(
    "customer",
    column("id", BigInteger),
    column("external_userid", Text),
    column("unionid", Text),
    column("type", Integer),
    column("gender", Integer),
    column("avatar", Text),
    column("position", Text),
    column("corp_name", Text),
    column("corp_full_name", Text),
    column("fetched_at", DateTime(timezone=True)),
)
TOLD = (
    "external_userid",
    "unionid",
    "type",
    "gender",
    "avatar",
    "position",
    "corp_name",
    "corp_full_name",
    "fetched_at",
)
_NEW = WecomContact.__table__
_MOVING = exists(select(ContactSplit.id).where(ContactSplit.reached.is_not(None)))
_HAS_MOVED = exists().where(_NEW.c.customer_id == OLD.c.id)
# On the customer still: asked once for the whole statement, so that it costs nothing where no row is left.
UNMOVED = (_MOVING, OLD.c.external_userid.is_not(None), not_(_HAS_MOVED))


def contacts_of(session: Session, customer_ids: Collection[int]) -> Contacts:
    """What WeCom says of these customers: of one with several contacts, of the first."""
    rows = session.execute(_of(("customer_id", *TOLD), "customer_id", customer_ids)) if customer_ids else ()
    found = Contacts()
    for row in rows:
        found.setdefault(row.customer_id, Contact(**row._mapping))
    return found


def contacts_named(session: Session, external_userids: Collection[str]) -> dict[str, Contact]:
    """What WeCom says of those that it calls so, of those that are known."""
    rows = session.execute(_of(("customer_id", *TOLD), "external_userid", external_userids))
    return {row.external_userid: Contact(**row._mapping) for row in rows}


def customer_ids(session: Session, external_userids: Collection[str]) -> dict[str, int]:
    """Our ids by WeCom's, of those that are known."""
    rows = session.execute(_of(("external_userid", "customer_id"), "external_userid", external_userids))
    return {row.external_userid: row.customer_id for row in rows} if external_userids else {}


def external_userids(session: Session, customer_ids: Collection[int]) -> dict[int, str]:
    """WeCom's ids by ours, of contacts."""
    found: dict[int, str] = {}
    for row in session.execute(_of(("customer_id", "external_userid"), "customer_id", customer_ids)):
        found.setdefault(row.customer_id, row.external_userid)
    return found


def are_contacts() -> ColumnElement[bool]:
    """Customers whom WeCom knows."""
    return Customer.external_userid.is_not(None)  # in both shapes, until the release after


def of_type(session: Session, wanted: int) -> ColumnElement[bool]:
    """Customers who are such a contact."""
    moved = exists().where(_NEW.c.customer_id == Customer.id, _NEW.c.type == wanted)
    if not session.scalar(select(_MOVING)):
        return moved
    old = OLD.alias("old")
    has_moved = exists().where(_NEW.c.customer_id == Customer.id)
    unmoved = exists().where(old.c.id == Customer.id, old.c.type == wanted, old.c.external_userid.is_not(None))
    return or_(moved, unmoved & ~has_moved)


def _of(names: tuple[str, ...], by: str, values: Collection[Any]) -> CompoundSelect[Any]:
    """Columns of contacts, found by one of them."""
    # One array instead of a parameter per id: ten thousand parameters cost more than the rows.
    wanted = any_(literal(list(values), ARRAY(_NEW.c[by].type)))
    old: dict[str, ColumnElement[Any]] = {**OLD.c, "customer_id": OLD.c.id.label("customer_id")}
    unmoved = (OLD.c.id if by == "customer_id" else OLD.c[by]) == wanted
    return union_all(
        select(*(_NEW.c[name] for name in names)).where(_NEW.c[by] == wanted),
        select(*(old[name] for name in names)).where(unmoved, *UNMOVED),
    )
