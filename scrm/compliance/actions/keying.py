"""Keys of messages that a release stored which knew none: filled in a batch at a time, behind everything else.

Until that is done a page has the keys of its own msgids filled first, so that each msgid is one message from the start.
"""

from collections.abc import Sequence

from sqlalchemy import delete, exists, func, select, text, true, update
from sqlalchemy.orm import Session

from scrm.compliance.models.messages import Message, UnkeyedMessage
from scrm.core.db import lock_subject, subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.registry import OwnWay, Waiting

BATCH = 1_000  # msgids in one transaction: some 50 ms
_SUBJECT = "message-keys"  # one at a time: a page and a batch would wait for each other's rows crosswise
_LEFT = exists(select(UnkeyedMessage.msgid))

# The message that came first is the message; those of its msgid in other months become versions of it.
_KEYS = text(
    "INSERT INTO message_key (msgid, at) SELECT DISTINCT ON (msgid) msgid, at FROM message"
    " WHERE msgid = ANY(:msgids) ORDER BY msgid, id ON CONFLICT DO NOTHING"
)
_SECONDS = text(
    "WITH second AS (DELETE FROM message m USING message_key k"
    " WHERE m.msgid = ANY(:msgids) AND k.msgid = m.msgid AND k.at <> m.at RETURNING m.*),"
    " kept AS (INSERT INTO message_version (msgid, at, seq, sender, msgtype, body, digest, archived_at)"
    " SELECT msgid, at, seq, sender, msgtype, body, digest, archived_at FROM second ON CONFLICT DO NOTHING)"
    " UPDATE conversation c SET messages = greatest(c.messages - n.count, 0)"
    " FROM (SELECT conversation_id, count(*) FROM second GROUP BY 1) n WHERE c.id = n.conversation_id"
)
# Without a time they were stored in 1970; they belong where they were archived, as do the alerts on them.
_UNTIMED = text("SELECT DISTINCT conversation_id FROM message WHERE msgid = ANY(:msgids) AND at < '2011-01-01'")
_ALERTS = text(
    "UPDATE alert a SET event_at = m.archived_at FROM message m WHERE m.msgid = ANY(:msgids) AND m.at < '2011-01-01'"
    " AND a.kind = 'word_hit' AND a.event_at = m.at AND a.snapshot ->> 'msgid' = m.msgid"
)
_KEYS_AT = text(
    "UPDATE message_key k SET at = m.archived_at FROM message m"
    " WHERE m.msgid = ANY(:msgids) AND m.at < '2011-01-01' AND k.msgid = m.msgid"
)
_MOVED = text(
    "UPDATE message SET at = archived_at, time_known = false WHERE msgid = ANY(:msgids) AND at < '2011-01-01'"
)
_CONVERSATIONS = text(
    "UPDATE conversation c SET first_at = n.first_at, last_at = greatest(c.last_at, n.last_at) FROM"
    " (SELECT conversation_id, min(at) AS first_at, max(at) AS last_at FROM message"
    " WHERE conversation_id = ANY(:conversations) GROUP BY 1) n WHERE c.id = n.conversation_id"
)


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
    """What is done already stays as it is."""
    these = {"msgids": list(msgids)}
    for statement in (_KEYS, _SECONDS):
        session.execute(statement, these)
    conversations = session.scalars(_UNTIMED, these).all()
    if conversations:
        for statement in (_ALERTS, _KEYS_AT, _MOVED):
            session.execute(statement, these)
        session.execute(_CONVERSATIONS, {"conversations": list(conversations)})
