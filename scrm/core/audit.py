"""The audit trail: one append-only table per corp, partitioned by month.

The corp's role may insert and select, nothing else, so neither a bug nor a stolen session rewrites what happened.
"""

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import BigInteger, Identity, Index, Text, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock, constraints
from scrm.core.db import CorpBase, moment


class AuditEvent(CorpBase):
    """Who did what to what, when, with which facts; facts hold ids and counts, never message text or secrets."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject_at", "subject", "at"),
        Index("ix_audit_event_actor_at", "actor", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[dt.datetime] = moment(primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    verb: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]


_SAME_READING = dt.timedelta(minutes=10)


class Who(Protocol):
    """Anyone who acts: a signed-in user, or the system itself."""

    @property
    def audit_name(self) -> str: ...


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


def record_reading(session: Session, actor: Who, subject: str, facts: dict[str, Any]) -> None:
    """Append that somebody read personal data in bulk; the same reading again within ten minutes is one event.

    A page that is open reads its list anew whenever something changes, and a trail of that hides what matters.
    """
    since = clock.now() - _SAME_READING
    same = select(AuditEvent.id).where(
        AuditEvent.actor == actor.audit_name,
        AuditEvent.at >= since,
        AuditEvent.verb == "list.read",
        AuditEvent.subject == subject,
        AuditEvent.facts == facts,
    )
    if session.scalars(same.limit(1)).first() is None:
        record(session, actor, "list.read", subject, facts)


def record(session: Session, actor: Who, verb: str, subject: str, facts: dict[str, Any] | None = None) -> None:
    """Append one event in the caller's transaction.

    ``verb`` is a past participle with its noun (``alert.closed``), ``subject`` a kind and an id (``alert:17``).
    """
    session.execute(
        insert(AuditEvent),
        {
            "at": clock.now(),
            "actor": actor.audit_name,
            "verb": verb,
            "subject": subject,
            "facts": facts or {},
        },
    )


def record_all(session: Session, actor: Who, verb: str, subjects: Sequence[str], facts: dict[str, Any]) -> None:
    """`record` for many subjects of one kind at once."""
    now = clock.now()
    rows = [
        {"at": now, "actor": actor.audit_name, "verb": verb, "subject": subject, "facts": facts} for subject in subjects
    ]
    if rows:
        session.execute(insert(AuditEvent), rows)


constraints.handled("pk_audit_event", "numbered by the database")
