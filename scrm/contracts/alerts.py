"""What alerts answer of words that rules found in chats."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from scrm.contracts.archive import SenderKind
from scrm.core.port import Port


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, kw_only=True)
class HitRule:
    """The rule that found something, in the version that did."""

    id: int
    version: int
    name: str
    severity: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """What a rule found in a message; ``words`` are the rule's, never the message."""

    msgid: str
    at: dt.datetime
    conversation_id: int
    sender_kind: SenderKind
    userid: str  # the member it is about: the sender, or who was spoken to; folded, empty if none
    other: str  # the customer, the group, or the second member
    roomid: str
    words: list[str]


@dataclass(frozen=True, kw_only=True)
class MarkedMessage:
    """An alert that stands on a message."""

    alert_id: int
    msgid: str
    rule_name: str
    words: list[str]


class Hits(Protocol):
    """Alerts on messages."""

    def raise_hits(self, session: Session, rule: HitRule, hits: Sequence[Hit], /) -> list[dt.datetime]:
        """One alert per message and rule, and a card to those who may read the chats; the times of those raised.

        What stands already stays as it is.
        """
        ...

    def on_messages(self, session: Session, moments: Collection[dt.datetime], /) -> list[MarkedMessage]:
        """Alerts on messages of these moments."""
        ...

    def today(self, session: Session, /) -> dict[int, int]:
        """How many each rule has raised since midnight in China, by the rule's id."""
        ...


hits: Port[Hits] = Port("alerts.hits")
