"""Keys of messages that a release stored which knew none: filled in a batch at a time, behind everything else.

Until that is done a page has the keys of its own msgids filled first, so that each msgid is one message from the start.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, delete, exists, func, literal, select, true, update
from sqlalchemy.orm import Session

from scrm.compliance.archive.models import Message, UnkeyedMessage
from scrm.core.db import lock_subject, subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.registry import OwnWay, Waiting

BATCH = 1_000  # msgids in one transaction: some 50 ms
_SUBJECT = "message-keys"  # one at a time: a page and a batch would wait for each other's rows crosswise
_LEFT = exists(select(UnkeyedMessage.msgid))


def fill_first(session: Session, msgids: Sequence[str]) -> None:
    """See to it that those of these msgids that stand already have their key."""
    if session.scalar(select(_LEFT)):
        lock_subject(session, _SUBJECT)
        _fill(session, msgids)


def drain_batch(corp: int, lane: Lane) -> int:
    """Up to a thousand msgids in one transaction; how many there were. None while a page is being stored."""
    if lane is not Lane.BULK:
        return 0
    with transaction(corp) as session:
        if not session.scalar(select(func.pg_try_advisory_xact_lock(subject_key(corp, _SUBJECT)))):
            return 0
        msgids = _named(session) or _following(session)
        _fill(session, msgids)
        return len(msgids)


QUEUE = OwnWay(
    name="message_keys",
    waiting=Waiting(model=UnkeyedMessage, where=true(), due_at=None),
    parked=None,
    batch=drain_batch,
    is_due=lambda _corp, lane: _LEFT if lane is Lane.BULK else None,
)


def _named(session: Session) -> list[str]:
    """Msgids that stand alone, taken off the list."""
    first = select(UnkeyedMessage.msgid).where(~UnkeyedMessage.onwards).limit(BATCH)
    taken = delete(UnkeyedMessage).where(~UnkeyedMessage.onwards, UnkeyedMessage.msgid.in_(first))
    return sorted(session.scalars(taken.returning(UnkeyedMessage.msgid)))


def _following(session: Session) -> list[str]:
    """The next msgids in their order; the list goes on behind them, or ends."""
    start = session.scalar(select(UnkeyedMessage.msgid).where(UnkeyedMessage.onwards))
    if start is None:
        return []
    query = select(Message.msgid).where(Message.msgid > start).distinct().order_by(Message.msgid).limit(BATCH)
    msgids = list(session.scalars(query))
    here = (UnkeyedMessage.msgid == start) & UnkeyedMessage.onwards
    if msgids:
        session.execute(update(UnkeyedMessage).where(here).values(msgid=msgids[-1]))
    else:
        session.execute(delete(UnkeyedMessage).where(here))
    return msgids


def _fill(session: Session, msgids: Sequence[str]) -> None:
    """What is done already stays as it is. By a function of the owner's: the service may only add to messages."""
    if msgids:
        session.execute(select(func.settle_messages(literal(list(msgids), ARRAY(Text)))))
