"""Messages that come again with other content: the first stays the message, what differs is kept beside it."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Text, any_, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.archive.actions.conversations import heard
from scrm.compliance.archive.actions.prepared import Prepared
from scrm.compliance.archive.models import Message, MessageKey, MessageVersion
from scrm.contracts.archive import watch
from scrm.core import clock
from scrm.identity import queries as identity


def keep(session: Session, again: Sequence[Prepared]) -> list[Prepared]:
    """Of messages whose msgid stands: those that say something else than the first, and had not been kept before.

    A body that is written in another way, or came under another seq, is the same.
    """
    if not again:
        return []
    first = _first_of(session, [message.opened.msgid for message in again])
    changed = []
    for message in again:
        standing = first.get(message.opened.msgid)
        if standing is None or message.opened.digest == standing.digest or message.opened.body == standing.body:
            continue
        if _kept(session, message):
            _scan(session, message, standing)
            changed.append(message)
    return changed


def _first_of(session: Session, msgids: Sequence[str]) -> dict[str, Message]:
    ids = literal(list(set(msgids)), ARRAY(Text))
    keys = session.execute(select(MessageKey.msgid, MessageKey.at).where(MessageKey.msgid == any_(ids))).all()
    rows = session.scalars(select(Message).where(tuple_(Message.msgid, Message.at).in_(map(tuple, keys))))
    return {row.msgid: row for row in rows}


def _kept(session: Session, message: Prepared) -> bool:
    """Whether this version is new."""
    opened = message.opened
    statement = insert(MessageVersion).values(
        msgid=opened.msgid,
        at=message.at,
        seq=str(opened.seq),
        sender=message.ends.sender,
        msgtype=message.msgtype,
        body=opened.body,
        digest=opened.digest,
        archived_at=clock.now(),
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(MessageVersion.id)) is not None


def _scan(session: Session, message: Prepared, standing: Message) -> None:
    """The rules look at it too; what they find stands at the place of the message."""
    staff = identity.userids_among(session, {who.lower() for who in message.ends.people if who})
    message.at = standing.at
    watch().look(session, heard([message], {message.ends: standing.conversation_id}, staff), staff)
