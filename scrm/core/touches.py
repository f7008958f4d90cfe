"""Touches: which topics of the pulse a transaction has changed, written by triggers in that transaction.

One row for each transaction, topic and member concerned; nothing is ever changed, so that writers never wait for each
other. A reader remembers the snapshot that it last saw: what has become visible since is news, in whatever order the
transactions committed. See ``docs/decisions/polling.md``.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core import constraints
from scrm.core.db import BIGGEST_ID, CorpBase, moment

EVERYBODY = 0  # in place of a member: whoever may read the topic is told
WHOLE_CORP = -1  # only those are told who see the whole corp
KEPT = dt.timedelta(hours=1)
_MOST_RUNNING = 40  # transactions under way that a mark holds by number


@dataclass(frozen=True)
class Live:
    """What a page of one topic shows: each of these tables has a trigger that touches the topic.

    Who lacks ``permission`` hears nothing of it. ``of_others``: within a data scope nobody hears of what concerns
    themselves.
    """

    tables: tuple[type[CorpBase], ...]
    permission: StrEnum | None = None
    of_others: bool = False


class TopicTouch(CorpBase):
    """Transaction ``xid`` changed what ``topic`` shows of a member's."""

    __tablename__ = "topic_touch"

    xid: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = moment()


constraints.handled("pk_topic_touch", "inserted on conflict")


@dataclass(frozen=True)
class Mark:
    """Which transactions had been seen: all before ``before``, but for those that were still ``running``."""

    before: int
    running: tuple[int, ...] = ()


UNKNOWN = Mark(BIGGEST_ID)


def touched(
    session: Session, since: Mark, topics: Collection[str], scope: Collection[int] | None
) -> tuple[Mark, frozenset[tuple[str, int]]]:
    """The present mark, and the (topic, member) that became visible since the mark; of no scope, member 0 alone.

    One statement, so that both are of one snapshot. Reads what was touched since, by the primary key. Of a mark that
    this server never gave all topics are news, for everybody.
    """
    values: dict[str, Any] = {"before": since.before, "running": list(since.running), "topics": list(topics)}
    if scope is None:
        query = _ALL
    else:
        query, values["scope"] = _SCOPED, [EVERYBODY, *scope]
    snapshot, found = session.execute(query, values).one()
    # PostgreSQL's ``xmin:xmax:running,running``.
    oldest, after, running = snapshot.split(":")
    under_way = tuple(int(one) for one in running.split(",") if one)
    news = {(topic, int(staff)) for topic, staff in found}
    if since.before > int(after):
        news = {(topic, EVERYBODY) for topic in topics}
    if len(under_way) > _MOST_RUNNING:  # whatever is younger than the oldest of them is told once more
        return Mark(int(oldest)), frozenset(news)
    return Mark(int(after), under_way), frozenset(news)


def purge(session: Session, _carried: dict[str, Any]) -> bool:
    """Forget touches that nobody asks for any more, another server's among them. A job of the clock."""
    session.execute(text("DELETE FROM topic_touch WHERE at < now() - CAST(:kept AS interval)"), {"kept": KEPT})
    return False


# A number from another server's dump may lie ahead of this one's; ours are visible, so below the end of the snapshot.
_QUERY = """
SELECT pg_current_snapshot()::text, ARRAY(
    SELECT DISTINCT ARRAY[topic, {member}::text] FROM (
        SELECT topic, staff_id FROM topic_touch
        WHERE xid >= :before AND xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        UNION ALL
        SELECT topic, staff_id FROM topic_touch WHERE xid = ANY(CAST(:running AS bigint[]))
    ) seen WHERE topic = ANY(CAST(:topics AS text[])){scoped}
)
"""
_ALL = text(_QUERY.format(member="0", scoped=""))
_SCOPED = text(_QUERY.format(member="staff_id", scoped=" AND staff_id = ANY(CAST(:scope AS bigint[]))"))
