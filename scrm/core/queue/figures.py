"""How every queue of a corp stands: for `/metrics`, `scrm doctor`, `scrm drain` and the page 异常任务."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, select, union_all
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.queue import registry

_COLUMNS = ("what", "subject", "state", "attempts", "reason", "created_at")


@dataclass(frozen=True)
class Figures:
    """One queue: rows that wait for work, rows that wait for a person, and since when the oldest has been due."""

    queue: str
    waiting: int
    parked: int
    oldest_due: dt.datetime | None

    @property
    def late(self) -> float:
        """Seconds for which the oldest row has been due; 0 if none is."""
        return max((clock.now() - self.oldest_due).total_seconds(), 0.0) if self.oldest_due is not None else 0.0


def figures(session: Session) -> list[Figures]:
    """All queues, in the order in which a fact travels."""
    found = []
    for queue in registry.QUEUES:
        rows = queue.waiting
        oldest = func.min(rows.due_at) if rows.due_at is not None else literal(None)
        waiting, since = session.execute(select(func.count(), oldest).select_from(rows.model).where(rows.where)).one()
        found.append(Figures(queue.name, waiting, _count(session, queue.parked), since))
    return found


def parked_count(session: Session) -> int:
    """How many rows wait for a person, in one statement."""
    counts = [
        select(func.count()).select_from(kind.model).where(kind.where).scalar_subquery()
        for kind in registry.parked_kinds()
    ]
    return sum(session.execute(select(*counts)).one()) if counts else 0


def parked_rows() -> CompoundSelect[Any]:
    """Every row that waits for a person: its kind, its id, and `_COLUMNS`."""
    return union_all(
        *(
            select(
                literal(kind.kind).label("kind"),
                kind.model.id.label("id"),
                *(column.label(name) for name, column in zip(_COLUMNS, kind.columns(), strict=True)),
            ).where(kind.where)
            for kind in registry.parked_kinds()
        )
    )


def replay(session: Session, kind: str, row_id: int) -> str | None:
    """Put a parked row back to work; what the audit trail says of whom, none if there is no such row."""
    found = next((one for one in registry.parked_kinds() if one.kind == kind), None)
    if found is None:
        return None
    row = session.scalars(
        select(found.model).where(found.model.id == row_id, found.where).with_for_update(of=found.model)
    ).first()
    if row is None:
        return None
    about = f"{kind}:{row_id}" if found.about is None else found.about(row)
    found.replay(session, row)
    return about


def _count(session: Session, parked: registry.Parked) -> int:
    return session.scalar(select(func.count()).select_from(parked.model).where(parked.where)) or 0
