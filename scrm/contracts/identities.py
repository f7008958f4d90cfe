"""What identities of customers answer: numbers and names by which somebody is known outside WeCom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from scrm.core.port import Port


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What WeCom says of one customer: its UnionID, and which phone numbers each member noted, by staff id."""

    unionid: str | None
    phones: Mapping[int, Sequence[str]]


class Noting(Protocol):
    """Who keeps what WeCom says."""

    def note(self, session: Session, noted: Mapping[int, Noted], /) -> None:
        """Take over what WeCom says of these customers; what was entered by hand stays."""
        ...


class Identities(Protocol):
    """Customers by our id."""

    def called(self, session: Session, words: str, /) -> dict[int, str]:
        """Whom a number entered by hand names, whole or by its last four digits; with the number, masked."""
        ...

    def phones(self, session: Session, customer_id: int, /) -> list[str]:
        """Phone numbers entered by hand, in full."""
        ...


noting: Port[Noting] = Port("customers.noting")
identities: Port[Identities] = Port("customers.identities")
