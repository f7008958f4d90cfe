"""Daily housekeeping of one corp: purge what was handled long ago, a batch at a time."""

import datetime as dt
from typing import Any

import structlog
from sqlalchemy import Delete, Update, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from scrm.core import audit, clock
from scrm.core.db import platform_transaction, transaction
from scrm.core.outbox import OutboxRow
from scrm.core.platform import Tick
from scrm.core.work import RowState
from scrm.identity import accounts, attempts
from scrm.wecom.models import CallState, InboxRow, InboxState, SyncRun, SyncState, SyncStep, WecomCall

log = structlog.get_logger(__name__)

BODIES = dt.timedelta(days=30)  # decrypted callbacks hold personal data; the row and its digest stay longer
ROWS = dt.timedelta(days=180)  # digests: far beyond any retry of WeCom's
WORK = dt.timedelta(days=7)  # done outbox rows and calls
RUNS = dt.timedelta(days=180)  # syncs that have ended
TICKS = dt.timedelta(days=30)  # claimed due times: far beyond the grace of any job
_BATCH = 5_000


def purge_platform() -> None:
    """Remove sign-ins that have run out and due times that nobody claims any more."""
    sessions = accounts.purge_sessions()
    accounts.tell_refused()  # before what it counts is gone
    with platform_transaction() as session:
        attempts.purge(session)
        session.execute(delete(Tick).where(Tick.due < clock.now() - TICKS))
    log.info("housekeeping.platform_purged", sessions=sessions)


def purge(corp: int) -> dict[str, int]:
    """Remove handled rows past their time; counts by kind. Parked rows stay until a person has dealt with them."""
    now = clock.now()
    handled = InboxRow.state == InboxState.DONE
    finished = WecomCall.state.in_([CallState.DONE, CallState.REFUSED, CallState.EXPIRED, CallState.UNKNOWN])
    bodies = update(InboxRow).values(body=None)
    counts = {
        "bodies": _in_batches(
            corp, bodies, InboxRow.id, handled, InboxRow.handled_at < now - BODIES, InboxRow.body.is_not(None)
        ),
        "callbacks": _in_batches(corp, delete(InboxRow), InboxRow.id, handled, InboxRow.handled_at < now - ROWS),
        "events": _in_batches(
            corp, delete(OutboxRow), OutboxRow.id, OutboxRow.state == RowState.DONE, OutboxRow.done_at < now - WORK
        ),
        "calls": _in_batches(corp, delete(WecomCall), WecomCall.id, finished, WecomCall.finished_at < now - WORK),
        "syncs": _purge_syncs(corp, before=now - RUNS),
    }
    with transaction(corp) as session:
        audit.record(session, audit.System.SCHEDULER, "rows.purged", f"corp:{corp}", counts)
    log.info("housekeeping.purged", corp=corp, **counts)
    return counts


def _purge_syncs(corp: int, *, before: dt.datetime) -> int:
    with transaction(corp) as session:
        # The last one that came to its end stays: it tells that the corp's members are known.
        last = select(func.max(SyncRun.id)).where(SyncRun.state == SyncState.DONE).scalar_subquery()
        old = select(SyncRun.id).where(SyncRun.finished_at < before, SyncRun.id.is_distinct_from(last))
        ids = session.scalars(old).all()
        session.execute(delete(SyncStep).where(SyncStep.run_id.in_(ids)))
        session.execute(delete(SyncRun).where(SyncRun.id.in_(ids)))
    return len(ids)


def _in_batches(corp: int, statement: Update | Delete, key: InstrumentedAttribute[int], *where: Any) -> int:
    total = 0
    while True:
        with transaction(corp) as session:
            ids = session.scalars(select(key).where(*where).limit(_BATCH)).all()
            if ids:
                session.execute(statement.where(key.in_(ids)))
        total += len(ids)
        if len(ids) < _BATCH:
            return total
