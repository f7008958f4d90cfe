"""The inbox: every callback as it came; draining it turns each into a typed event."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy.orm import Session

from scrm.core import clock, outbox, sealing
from scrm.core.db import current_corp
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.errors import AppError
from scrm.core.event import Event
from scrm.core.queue.in_transaction import InTransaction
from scrm.core.queue.registry import Parked, Waiting
from scrm.core.queue.rows import revive
from scrm.wecom import corps, xml
from scrm.wecom.callback import body_place
from scrm.wecom.callback_events import FieldMissing, event_time, translate
from scrm.wecom.models import InboxRow, InboxState

# Sending these again would not mend them, so they are parked at once.
_HOPELESS = (xml.XmlRefused, FieldMissing, sealing.SealBroken)


class BodyPurged(AppError):
    status = 409
    code = "body_purged"
    zh = "该回调的内容已过保存期，无法重新处理。"
    en = "This callback's body has been purged; it cannot be handled again."


def open_body(session: Session, row: InboxRow) -> bytes | None:
    """The decrypted XML; none once it has been purged."""
    if row.body is None:
        return None
    return sealing.unseal(corps.data_key(current_corp(session)), row.body, body_place(row.digest))


def replay(session: Session, row: InboxRow) -> None:
    """Put a handled or parked callback back to work; effects have their own keys and do not double.

    Raises `BodyPurged`.
    """
    if row.body is None:
        raise BodyPurged()
    revive(row)
    ring_after_commit(session, Lane.URGENT)


def _event(session: Session, row: InboxRow) -> Event | None:
    """What the callback says, if the house knows it."""
    event = translate(_read(session, row), app=row.app, received_at=row.received_at)
    row.known = event is not None
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


def _publish(session: Session, events: Sequence[Event | None]) -> None:
    outbox.publish(session, *(event for event in events if event is not None))


def _mark(_session: Session, rows: Sequence[InboxRow]) -> None:
    for row in rows:
        row.state, row.handled_at, row.reason = InboxState.DONE, clock.now(), None


# What is hurried is due before it came, so that it goes ahead; it is late only from then on.
_SINCE = func.greatest(InboxRow.due_at, InboxRow.received_at)

QUEUE: InTransaction[InboxRow, Event | None] = InTransaction(
    name="inbox",
    model=InboxRow,
    waiting=Waiting(model=InboxRow, where=InboxRow.state == InboxState.READY, due_at=_SINCE),
    parked=Parked(
        kind="callback",
        model=InboxRow,
        where=InboxRow.state == InboxState.PARKED,
        what=func.concat_ws(" ", InboxRow.event, InboxRow.change_type),
        subject=InboxRow.app,
        since=InboxRow.received_at,
        replay=replay,
    ),
    lane=Lane.URGENT,
    read=_event,
    act=_publish,
    mark=_mark,
    together=True,
    hopeless=_HOPELESS,
)
