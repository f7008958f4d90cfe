"""Looking into callbacks, putting rows back to work, and telling of alarms."""

import math
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import alarms, audit, clock
from scrm.core.db import current_corp, lock_subject
from scrm.core.queue import figures
from scrm.identity import queries as identity
from scrm.identity.actor import Actor
from scrm.identity.models import Role
from scrm.operations.errors import CallbackNotFound, ReplayedTooOften, TaskNotFound
from scrm.operations.notices import alarm_raised
from scrm.operations.queries import sync_run_row
from scrm.operations.schemas import CallbackDetail, CallbackRow, SyncRunRow, TaskKind
from scrm.shared.notices import telling
from scrm.wecom import calls, inbox, sync
from scrm.wecom.models import InboxRow

_WELCOME_CODE = re.compile(r"(<WelcomeCode>(?:<!\[CDATA\[)?)[^<\]]+")


def open_callback(session: Session, callback_id: int) -> CallbackDetail:
    """One callback with its decrypted XML."""
    return _detail(session, _callback(session, callback_id))


def replay_callback(session: Session, actor: Actor, callback_id: int) -> CallbackDetail:
    """Handle a callback once more; raises `BodyPurged`, or `ReplayedTooOften` for what it is about."""
    row = _callback(session, callback_id, lock=True)
    about = _about(row)
    _check_pace(session, about)
    inbox.replay(session, row)
    audit.record(session, actor, "callback.replayed", f"callback:{row.id}", {"about": about})
    return _detail(session, row)


def replay_task(session: Session, actor: Actor, kind: TaskKind | None, task_id: int) -> None:
    """Put a parked row back to work; raises `TaskNotFound`, or what keeps the row where it is."""
    about = figures.replay(session, kind.value, task_id) if kind is not None else None
    if about is None:
        raise TaskNotFound()
    audit.record(session, actor, "task.replayed", about)


def start_sync(session: Session, actor: Actor) -> SyncRunRow:
    """Start a full sync; raises `SyncAlreadyRunning`."""
    return sync_run_row(session, sync.start(session, actor))


def resume_sync(session: Session, actor: Actor, run_id: int) -> SyncRunRow:
    """Go on with a failed sync; raises `SyncNotFailed` or `SyncAlreadyRunning`."""
    return sync_run_row(session, sync.resume(session, actor, run_id))


def tell_of_alarm(session: Session, alarm_id: int) -> None:
    """Send whoever the kind names a card, once per alarm; nobody if it has been mended meanwhile."""
    alarm = session.get_one(alarms.Alarm, alarm_id)
    kind = alarms.known(alarm.kind)
    if alarm.cleared_at is not None or kind is None:
        return
    corp = current_corp(session)
    told = {
        staff.userid for role in kind.tells for staff in identity.staff_of_role(session, corp=corp, role=Role(role))
    }
    zh, _, path = alarms.sentences(alarm)
    telling.tell(session, alarm_raised.KIND, [alarm.id], told, title=alarm_raised.KIND.zh, lines=[zh], path=path)


def _about(row: InboxRow) -> str:
    """The object that a callback is read again for; the callback itself until it has been read once."""
    for kind, own in (("customer", row.external_userid), ("group", row.chat_id), ("staff", row.userid)):
        if own:
            return f"{kind}:{own}"
    return row.event or f"callback:{row.id}"


def _check_pace(session: Session, about: str) -> None:
    """So many replays of an object a minute as its re-reads; the trail has them all."""
    lock_subject(session, f"replay:{about}")
    now = clock.now()
    recent = session.scalars(
        select(audit.AuditEvent.at)
        .where(
            audit.AuditEvent.at > now - calls.MINUTE,
            audit.AuditEvent.verb == "callback.replayed",
            audit.AuditEvent.facts["about"].astext == about,
        )
        .order_by(audit.AuditEvent.at.desc())
        .limit(calls.REREADS)
    ).all()
    if len(recent) == calls.REREADS:
        left = (recent[-1] + calls.MINUTE - now).total_seconds()
        raise ReplayedTooOften(limit=calls.REREADS, retry_after=max(math.ceil(left), 1))


def _callback(session: Session, callback_id: int, *, lock: bool = False) -> InboxRow:
    row = session.get(InboxRow, callback_id, with_for_update=lock or None)
    if row is None:
        raise CallbackNotFound()
    return row


def _detail(session: Session, row: InboxRow) -> CallbackDetail:
    body = inbox.open_body(session, row)
    shown = _WELCOME_CODE.sub(r"\1****", body.decode("utf-8", "replace")) if body is not None else None
    return CallbackDetail(**CallbackRow.model_validate(row).model_dump(), body=shown)
