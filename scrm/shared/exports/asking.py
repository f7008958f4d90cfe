"""Asking for an export, looking at one's own, and ending them."""

import datetime as dt
from typing import Any, BinaryIO

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from scrm.core import audit, clock, naming
from scrm.core.db import current_corp
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.errors import NotPermitted
from scrm.core.paging import PageQuery, Rows, fetch
from scrm.core.records.field import Asked
from scrm.identity.actor import Actor
from scrm.shared.exports import writing
from scrm.shared.exports.errors import (
    ExportNotFound,
    ExportNotReady,
    ExportOver,
    ExportsFull,
    ExportTooLong,
    NotExported,
)
from scrm.shared.exports.models import Export, ExportState, Format
from scrm.shared.exports.schemas import ExportRow, NewExport
from scrm.shared.records import catalogue, language
from scrm.shared.records.cells import chosen
from scrm.shared.records.errors import ListTooSlow
from scrm.shared.records.pages import sorted_by
from scrm.shared.records.query import asked_of
from scrm.shared.records.slices import how_many

MOST = 3  # of one account under way
_KEPT = dt.timedelta(days=92)  # what is known of an export
_SOME = 1_000  # rows that one step of the clock removes


def visible(actor: Actor) -> Select[Export]:
    """One's own: a file holds what its asker saw."""
    return select(Export).where(Export.account_id == actor.account_id)


def ask(session: Session, actor: Actor, body: NewExport) -> ExportRow:
    """Let it be written in the background.

    Raises what a wrong kind, filter, sort or column gets, `NotExported`, `NotPermitted`, `ExportsFull`, and
    `ExportTooLong` for a workbook.
    """
    known = catalogue.of(body.kind, actor)
    if known.kind.export is None:
        raise NotExported()
    if known.kind.export not in actor.permissions:
        raise NotPermitted()
    tree, fields = language.read(body.filter), chosen(known, body.columns or known.default_columns)
    sorted_by(known, body.sort)
    under_way = select(func.count()).select_from(visible(actor).where(Export.state == ExportState.READY).subquery())
    if (session.scalar(under_way) or 0) >= MOST:
        raise ExportsFull(most=MOST)
    total = _counted(session, actor, known, tree)
    if body.format is Format.XLSX and (total is None or total > writing.MOST_IN_A_WORKBOOK):
        raise ExportTooLong(rows="?" if total is None else total, most=writing.MOST_IN_A_WORKBOOK)
    now = clock.now()
    export = Export(
        kind=body.kind,
        format=body.format.value,
        language=body.language,
        filter=body.filter,
        sort=body.sort or known.kind.default_sort,
        columns=[field.key for field in fields],
        total=total,
        created_at=now,
        state=ExportState.READY,
        due_at=now,
        attempts=0,
        lane=Lane.BULK.value,
        subject="",
    )
    export.on_behalf_of(actor)
    session.add(export)
    session.flush()
    export.subject = f"export:{export.id}"
    facts = {"kind": body.kind, "columns": export.columns, "format": export.format, "rows": total}
    audit.record(session, actor, "export.asked", export.subject, facts | asked_of(body.filter_text))
    ring_after_commit(session, Lane.BULK)
    session.flush()
    return shown(export)


def _counted(session: Session, actor: Actor, known: catalogue.Known, tree: language.Node) -> int | None:
    """How many rows it will have; none where counting takes too long, which ends no export."""
    try:
        with session.begin_nested():
            return how_many(Asked(session, actor), known, tree)
    except ListTooSlow:
        return None


def page(session: Session, actor: Actor, query: PageQuery) -> Rows[ExportRow]:
    """One's own exports, newest first."""
    rows = fetch(session, visible(actor), query, keys=[Export.id], key_of=lambda export: [export.id])
    return rows.map(shown)


def one(session: Session, actor: Actor, number: int) -> Export:
    """One of one's own; raises `ExportNotFound`."""
    export = session.scalars(visible(actor).where(Export.id == number)).first()
    if export is None:
        raise ExportNotFound()
    return export


def cancel(session: Session, actor: Actor, number: int) -> ExportRow:
    """End it, and remove what has been written; raises `ExportNotFound`, or `ExportOver` where it is over."""
    export = session.scalars(visible(actor).where(Export.id == number).with_for_update()).first()
    if export is None:
        raise ExportNotFound()
    if export.state not in {ExportState.READY, ExportState.PARKED}:
        raise ExportOver()
    export.state, export.finished_at = ExportState.CANCELLED, clock.now()
    writing.remove(current_corp(session), export.id)
    audit.record(session, actor, "export.cancelled", export.subject, {"rows": export.rows})
    return shown(export)


def file_of(session: Session, actor: Actor, number: int) -> tuple[Export, BinaryIO]:
    """The file; raises `ExportNotFound` or `ExportNotReady`, and `NotPermitted` where the permission is gone since."""
    export = one(session, actor, number)
    if catalogue.of(export.kind, actor).kind.export not in actor.permissions:
        raise NotPermitted()
    is_there = export.state == ExportState.DONE and export.expires_at is not None and export.expires_at > clock.now()
    file = writing.opened(current_corp(session), number, Format(export.format)) if is_there else None
    if file is None:
        raise ExportNotReady()
    return export, file


def forget(session: Session, _carried: dict[str, Any]) -> bool:
    """The clock's: files whose time is over go, and rows of long ago; true where there are more."""
    now, corp = clock.now(), current_corp(session)
    over = (Export.state == ExportState.DONE, Export.expires_at <= now)
    session.execute(update(Export).where(*over).values(state=ExportState.EXPIRED))
    old = select(Export.id).where(Export.finished_at < now - _KEPT).limit(_SOME)
    gone = session.scalars(old.with_for_update(skip_locked=True)).all()
    session.execute(delete(Export).where(Export.id.in_(gone)))
    living = select(Export.id).where(Export.state.in_([ExportState.READY, ExportState.PARKED, ExportState.DONE]))
    on_disk = writing.numbers(corp)
    # What a process left that died, or that was cancelled while it wrote, goes too.
    for number in on_disk - set(session.scalars(living.where(Export.id.in_(on_disk)))):
        writing.remove(corp, number)
    return len(gone) == _SOME


def called(session: Session, ids: list[str]) -> dict[str, str]:
    """What exports are called in the trail."""
    query = select(Export).where(Export.id.in_(naming.numbers(ids)))
    return {str(export.id): name_of(export) for export in session.scalars(query)}


def shown(export: Export) -> ExportRow:
    """As its asker sees it."""
    return ExportRow(
        id=export.id,
        kind=export.kind,
        state=_STATES.get(export.state, export.state) if export.state != ExportState.READY else _going(export),
        format=Format(export.format),
        name=name_of(export),
        columns=export.columns,
        filter=export.filter,
        sort=export.sort,
        rows=export.rows,
        total=export.total,
        size=export.size if export.state == ExportState.DONE else None,
        sha256=export.sha256.hex() if export.sha256 is not None else None,
        reason=export.reason if export.state == ExportState.STOPPED else None,
        created_at=export.created_at,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
    )


_STATES = {ExportState.PARKED.value: "failed"}


def _going(export: Export) -> str:
    return "running" if export.rows or export.leases else "waiting"


def name_of(export: Export) -> str:
    """What its file is called: kind in the export's language, moment in China, number."""
    moment = export.created_at.astimezone(clock.CHINA)
    return f"{catalogue.word(export.kind, export.language)}-{moment:%Y%m%d-%H%M}-{export.id}.{export.format}"
