"""Keys of messages that a release stored which knew none: filled in a batch at a time, behind everything else.

Until that is done a page has the keys of its own msgids filled first, so that each msgid is one message from the start.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, exists, func, literal, select, true
from sqlalchemy.orm import Session

from scrm.compliance.archive.models import Message, UnkeyedMessage
from scrm.core.db import current_corp, lock_subject, subject_key
from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NotNow

BATCH = 1_000  # msgids in one transaction: some 50 ms
_SUBJECT = "message-keys"  # one at a time: a page and a batch would wait for each other's rows crosswise
_LEFT = exists(select(UnkeyedMessage.msgid))


def fill_first(session: Session, msgids: Sequence[str]) -> None:
    """See to it that those of these msgids that stand already have their key."""
    if session.scalar(select(_LEFT)):
        lock_subject(session, _SUBJECT)
        _fill(session, msgids)


def _key(session: Session, rows: Sequence[UnkeyedMessage]) -> None:
    """Those that stand alone, else the next thousand behind the place; `NotNow` while a page is being stored."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(subject_key(current_corp(session), _SUBJECT)))):
        raise NotNow("a page is being stored")
    named = [row for row in rows if not row.onwards]
    if named:
        _fill(session, sorted(row.msgid for row in named))
        for row in named:
            session.delete(row)
        return
    for row in rows:
        _go_on(session, row)


def _go_on(session: Session, place: UnkeyedMessage) -> None:
    """The next msgids in their order; the list goes on behind them, or ends."""
    query = select(Message.msgid).where(Message.msgid > place.msgid).distinct().order_by(Message.msgid).limit(BATCH)
    msgids = list(session.scalars(query))
    _fill(session, msgids)
    if msgids:
        place.msgid = msgids[-1]
    else:
        session.delete(place)


def _fill(session: Session, msgids: Sequence[str]) -> None:
    """What is done already stays as it is. By a function of the owner's: the service may only add to messages."""
    if msgids:
        session.execute(select(func.settle_messages(literal(list(msgids), ARRAY(Text)))))


QUEUE: NounQueue[UnkeyedMessage] = NounQueue(
    name="message_keys",
    kind="message_key",
    subject_kind="msgids",
    model=UnkeyedMessage,
    open=true(),
    now=true,
    order=(UnkeyedMessage.onwards, UnkeyedMessage.msgid),  # those that stand alone first
    lane=Lane.BULK,
    batch=BATCH,
    together=True,
    act=_key,
)
