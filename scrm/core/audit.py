"""The audit trail: one append-only table per corp, partitioned by month.

The corp's role may insert and select, nothing else, and id and moment are the database's own, so neither a bug nor a
stolen session rewrites what happened. What was read stands in `scrm.core.reading`.
"""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import BigInteger, Identity, Index, Text, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, moment


class AuditEvent(CorpBase):
    """Who did what to what, when, with which facts; facts hold ids and counts, never message text or secrets."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_at", "at", "id"),
        Index("ix_audit_event_subject_at", "subject", "at"),
        Index("ix_audit_event_actor_at", "actor", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[dt.datetime] = moment(primary_key=True, server_default=text("scrm.moved_now()"))
    actor: Mapped[str] = mapped_column(Text)
    verb: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    address: Mapped[str | None] = mapped_column(Text)  # none where the service acted by itself
    session: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Source:
    """Where a request came from, and ``session:`` or ``token:`` with the beginning of its digest."""

    address: str
    by: str


WECOM = "wecom"  # in place of a user, in what is kept of a field or a number: an answer of WeCom's said so
NOWHERE = Source("", "")


class Who(Protocol):
    """Anyone who acts: a signed-in user with the source of the request, or the system itself."""

    @property
    def audit_name(self) -> str: ...

    @property
    def source(self) -> Source | None: ...


class System(enum.Enum):
    """Parts of the service that act without a user."""

    CALLBACK = "system:callback"
    SYNC = "system:sync"
    COMMAND_LINE = "system:command-line"
    SCHEDULER = "system:scheduler"
    SIGN_IN = "system:sign-in"
    ARCHIVE = "system:archive"

    @property
    def audit_name(self) -> str:
        return self.value

    @property
    def source(self) -> None:
        return None


def record(session: Session, actor: Who, verb: str, subject: str, facts: dict[str, Any] | None = None) -> None:
    """Append one event in the caller's transaction.

    ``verb`` is a past participle with its noun (``alert.closed``), ``subject`` a kind and an id (``alert:17``).
    """
    session.execute(insert(AuditEvent), _row(actor, verb, subject, facts or {}))


def record_all(session: Session, actor: Who, verb: str, subjects: Sequence[str], facts: dict[str, Any]) -> None:
    """`record` for many subjects of one kind at once."""
    if subjects:
        session.execute(insert(AuditEvent), [_row(actor, verb, subject, facts) for subject in subjects])


def _row(actor: Who, verb: str, subject: str, facts: dict[str, Any]) -> dict[str, Any]:
    source = actor.source
    return {
        "actor": actor.audit_name,
        "verb": verb,
        "subject": subject,
        "facts": facts,
        "address": source.address if source is not None else None,
        "session": source.by if source is not None else None,
    }


constraints.handled("pk_audit_event", "numbered by the database")
