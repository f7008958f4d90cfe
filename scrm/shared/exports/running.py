"""Exports at work: slices of a list go into a file, each in a transaction that confirms the lease.

An export sees what its actor sees at each slice, and no more than at its start; it ends where they may not export any
more. Whoever takes over from a process that died goes on behind the last slice that was committed.
"""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import literal
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import current_corp, is_transient, transaction
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.errors import AppError
from scrm.core.queue import rows as work
from scrm.core.queue.leased import LEASES, Hold, LeaseActSettle, LeaseLost
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.records.field import Asked
from scrm.identity.stored import acting
from scrm.shared.exports import values, writing
from scrm.shared.exports.models import Export, ExportState, Format
from scrm.shared.records import catalogue, language
from scrm.shared.records.cells import cells_of, chosen
from scrm.shared.records.slices import slice_of

log = structlog.get_logger(__name__)

KEPT = dt.timedelta(days=7)
_SLICE = 500  # rows of one transaction
_SECONDS = 5.0  # of a turn; then other exports have theirs
_AT_ONCE = 2
_LEASE = dt.timedelta(minutes=3)


@dataclass(frozen=True)
class _Turn:
    """What became of a turn: more to do (neither of these), all written, stopped, or failed."""

    made: Path | None = None
    digest: bytes = b""
    size: int = 0
    stopped: str | None = None
    failure: Exception | None = None


def _take(_session: Session, rows: Sequence[Export]) -> list[tuple[Export, int]]:
    return [(row, row.id) for row in rows]


def _turn(corp: int, number: int, hold: Hold) -> _Turn:
    """Slices for some seconds; at the end of the list the file."""
    ends = time.monotonic() + _SECONDS
    try:
        while (step := _slice(corp, number, hold)) is True:
            if time.monotonic() > ends:
                return _Turn()
        if isinstance(step, str):
            return _Turn(stopped=step)
        kind, size, heads = _finished(corp, number, hold)
        made, digest, length = writing.finish(corp, number, kind, size, heads, hold.go_on)
        return _Turn(made=made, digest=digest, size=length)
    except LeaseLost:
        raise
    except Exception as error:  # settled: the row says why
        return _Turn(failure=error)


def _slice(corp: int, number: int, hold: Hold) -> bool | str:
    """One slice; false at the end of the list, a code where the actor may not have it any more."""
    with transaction(corp) as session:
        hold.confirm(session)
        export = session.get_one(Export, number)
        if export.state != ExportState.READY:
            raise LeaseLost()
        actor = acting(session, export)
        if actor is None:
            return "actor_out"
        try:
            known = catalogue.of(export.kind, actor)
            if known.kind.export not in actor.permissions:
                return "not_permitted"
            asked, fields = Asked(session, actor), chosen(known, export.columns)
            tree = language.read(export.filter)
            found = slice_of(asked, known, tree, export.sort, after=export.reached, most=_SLICE)
        except AppError as refused:  # a field, an operator or the kind is not the reader's any more
            return refused.code
        if not found.numbers:
            return False
        cells = cells_of(asked, known, fields, found.numbers)
        said = [values.row(fields, cells[one], export.language) for one in found.numbers]
        export.size = writing.append(corp, number, export.size, said)
        export.reached, export.rows = found.reached, export.rows + len(said)
        return len(said) == _SLICE


def _finished(corp: int, number: int, hold: Hold) -> tuple[Format, int, list[str]]:
    with transaction(corp) as session:
        hold.confirm(session)
        export = session.get_one(Export, number)
        actor = acting(session, export)
        if actor is None:
            raise LeaseLost()
        fields = chosen(catalogue.of(export.kind, actor), export.columns)
        return Format(export.format), export.size, values.heads(fields, export.language)


def _settle(session: Session, export: Export, _job: int, turn: _Turn) -> None:
    now, corp = clock.now(), current_corp(session)
    if turn.failure is not None:
        _failed(export, turn.failure)
    elif turn.stopped is not None:
        export.state, export.reason, export.finished_at = ExportState.STOPPED, turn.stopped, now
        writing.remove(corp, export.id)
        audit.record(session, export, "export.stopped", export.subject, {"why": turn.stopped})
    elif turn.made is not None:
        writing.put_in_place(corp, export.id, Format(export.format), turn.made)
        export.state, export.reason, export.attempts = ExportState.DONE, None, 0
        export.sha256, export.size, export.finished_at, export.expires_at = turn.digest, turn.size, now, now + KEPT
        facts = {"kind": export.kind, "rows": export.rows, "sha256": turn.digest.hex()}
        audit.record(session, export, "export.done", export.subject, facts)
    else:
        export.due_at, export.attempts, export.reason = now, 0, None
        ring_after_commit(session, Lane.BULK)


def _failed(export: Export, error: Exception) -> None:
    if is_transient(error):
        export.due_at = work.next_try(1)
        return
    log.error("export.failed", export=export.id, exc_info=error)
    if work.failed(export, error):
        export.state = ExportState.PARKED


def _put_aside(export: Export, problem: str) -> None:
    export.state, export.reason = ExportState.PARKED, problem


def _put_back(_session: Session, export: Export) -> None:
    export.due_at = clock.now()


def _worn(_session: Session, export: Export) -> None:
    _put_aside(export, f"taken up {LEASES} times without an outcome")


def _replay(session: Session, export: Export) -> None:
    work.revive(export, ExportState.READY)
    export.leases = 0
    ring_after_commit(session, Lane.BULK)


QUEUE: LeaseActSettle[Export, int, _Turn] = LeaseActSettle(
    name="exports",
    model=Export,
    waiting=Waiting(model=Export, where=Export.state == ExportState.READY, due_at=Export.due_at),
    parked=Parked(
        kind="export",
        model=Export,
        where=Export.state == ExportState.PARKED,
        what=literal("exports"),
        subject=Export.subject,
        since=Export.due_at,
        replay=_replay,
    ),
    open_states=(ExportState.READY,),
    settled_states=(ExportState.READY,),
    take=_take,
    act=_turn,
    settle=_settle,
    put_aside=_put_aside,
    put_back=_put_back,
    worn=_worn,
    lease=_LEASE,
    most=_AT_ONCE,
    lane=Lane.BULK,
)
