"""Days on which a customer and a member wrote to each other, for the customer's timeline."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from scrm.compliance.archive.models import Conversation, ConversationKind, ConversationMember
from scrm.compliance.archive.queries.messages import visible
from scrm.core import clock, naming
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.shared.timeline.kind import SourceName
from scrm.shared.timeline.kinds.chat_day import KIND
from scrm.shared.timeline.source import Asked, Happening, Record, Source

_DAYS = 100_000  # more than there are between 1970 and the end of a number of this kind
_DAY = dt.timedelta(days=1)

# From day to day backwards by the index on conversation and time; the messages of the days shown are counted alone.
_TALKS = text(
    """
WITH RECURSIVE talk AS MATERIALIZED (
    SELECT id, userid FROM conversation WHERE id = ANY(CAST(:conversations AS bigint[]))
), day AS (
    SELECT t.id, t.userid, newest.at, 1 AS n FROM talk t CROSS JOIN LATERAL (
        SELECT at FROM message WHERE conversation_id = t.id AND at < :end ORDER BY at DESC LIMIT 1
    ) newest
    UNION ALL
    SELECT d.id, d.userid, newest.at, d.n + 1 FROM day d CROSS JOIN LATERAL (
        SELECT at FROM message
        WHERE conversation_id = d.id AND at < date_trunc('day', d.at, 'Asia/Shanghai') ORDER BY at DESC LIMIT 1
    ) newest
    WHERE d.n <= :limit
), placed AS (
    SELECT d.id AS conversation_id, d.userid, d.at,
        d.id * :days + (CAST(d.at AT TIME ZONE 'Asia/Shanghai' AS date) - date '1970-01-01') AS id
    FROM day d
), shown AS MATERIALIZED (
    SELECT * FROM placed WHERE (at, id) < (:at, CAST(:place AS bigint)) ORDER BY at DESC, id DESC LIMIT :limit
)
SELECT s.*, (
    SELECT count(*) FROM message m
    WHERE m.conversation_id = s.conversation_id AND m.at <= s.at
        AND m.at >= date_trunc('day', s.at, 'Asia/Shanghai')
) AS messages
FROM shown s ORDER BY s.at DESC, s.id DESC
"""
)


def _read(session: Session, actor: Actor, asked: Asked) -> Sequence[Happening]:
    """One for each day and member. A day stands at its last message, so the one in which the place lies is looked at
    as a whole.
    """
    if asked.subject.external_userid is None:
        return []
    theirs = select(ConversationMember.conversation_id).where(ConversationMember.who == asked.subject.external_userid)
    talks = visible(actor).where(Conversation.id.in_(theirs), Conversation.kind == ConversationKind.CUSTOMER.value)
    conversations = list(session.scalars(talks.with_only_columns(Conversation.id)))
    if not conversations:
        return []
    values = {
        "conversations": conversations,
        "end": clock.china_day_start(asked.before.at) + _DAY,
        "at": asked.before.at,
        "place": asked.before.id,
        "days": _DAYS,
        "limit": asked.limit,
    }
    return [
        Happening(
            id=row.id,
            kind=KIND.name,
            at=row.at,
            userid=row.userid,
            facts={"messages": row.messages},
            reference=f"conversation:{row.conversation_id}",
        )
        for row in session.execute(_TALKS, values).all()
    ]


def _seen(session: Session, actor: Actor, ids: list[str]) -> Iterable[int]:
    wanted = Conversation.id.in_(naming.numbers(ids))
    return session.scalars(visible(actor).where(wanted).with_only_columns(Conversation.id))


SOURCE = Source(
    name=SourceName.CHATS,
    read=_read,
    permission=Permission.MESSAGES_READ,
    records={"conversation": Record(Permission.MESSAGES_READ, _seen)},
)
