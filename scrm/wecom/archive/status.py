"""How the pull stands, for pages and the pulse."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.wecom.archive.models import (
    ArchiveCursor,
    ArchiveIncident,
    ArchiveMedia,
    ArchiveParked,
    MediaState,
    ParkedState,
)

SHOWN_INCIDENTS = 20


@dataclass(frozen=True, kw_only=True)
class PullStatus:
    """The cursor, parked messages by (reason, key version, count), the latest incidents, and media counts."""

    cursor: ArchiveCursor | None
    parked: list[tuple[str, int, int]]
    incidents: Sequence[ArchiveIncident]
    incident_count: int
    media_waiting: int
    media_lost: int


def read(session: Session) -> PullStatus:
    parked = session.execute(
        select(ArchiveParked.reason, ArchiveParked.publickey_ver, func.count())
        .where(ArchiveParked.state == ParkedState.WAITING)
        .group_by(ArchiveParked.reason, ArchiveParked.publickey_ver)
        .order_by(ArchiveParked.reason, ArchiveParked.publickey_ver)
    )
    incidents = session.scalars(select(ArchiveIncident).order_by(ArchiveIncident.id.desc()).limit(SHOWN_INCIDENTS))
    media = dict(
        session.execute(
            select(ArchiveMedia.state, func.count())
            .where(ArchiveMedia.state.in_([MediaState.WAITING, MediaState.LOST]))
            .group_by(ArchiveMedia.state)
        ).all()
    )
    return PullStatus(
        cursor=session.get(ArchiveCursor, 1),
        parked=[(reason, version, count) for reason, version, count in parked],
        incidents=incidents.all(),
        incident_count=session.scalar(select(func.count()).select_from(ArchiveIncident)) or 0,
        media_waiting=media.get(MediaState.WAITING.value, 0),
        media_lost=media.get(MediaState.LOST.value, 0),
    )
