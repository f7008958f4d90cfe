"""Sharing single records with members; which record it is, and who may share it, is its room's to say."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.shared.ownership.models import Level, RecordShare


def shared_with(record: str, scope: Collection[int]) -> Select[int]:
    """Ids of records of this kind that are shared with one of these members now."""
    return select(RecordShare.record_id).where(RecordShare.record == record, RecordShare.staff_id.in_(scope), _holds())


def level(session: Session, record: str, record_id: int, scope: Collection[int]) -> Level | None:
    """The most that a share of this record permits one of these members now."""
    query = select(RecordShare.level).where(
        RecordShare.record == record, RecordShare.record_id == record_id, RecordShare.staff_id.in_(scope), _holds()
    )
    levels = set(session.scalars(query))
    return next((one for one in (Level.EDIT, Level.READ) if one in levels), None)


def shares_of(session: Session, record: str, record_id: int) -> list[RecordShare]:
    """With whom the record is shared now, in the order in which it was."""
    query = select(RecordShare).where(RecordShare.record == record, RecordShare.record_id == record_id, _holds())
    return list(session.scalars(query.order_by(RecordShare.id)))


def share(
    session: Session, by: str, record: str, record_id: int, *, staff_id: int, level: Level, until: dt.datetime | None
) -> None:
    """Share a record with a member, or share it otherwise than before."""
    told = {"level": level.value, "until": until, "created_at": clock.now(), "created_by": by}
    row = insert(RecordShare).values(record=record, record_id=record_id, staff_id=staff_id, **told)
    session.execute(row.on_conflict_do_update(index_elements=["record", "record_id", "staff_id"], set_=told))


def unshare(session: Session, record: str, record_id: int, staff_id: int) -> bool:
    """Take a share back; whether there was one."""
    mine = delete(RecordShare).where(
        RecordShare.record == record, RecordShare.record_id == record_id, RecordShare.staff_id == staff_id
    )
    return session.execute(mine.returning(RecordShare.id)).first() is not None


def _holds() -> ColumnElement[bool]:
    return or_(RecordShare.until.is_(None), RecordShare.until > clock.now())
