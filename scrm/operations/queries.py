"""Reads of operations: rows of the edge and of the ground floor, guarded by permissions instead of a data scope."""

from collections import defaultdict

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scrm.core import alarms, paging
from scrm.core.paging import PageQuery, Rows, fetch
from scrm.core.queue import figures
from scrm.identity.actor import Actor
from scrm.operations.schemas import (
    AlarmList,
    AlarmNotices,
    AlarmRow,
    CallbackQuery,
    CallbackRow,
    SyncRunRow,
    SyncStepRow,
    TaskKind,
    TaskQuery,
    TaskRow,
)
from scrm.shared.notices import queries as notices
from scrm.shared.records import pages
from scrm.wecom.models import InboxRow, SyncRun, SyncState, SyncStep

CONTACT = InboxRow.external_userid  # as callbacks name one


def callback_page(session: Session, actor: Actor, page: CallbackQuery) -> Rows[CallbackRow]:
    """Received callbacks, newest first."""
    query = select(InboxRow)
    if page.state is not None:
        query = query.where(InboxRow.state == page.state.value)
    if page.app is not None:
        query = query.where(InboxRow.app == page.app)
    if page.event is not None:
        query = query.where(InboxRow.event == page.event)
    if page.change_type is not None:
        query = query.where(InboxRow.change_type == page.change_type)
    if page.q:
        columns = (
            InboxRow.event,
            InboxRow.change_type,
            InboxRow.userid,
            CONTACT,
            InboxRow.chat_id,
        )
        query = query.where(or_(*(column.istartswith(page.q, autoescape=True) for column in columns)))
    rows, cells = pages.page(session, actor, "callback", page, query)
    return rows.map(lambda row: CallbackRow.model_validate(row).model_copy(update={"cells": cells.get(row.id)}))


def task_page(session: Session, page: TaskQuery) -> Rows[TaskRow]:
    """Parked rows of all kinds, newest first."""
    parked = figures.parked_rows().subquery()
    query = select(parked)
    if page.kind is not None:
        query = query.where(parked.c.kind == page.kind.value)
    if page.q:
        query = query.where(or_(parked.c.what.icontains(page.q, autoescape=True), parked.c.reason.icontains(page.q)))
    return paging.fetch_rows(
        session,
        query,
        page,
        keys=[parked.c.created_at, parked.c.kind, parked.c.id],
        key_of=lambda row: [row.created_at.isoformat(), row.kind, row.id],
        make=lambda row: TaskRow(
            kind=TaskKind(row.kind),
            id=row.id,
            what=row.what,
            subject=row.subject,
            state=row.state,
            attempts=row.attempts,
            reason=row.reason,
            created_at=row.created_at,
        ),
    )


def open_alarms(session: Session) -> AlarmList:
    """The open alarms with their sentences."""
    items = []
    standing = alarms.standing(session)
    told = notices.counts(session, "alarm", [alarm.id for alarm in standing])
    for alarm in standing:
        zh, en, path = alarms.sentences(alarm)
        items.append(
            AlarmRow(
                id=alarm.id,
                kind=alarm.kind,
                subject=alarm.subject,
                zh=zh,
                en=en,
                path=path,
                raised_at=alarm.raised_at,
                seen_at=alarm.seen_at,
                notices=[AlarmNotices(kind=kind, state=state, people=people) for kind, state, people in told[alarm.id]],
            )
        )
    return AlarmList(items=items)


def sync_run_page(session: Session, page: PageQuery) -> Rows[SyncRunRow]:
    """Syncs, newest first, with their steps."""
    rows = fetch(session, select(SyncRun), page, keys=[SyncRun.id], key_of=lambda run: [run.id])
    steps: dict[int, list[SyncStep]] = defaultdict(list)
    ids = [run.id for run in rows.items]
    for step in session.scalars(select(SyncStep).where(SyncStep.run_id.in_(ids)).order_by(SyncStep.position)):
        steps[step.run_id].append(step)
    return rows.map(lambda run: _run_row(run, steps[run.id]))


def sync_run_row(session: Session, run: SyncRun) -> SyncRunRow:
    query = select(SyncStep).where(SyncStep.run_id == run.id).order_by(SyncStep.position)
    return _run_row(run, list(session.scalars(query)))


def _run_row(run: SyncRun, steps: list[SyncStep]) -> SyncRunRow:
    return SyncRunRow(
        id=run.id,
        state=SyncState(run.state),
        started_by=run.started_by,
        started_at=run.started_at,
        finished_at=run.finished_at,
        reason=run.reason,
        steps=[SyncStepRow.model_validate(step) for step in steps],
    )
