"""Callbacks, syncs, parked work, the audit trail, the pulse."""

from flask import Response

from scrm.core.db import Session
from scrm.core.http import Api, Public
from scrm.core.paging import PageQuery
from scrm.core.reading import NothingPersonal, listed, opened
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.operations import actions, pulse, queries, trail
from scrm.operations.schemas import (
    AlarmList,
    AuditPage,
    AuditQuery,
    CallbackDetail,
    CallbackPage,
    CallbackQuery,
    Pulse,
    PulseQuery,
    ReadingDetail,
    SyncRunPage,
    SyncRunRow,
    TaskKind,
    TaskPage,
    TaskQuery,
    TrailFilter,
)
from scrm.shared.exports.at_once import routes as exports
from scrm.shared.exports.at_once.table import Table

api = Api("operations")


@api.get(
    "/pulse",
    permission=Public.ANY_USER,
    reads=NothingPersonal("which lists have changed"),
    query=PulseQuery,
    response=Pulse,
    conditional=True,
)
def get_pulse(actor: Actor, session: Session, query: PulseQuery) -> Response:
    """What changed since the last pulse; answers 304 to an ETag that still holds."""
    return pulse.take(session, actor, since=query.since, topics=query.topics)


@api.get(
    "/callbacks",
    permission=Permission.CALLBACKS_READ,
    reads=listed("callbacks", "callback:{id}", "customer:{external_userid}", "staff:{userid}"),
    query=CallbackQuery,
    response=CallbackPage,
)
def list_callbacks(actor: Actor, session: Session, query: CallbackQuery) -> object:
    """Received callbacks, newest first."""
    return queries.callback_page(session, actor, query)


@api.get(
    "/callbacks/<int:callback_id>",
    permission=Permission.CALLBACKS_READ,
    reads=opened("callback.read", "callback:{callback_id}", "customer:{external_userid}", "staff:{userid}"),
    response=CallbackDetail,
)
def get_callback(session: Session, callback_id: int) -> object:
    """One callback with its decrypted XML; reading it is audited."""
    return actions.open_callback(session, callback_id)


@api.post(
    "/callbacks/<int:callback_id>/replay",
    permission=Permission.CALLBACKS_REPLAY,
    response=CallbackDetail,
    further=(429,),
)
def replay_callback(actor: Actor, session: Session, callback_id: int) -> object:
    """Handle a callback once more; its effects have keys of their own and do not double."""
    return actions.replay_callback(session, actor, callback_id)


@api.get(
    "/tasks",
    permission=Permission.TASKS_READ,
    reads=NothingPersonal("names of work, ids and reasons"),
    query=TaskQuery,
    response=TaskPage,
)
def list_tasks(session: Session, query: TaskQuery) -> object:
    """Parked rows, newest first."""
    return queries.task_page(session, query)


@api.post("/tasks/<kind>/<int:task_id>/replay", permission=Permission.TASKS_REPLAY)
def replay_task(actor: Actor, session: Session, kind: str, task_id: int) -> None:
    """Put a parked row back to work."""
    actions.replay_task(session, actor, TaskKind(kind) if kind in set(TaskKind) else None, task_id)


@api.get("/alarms", permission=Permission.ALARMS_READ, reads=NothingPersonal("counts and ids"), response=AlarmList)
def list_alarms(session: Session) -> object:
    """States that need a person, oldest first."""
    return queries.open_alarms(session)


@api.get(
    "/sync-runs",
    permission=Permission.SYNC_READ,
    reads=NothingPersonal("counts"),
    query=PageQuery,
    response=SyncRunPage,
)
def list_sync_runs(session: Session, query: PageQuery) -> object:
    """Syncs, newest first, with their steps."""
    return queries.sync_run_page(session, query)


@api.post("/sync-runs", permission=Permission.SYNC_START, response=SyncRunRow, status=201)
def start_sync(actor: Actor, session: Session) -> object:
    """Start a full sync."""
    return actions.start_sync(session, actor)


@api.post("/sync-runs/<int:run_id>/resume", permission=Permission.SYNC_START, response=SyncRunRow)
def resume_sync(actor: Actor, session: Session, run_id: int) -> object:
    """Go on with a failed sync at the step where it stopped."""
    return actions.resume_sync(session, actor, run_id)


@api.get("/audit", permission=Permission.AUDIT_READ, reads=listed("audit"), query=AuditQuery, response=AuditPage)
def list_audit(session: Session, query: AuditQuery) -> object:
    """What was done and what was read, newest first, in sentences."""
    return trail.page(session, query)


@api.get(
    "/audit/readings/<int:reading_id>",
    permission=Permission.AUDIT_READ,
    reads=opened("reading.read", "reading:{reading_id}"),
    response=ReadingDetail,
)
def get_reading(session: Session, reading_id: int) -> object:
    """One reading: whom it showed, what was searched for, and when the page asked again."""
    return trail.one(session, reading_id)


@exports.get(
    api,
    "/audit/export.csv",
    permission=Permission.AUDIT_EXPORT,
    verb="trail.exported",
    subject="audit",
    query=TrailFilter,
    transaction=False,
)
def export_audit(actor: Actor, query: TrailFilter) -> Table:
    """All that matches as a table for a spreadsheet, repetitions included."""
    return trail.table(actor, query)
