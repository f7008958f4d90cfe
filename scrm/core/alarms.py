"""What an administrator must be told of, once: states of a corp that no clock mends by itself.

A kind is registered by the module that raises it. Per corp, kind and subject at most one alarm is open; it is told when
it is raised and ends when the state has been mended. 待办, `/metrics` and `scrm doctor` show the open ones.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Index, Text, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import clock, constraints, outbox
from scrm.core.db import CorpBase, identity_key, moment
from scrm.core.event import Event

log = structlog.get_logger(__name__)


class Alarm(CorpBase):
    """A state that needs a person; open until ``cleared_at``."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index("uq_alarm_open", "kind", "subject", unique=True, postgresql_where=text("cleared_at IS NULL")),
    )

    id: Mapped[int] = identity_key()
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)  # which of several; empty where a corp can have one alone
    facts: Mapped[dict[str, Any]]  # what the sentences name: counts and ids, no words of customers
    raised_at: Mapped[dt.datetime] = moment()
    seen_at: Mapped[dt.datetime] = moment()  # when the state was last found to be so
    cleared_at: Mapped[dt.datetime | None] = moment()


@dataclass(frozen=True, kw_only=True)
class AlarmKind:
    """A kind of alarm; the sentences may hold ``{facts}``, ``path`` is the console's page where it is dealt with."""

    name: str
    zh: str
    en: str
    path: str
    tells: tuple[str, ...]  # roles that get a message in WeCom


@dataclass(frozen=True, kw_only=True)
class AlarmRaised(Event):
    """An alarm has opened; true from the commit of what found the state."""

    alarm_id: int
    kind: str

    @property
    def subject(self) -> str:
        return f"alarm:{self.alarm_id}"


_kinds: dict[str, AlarmKind] = {}


def kind(name: str, *, zh: str, en: str, path: str, tells: tuple[str, ...] = ("administrator",)) -> AlarmKind:
    """Register a kind under a name that rows keep; a name twice is an error."""
    if name in _kinds:
        raise ValueError(f"alarm kind {name} is registered twice")
    found = _kinds[name] = AlarmKind(name=name, zh=zh, en=en, path=path, tells=tells)
    return found


def kinds() -> Sequence[AlarmKind]:
    """All kinds, for the documents and the metrics."""
    return list(_kinds.values())


def known(name: str) -> AlarmKind | None:
    """The kind of this name; none where a newer version raised it."""
    return _kinds.get(name)


def raise_alarm(session: Session, kind: AlarmKind, subject: str = "", **facts: Any) -> bool:
    """Note that the state is so; True if nobody had been told yet. While it is open only facts and time are renewed."""
    now = clock.now()
    values = {"kind": kind.name, "subject": subject, "facts": facts, "raised_at": now, "seen_at": now}
    statement = insert(Alarm).values(values)
    row = session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "subject"],
            index_where=text("cleared_at IS NULL"),
            set_={"facts": statement.excluded.facts, "seen_at": now},
        ).returning(Alarm.id, Alarm.raised_at == now)
    ).one()
    fresh = bool(row[1])
    if fresh:
        log.error("alarm.raised", kind=kind.name, subject=subject)
        outbox.publish(session, AlarmRaised(alarm_id=row[0], kind=kind.name))
    return fresh


def clear(session: Session, kind: AlarmKind, subject: str | None = "") -> None:
    """The state has been mended; ``subject=None`` clears the kind whatever its subjects."""
    which = [Alarm.kind == kind.name, Alarm.cleared_at.is_(None)]
    if subject is not None:
        which.append(Alarm.subject == subject)
    session.execute(
        update(Alarm).where(*which).values(cleared_at=clock.now()).execution_options(synchronize_session=False)
    )


def is_raised(kind: AlarmKind) -> ColumnElement[bool]:
    """The condition that an alarm of this kind is open."""
    return exists().where(Alarm.kind == kind.name, Alarm.cleared_at.is_(None))


def standing(session: Session) -> Sequence[Alarm]:
    """The open alarms of this corp, oldest first."""
    return session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.id)).all()


def counts(session: Session) -> dict[str, int]:
    """How many are open, by kind."""
    query = select(Alarm.kind, func.count()).where(Alarm.cleared_at.is_(None)).group_by(Alarm.kind)
    return dict(session.execute(query).all())


def sentences(alarm: Alarm) -> tuple[str, str, str]:
    """Chinese, English, and the page; a kind that this version does not know is named as it is."""
    found = _kinds.get(alarm.kind)
    if found is None:
        return alarm.kind, alarm.kind, "/tasks"
    try:
        return found.zh.format(**alarm.facts), found.en.format(**alarm.facts), found.path
    except (KeyError, IndexError):  # facts of another version
        return found.zh, found.en, found.path


constraints.handled("uq_alarm_open", "inserted on conflict")
