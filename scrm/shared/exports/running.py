"""Exports at work: slices of a list go into a file, each in a transaction that confirms the lease.

An export sees what its actor sees at each slice, and no more than at its start; it ends where they may not export any
more. Whoever takes over from a process that died goes on behind the last slice that was committed.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.db import current_corp, transaction
from scrm.core.errors import AppError
from scrm.core.queue import in_slices
from scrm.core.queue.leased import Hold, LeaseLost
from scrm.core.records.field import Asked
from scrm.identity.stored import acting
from scrm.shared.exports import values, writing
from scrm.shared.exports.models import Export, ExportState, Format
from scrm.shared.records import catalogue, language
from scrm.shared.records.cells import cells_of, chosen
from scrm.shared.records.slices import slice_of

KEPT = dt.timedelta(days=7)
_SLICE = 500  # rows of one transaction
_SECONDS = in_slices.SECONDS


@dataclass(frozen=True)
class _Turn:
    """What became of a turn: more to do (none of these), all written, or stopped."""

    made: Path | None = None
    digest: bytes = b""
    size: int = 0
    stopped: str | None = None


def _turn(corp: int, number: int, hold: Hold) -> _Turn:
    """Slices for some seconds; at the end of the list the file."""
    step = in_slices.go_on(lambda: _slice(corp, number, hold), seconds=_SECONDS)
    if step is True:
        return _Turn()
    if isinstance(step, str):
        return _Turn(stopped=step)
    kind, size, heads = _finished(corp, number, hold)
    made, digest, length = writing.finish(corp, number, kind, size, heads, hold.go_on)
    return _Turn(made=made, digest=digest, size=length)


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


def _settle(session: Session, export: Export, turn: _Turn) -> bool:
    now, corp = clock.now(), current_corp(session)
    if turn.stopped is not None:
        export.state, export.reason, export.finished_at = ExportState.STOPPED, turn.stopped, now
        writing.remove(corp, export.id)
        audit.record(session, export, "export.stopped", export.subject, {"why": turn.stopped})
    elif turn.made is not None:
        writing.put_in_place(corp, export.id, Format(export.format), turn.made)
        export.state, export.reason, export.attempts = ExportState.DONE, None, 0
        export.sha256, export.size, export.finished_at, export.expires_at = turn.digest, turn.size, now, now + KEPT
        facts = {"kind": export.kind, "rows": export.rows, "sha256": turn.digest.hex()}
        audit.record(session, export, "export.done", export.subject, facts)
    return turn != _Turn()


QUEUE = in_slices.queue("exports", Export, kind="export", turn=_turn, settle=_settle)
