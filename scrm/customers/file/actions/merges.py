"""Two rows of staff that were one member: their relations and their timeline become one."""

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session, aliased

from scrm.customers.file.actions.derived import derive
from scrm.customers.file.models import Customer, FieldLog, FollowRelation, Owner, TimelineEntry

# What WeCom tells of a relation: the newer answer holds.
_TOLD = (
    "remark",
    "description",
    "remark_corp_name",
    "remark_mobiles",
    "add_way",
    "state",
    "oper_userid",
    "tag_ids",
    "personal_tags",
    "added_at",
    "asked_at",
    "seen_in_sync",
)


def merge_staff(session: Session, *, staff_id: int, merged_id: int) -> None:
    """What was noted under ``merged_id`` is of ``staff_id``; doing it again changes nothing."""
    query = select(FollowRelation).where(FollowRelation.staff_id.in_([staff_id, merged_id]))
    merged = select(FollowRelation.customer_id).where(FollowRelation.staff_id == merged_id)
    rows = session.scalars(
        query.where(FollowRelation.customer_id.in_(merged))
        .order_by(FollowRelation.customer_id, FollowRelation.staff_id)
        .with_for_update()
    ).all()
    own = {row.customer_id: row for row in rows if row.staff_id == staff_id}
    for row in rows:
        if row.staff_id != merged_id:
            continue
        standing = own.get(row.customer_id)
        if standing is None:
            row.staff_id = staff_id
            continue
        _take_newer(standing, row)
        session.delete(row)
    session.flush()
    for kept in (Owner, FieldLog):
        session.execute(update(kept).where(kept.staff_id == merged_id).values(staff_id=staff_id))
    ids = sorted({row.customer_id for row in rows})
    _merge_timeline(session, ids, staff_id=staff_id, merged_id=merged_id)
    derive(session, list(session.scalars(select(Customer).where(Customer.id.in_(ids)).order_by(Customer.id))))


def _take_newer(standing: FollowRelation, row: FollowRelation) -> None:
    if row.status_at > standing.status_at:
        standing.status, standing.status_at, standing.ended_at = row.status, row.status_at, row.ended_at
    if row.asked_at is not None and (standing.asked_at is None or standing.asked_at < row.asked_at):
        for name in _TOLD:
            setattr(standing, name, getattr(row, name))
    talks = [at for at in (standing.last_talk_at, row.last_talk_at) if at is not None]
    standing.last_talk_at = max(talks, default=None)


def _merge_timeline(session: Session, customer_ids: list[int], *, staff_id: int, merged_id: int) -> None:
    known = aliased(TimelineEntry)
    told_twice = (
        select(known.id)
        .where(
            known.customer_id == TimelineEntry.customer_id,
            known.staff_id == staff_id,
            known.kind == TimelineEntry.kind,
            known.at == TimelineEntry.at,
        )
        .exists()
    )
    own = and_(TimelineEntry.customer_id.in_(customer_ids), TimelineEntry.staff_id == merged_id)
    session.execute(delete(TimelineEntry).where(own, told_twice))
    session.execute(update(TimelineEntry).where(own).values(staff_id=staff_id))
