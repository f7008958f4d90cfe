"""How the archive stands, for those who may read it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.compliance.archive.models import UnknownType
from scrm.compliance.archive.schemas import ArchiveStatus, IncidentRow, ParkedCount, UnknownTypeRow
from scrm.contracts.alerts import hits
from scrm.core import clock
from scrm.core.db import current_corp
from scrm.wecom import corps
from scrm.wecom.archive import status
from scrm.wecom.archive.models import IncidentKind

_TOLD_APART = 20  # types by their name in the metrics, where each is a series for good


def archive_status(session: Session) -> ArchiveStatus:
    """The pull, what is parked, what may be missing."""
    pull = status.read(session)
    cursor = pull.cursor
    asked_at = cursor.asked_at if cursor is not None else None
    return ArchiveStatus(
        configured=corps.has_archive(current_corp(session)),
        stored=cursor.stored if cursor is not None else 0,
        repeated=cursor.repeated if cursor is not None else 0,
        seq=str(cursor.seq) if cursor is not None else "0",
        asked_at=asked_at,
        newest_at=cursor.newest_at if cursor is not None else None,
        lag_seconds=max(int((clock.now() - asked_at).total_seconds()), 0) if asked_at is not None else None,
        reason=cursor.reason if cursor is not None else None,
        parked=[ParkedCount(reason=reason, publickey_ver=key, count=count) for reason, key, count in pull.parked],
        incidents=[
            IncidentRow(
                kind=IncidentKind(row.kind),
                after_seq=str(row.after_seq),
                next_seq=str(row.next_seq),
                msgid=row.msgid,
                found_at=row.found_at,
            )
            for row in pull.incidents
        ],
        incident_count=pull.incident_count,
        media_waiting=pull.media_waiting,
        media_lost=pull.media_lost,
        hits_today=sum(hits().today(session).values()),
        failing_since=cursor.failing_since if cursor is not None else None,
        unknown_types=[
            UnknownTypeRow(msgtype=row.msgtype, count=row.messages, last_at=row.last_at)
            for row in session.scalars(select(UnknownType).order_by(UnknownType.messages.desc(), UnknownType.msgtype))
        ],
    )


def unknown_type_counts(session: Session) -> dict[str, int]:
    """How many messages came of the most frequent types that this version does not know; the others as ``other``."""
    by_count = (UnknownType.messages.desc(), UnknownType.msgtype)
    counts = dict(session.execute(select(UnknownType.msgtype, UnknownType.messages).order_by(*by_count)).all())
    told = dict(list(counts.items())[:_TOLD_APART])
    if rest := sum(counts.values()) - sum(told.values()):
        told["other"] = told.get("other", 0) + rest
    return told
