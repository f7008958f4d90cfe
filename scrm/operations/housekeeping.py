"""Housekeeping: what was handled long ago is purged, a batch at a time."""

import datetime as dt
from typing import Any

import structlog
from sqlalchemy import Delete, Update, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from scrm.core import audit, clock
from scrm.core.db import current_corp, platform_transaction
from scrm.core.outbox import OutboxRow
from scrm.core.queue.rows import RowState
from scrm.identity import accounts, attempts
from scrm.wecom.models import CallState, InboxRow, InboxState, SyncRun, SyncState, SyncStep, WecomCall

log = structlog.get_logger(__name__)

BODIES = dt.timedelta(days=30)  # decrypted callbacks hold personal data; the row and its digest stay longer
ROWS = dt.timedelta(days=180)  # digests: far beyond any retry of WeCom's
WORK = dt.timedelta(days=7)  # done outbox rows and calls
RUNS = dt.timedelta(days=180)  # syncs that have ended
_BATCH = 5_000


def purge_platform() -> None:
    """Remove sign-ins that have run out."""
    sessions = accounts.purge_sessions()
    accounts.tell_refused()  # before what it counts is gone
    with platform_transaction() as session:
        attempts.purge(session)
    log.info("housekeeping.platform_purged", sessions=sessions)


def purge(session: Session, carried: dict[str, Any]) -> bool:
    """Remove a batch of each kind of handled rows past their time; true if there are more.

    Parked rows stay until a person has dealt with them. ``carried`` sums up what the steps removed, for the trail.
    """
    now = clock.now()
    handled = InboxRow.state == InboxState.DONE
    finished = WecomCall.state.in_([CallState.DONE, CallState.REFUSED, CallState.EXPIRED, CallState.UNKNOWN])
    bodies = update(InboxRow).values(body=None)
    counts = {
        "bodies": _batch(
            session, bodies, InboxRow.id, handled, InboxRow.handled_at < now - BODIES, InboxRow.body.is_not(None)
        ),
        "callbacks": _batch(session, delete(InboxRow), InboxRow.id, handled, InboxRow.handled_at < now - ROWS),
        "events": _batch(
            session, delete(OutboxRow), OutboxRow.id, OutboxRow.state == RowState.DONE, OutboxRow.done_at < now - WORK
        ),
        "calls": _batch(session, delete(WecomCall), WecomCall.id, finished, WecomCall.finished_at < now - WORK),
        "syncs": _purge_syncs(session, before=now - RUNS),
    }
    carried.update({kind: carried.get(kind, 0) + count for kind, count in counts.items()})
    if max(counts.values()) >= _BATCH:
        return True
    audit.record(session, audit.System.SCHEDULER, "rows.purged", f"corp:{current_corp(session)}", dict(carried))
    log.info("housekeeping.purged", corp=current_corp(session), **carried)
    return False


def _purge_syncs(session: Session, *, before: dt.datetime) -> int:
    # The last one that came to its end stays: it tells that the corp's members are known.
    last = select(func.max(SyncRun.id)).where(SyncRun.state == SyncState.DONE).scalar_subquery()
    old = select(SyncRun.id).where(SyncRun.finished_at < before, SyncRun.id.is_distinct_from(last)).limit(_BATCH)
    ids = session.scalars(old).all()
    session.execute(delete(SyncStep).where(SyncStep.run_id.in_(ids)))
    session.execute(delete(SyncRun).where(SyncRun.id.in_(ids)))
    return len(ids)


def _batch(session: Session, statement: Update | Delete, key: InstrumentedAttribute[int], *where: Any) -> int:
    ids = session.scalars(select(key).where(*where).limit(_BATCH)).all()
    if ids:
        session.execute(statement.where(key.in_(ids)).execution_options(synchronize_session=False))
    return len(ids)
