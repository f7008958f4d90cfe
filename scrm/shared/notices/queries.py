"""Who was told of a record."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import TextClause, func, select
from sqlalchemy.orm import Session

from scrm.identity.queries import staff_by_userids
from scrm.shared.notices.models import Notice
from scrm.wecom.cards import NoticeState


@dataclass(frozen=True, kw_only=True)
class Told:
    """One person, by name, and what became of the notice."""

    kind: str
    userid: str
    staff_name: str
    state: NoticeState
    reason: str | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


def told(session: Session, record: str, record_id: int, *, before: TextClause) -> list[Told]:
    """Everybody told of a record, in order; whoever may see the record may see this.

    ``before`` reads those of an earlier release by ``:id``, as far as they have not been moved yet.
    """
    columns = (Notice.kind, Notice.userid, Notice.state, Notice.reason, Notice.created_at, Notice.finished_at)
    query = select(*columns).where(Notice.record == record, Notice.record_id == record_id).order_by(Notice.id)
    rows = [*session.execute(before, {"id": record_id}), *session.execute(query)]
    staff = staff_by_userids(session, {row.userid for row in rows})
    called = {userid: member.name or member.userid for userid, member in staff.items()}
    return [
        Told(
            kind=row.kind,
            userid=row.userid,
            staff_name=called.get(row.userid.lower(), row.userid),
            state=NoticeState(row.state),
            reason=row.reason,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )
        for row in rows
    ]


def counts(session: Session, record: str, ids: Collection[int]) -> dict[int, list[tuple[str, NoticeState, int]]]:
    """How many people were told of each of these records: kind, what became of it, people."""
    query = (
        select(Notice.record_id, Notice.kind, Notice.state, func.count())
        .where(Notice.record == record, Notice.record_id.in_(ids))
        .group_by(Notice.record_id, Notice.kind, Notice.state)
        .order_by(Notice.record_id, Notice.kind, Notice.state)
    )
    found: dict[int, list[tuple[str, NoticeState, int]]] = defaultdict(list)
    for number, kind, state, people in session.execute(query).all():
        found[number].append((kind, NoticeState(state), people))
    return found
