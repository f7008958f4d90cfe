"""The inbox: every callback as it came; draining it turns each into a typed event."""

from collections.abc import Sequence

import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scrm.core import clock, in_hand, outbox, sealing, work
from scrm.core.db import current_corp, transaction
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.event import Event
from scrm.wecom import corps, xml
from scrm.wecom.callback import body_place
from scrm.wecom.callback_events import FieldMissing, event_time, translate
from scrm.wecom.models import InboxRow, InboxState

log = structlog.get_logger(__name__)

_QUEUE = "inbox"

# Sending these again would not mend them, so they are parked at once.
_HOPELESS = (xml.XmlRefused, FieldMissing, sealing.SealBroken)


def drain_batch(corp: int, lane: Lane) -> int:
    """Claim up to 100 callbacks and publish what they say; the number of rows claimed."""
    if lane is not Lane.URGENT:
        return 0
    with transaction(corp) as session:
        rows = session.scalars(
            select(InboxRow)
            .where(*_due())
            .order_by(InboxRow.due_at, InboxRow.id)
            .limit(work.BATCH)
            .with_for_update(skip_locked=True)
        ).all()
        if not rows:
            return 0
        with in_hand.taken_up(session, _QUEUE, [row.id for row in rows]) as hand:
            taken = [row for row in rows if row.id in hand.rows]
            if hand.worn:
                for row in taken:
                    row.state, row.reason = InboxState.PARKED, in_hand.WORN
            else:
                _handle(session, taken)
        return len(taken)


def _due() -> tuple[work.Condition, ...]:
    return (InboxRow.state == InboxState.READY, InboxRow.due_at <= clock.now())


TOPIC = work.Topic(
    name="inbox",
    drain_batch=drain_batch,
    due=lambda _corp, lane: exists().where(*_due()) if lane is Lane.URGENT else None,
)


def open_body(session: Session, row: InboxRow) -> bytes | None:
    """The decrypted XML; none once it has been purged."""
    if row.body is None:
        return None
    return sealing.unseal(corps.data_key(current_corp(session)), row.body, body_place(row.digest))


def replay(session: Session, row: InboxRow) -> None:
    """Put a handled or parked callback back to work; effects have their own keys and do not double."""
    row.state, row.due_at, row.attempts, row.reason = InboxState.READY, clock.now(), 0, None
    ring_after_commit(session, Lane.URGENT)


def _handle(session: Session, rows: Sequence[InboxRow]) -> None:
    """Publish what the callbacks say, in one go where the database takes it, else one by one."""
    try:
        with session.begin_nested():
            _publish(session, rows)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        for row in rows:
            _handle_alone(session, row)


def _handle_alone(session: Session, row: InboxRow) -> None:
    try:
        with session.begin_nested():
            _publish(session, [row])
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        _failed(row, error)


def _publish(session: Session, rows: Sequence[InboxRow]) -> None:
    events = [_event(session, row) for row in rows]
    outbox.publish(session, *(event for event in events if event is not None))
    session.flush()


def _event(session: Session, row: InboxRow) -> Event | None:
    """What the callback says, if the house knows it; the row's state tells how that went."""
    try:
        event = translate(_read(session, row), app=row.app, received_at=row.received_at)
    except _HOPELESS as error:
        row.state, row.reason = InboxState.PARKED, work.reason(error)
        log.warning("inbox.row_parked", row=row.id, app=row.app, error=type(error).__name__)
        return None
    except Exception as error:  # a poison callback must not take its batch along
        _failed(row, error)
        return None
    row.known = event is not None
    row.state, row.handled_at, row.reason = InboxState.DONE, clock.now(), None
    return event


def _read(session: Session, row: InboxRow) -> xml.Fields:
    """The callback's fields; the row names what it is about, even if it is parked a moment later."""
    body = open_body(session, row)
    if body is None:
        raise sealing.SealBroken("body purged")
    fields = xml.parse(xml.made_readable(body))
    row.event = xml.text_of(fields, "Event")[:64] or xml.text_of(fields, "MsgType")[:64]
    row.change_type = xml.text_of(fields, "ChangeType")[:64] or None
    row.userid = (xml.text_of(fields, "UserID") or xml.text_of(fields, "FromUserName"))[:128] or None
    row.external_userid = xml.text_of(fields, "ExternalUserID")[:128] or None
    row.chat_id = xml.text_of(fields, "ChatId")[:128] or None
    row.event_at = event_time(fields)
    return fields


def _failed(row: InboxRow, error: Exception) -> None:
    if not work.passes_by_itself(error):
        row.attempts += 1
    row.reason = work.reason(error)
    row.due_at = work.next_try(max(row.attempts, 1))
    if row.attempts >= work.ATTEMPTS:
        row.state = InboxState.PARKED
    log.warning("inbox.row_failed", row=row.id, app=row.app, attempts=row.attempts, error=type(error).__name__)
