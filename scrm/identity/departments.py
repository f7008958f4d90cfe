"""Taking over departments: what syncs and callbacks say of them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.identity.models import ROOT_DEPARTMENT, Department, Staff
from scrm.wecom.port.directory import DepartmentId, DepartmentInfo


def take_departments(
    session: Session, departments: Iterable[DepartmentInfo], *, asked_at: dt.datetime, run_id: int | None
) -> int:
    """Upsert departments with names; the number of rows. Those removed since ``asked_at`` stay so."""
    departments = {item.id: item for item in departments}.values()  # one that is listed twice is one
    ids = [item.id for item in departments]
    known = {row.department_id: row for row in session.scalars(_departments_among(ids))}
    rows = []
    for item in departments:
        told = {"name": item.name, "parent_id": item.parent_id, "position": item.order, "leaders": item.leaders}
        blank = {"name": "", "parent_id": ROOT_DEPARTMENT, "position": 0, "leaders": []}
        before = known.get(item.id)
        rows.append(
            {
                "department_id": item.id,
                **told_or_known(told, before, blank),
                "seen_in_sync": run_id,
                "removed_at": None,
            }
        )
    seen = ["seen_in_sync"] if run_id is not None else []
    columns = ["name", "parent_id", "position", "leaders", "removed_at", *seen]
    return _upsert_departments(session, rows, columns, asked_at=asked_at)


def take_department_ids(
    session: Session, departments: Iterable[DepartmentId], *, asked_at: dt.datetime, run_id: int
) -> int:
    """Upsert the bare graph; a name that is known already stays, and so do those removed since ``asked_at``."""
    rows: list[dict[str, Any]] = [
        {
            "department_id": item.id,
            "name": "",
            "parent_id": item.parent_id if item.parent_id is not None else ROOT_DEPARTMENT,
            "position": 0,
            "leaders": [],
            "seen_in_sync": run_id,
            "removed_at": None,
        }
        for item in {item.id: item for item in departments}.values()
    ]
    return _upsert_departments(session, rows, ["parent_id", "seen_in_sync", "removed_at"], asked_at=asked_at)


def remove_department(session: Session, department_id: int) -> None:
    session.execute(update(Department).where(Department.department_id == department_id).values(removed_at=clock.now()))


def remove_departments_unseen(session: Session, run_id: int) -> int:
    """Mark departments that a whole sync did not meet; the number of them."""
    gone = (
        update(Department)
        .where(Department.removed_at.is_(None), Department.department_id != ROOT_DEPARTMENT)
        .where((Department.seen_in_sync.is_(None)) | (Department.seen_in_sync != run_id))
        .values(removed_at=clock.now())
    )
    return len(session.scalars(gone.returning(Department.id)).all())


def told_or_known(told: dict[str, Any], known: Staff | Department | None, blank: dict[str, Any]) -> dict[str, Any]:
    """What the answer tells; where it is silent, what is known stays."""
    return {
        name: value if value is not None else (getattr(known, name) if known is not None else blank[name])
        for name, value in told.items()
    }


def _departments_among(ids: Iterable[int]) -> Select[Department]:
    return select(Department).where(Department.department_id.in_(list(ids)))


def _upsert_departments(
    session: Session, rows: list[dict[str, Any]], columns: list[str], *, asked_at: dt.datetime
) -> int:
    if not rows:
        return 0
    statement = insert(Department).values(sorted(rows, key=lambda row: row["department_id"]))
    taken = {name: statement.excluded[name] for name in columns}
    standing = or_(Department.removed_at.is_(None), Department.removed_at <= asked_at)
    session.execute(statement.on_conflict_do_update(index_elements=["department_id"], set_=taken, where=standing))
    return len(rows)
