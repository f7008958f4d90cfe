"""Deleted tags are taken off the customers and relations that carry them, a stretch of customers at a time.

In one statement 200,000 of a million took 18 s, and an answer that told of one of them waited as long. Nobody sees a
deleted tag meanwhile: whoever shows or looks for tags leaves out those that are deleted.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, ColumnElement, func, literal, or_, select, text
from sqlalchemy.orm import Session

from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NotNow
from scrm.customers.file.models import Customer, FollowRelation, Tag

BATCH = 2_000  # customers looked at in one transaction

_REST = "tag_ids = ARRAY(SELECT t FROM unnest(tag_ids) AS t WHERE t <> ALL(CAST(:gone AS bigint[])) ORDER BY t)"
_UNTAG = [
    text(f"UPDATE customer SET {_REST} WHERE id = ANY(:ids) AND tag_ids && CAST(:gone AS bigint[])"),  # nosec B608
    text(f"UPDATE follow_relation SET {_REST} WHERE customer_id = ANY(:ids) AND tag_ids && CAST(:gone AS bigint[])"),  # nosec B608
]


def _go_on(session: Session, tags: Sequence[Tag]) -> None:
    """One stretch, for all of these tags that have come as far as the first; `NotNow` if somebody is in the way."""
    start = min(tag.worn_from or 0 for tag in tags)
    these = [tag for tag in tags if tag.worn_from == start]
    stretch = select(Customer.id).where(Customer.id > start).order_by(Customer.id).limit(BATCH).subquery()
    end = session.scalar(select(func.max(stretch.c.id)))
    reached = _untag(session, [tag.id for tag in these], start, end) if end is not None else None
    if reached == start:
        raise NotNow("somebody has the next customer in hand")
    for tag in these:
        tag.worn_from = reached


def _untag(session: Session, gone: Sequence[int], start: int, end: int) -> int:
    """Up to which customer it is done: not past one whom somebody else has in hand, who would wait for us crosswise."""
    these = literal(list(gone), ARRAY(BigInteger))
    on_relation = (FollowRelation.customer_id == Customer.id) & FollowRelation.tag_ids.overlap(these)
    here: ColumnElement[bool] = Customer.id.between(start + 1, end)
    customers = select(Customer.id).where(
        here, or_(Customer.tag_ids.overlap(these), select(FollowRelation.id).where(on_relation).exists())
    )
    relations = select(FollowRelation.id, FollowRelation.customer_id).where(
        FollowRelation.customer_id.between(start + 1, end), FollowRelation.tag_ids.overlap(these)
    )
    worn = set(session.scalars(customers))
    free = set(session.scalars(customers.order_by(Customer.id).with_for_update(skip_locked=True, of=Customer)))
    busy = worn - free
    named = dict(session.execute(relations).all())
    locked = relations.order_by(FollowRelation.id).with_for_update(skip_locked=True)
    busy |= {named[one] for one in named.keys() - {row.id for row in session.execute(locked)}}
    reached = min(busy) - 1 if busy else end
    ids = [one for one in sorted(free) if one <= reached]
    for statement in _UNTAG:
        session.execute(statement, {"gone": list(gone), "ids": ids})
    return reached


QUEUE: NounQueue[Tag] = NounQueue(
    name="deleted_tags",
    kind="deleted_tag",
    subject_kind="tag",
    model=Tag,
    open=Tag.worn_from.is_not(None),
    now=lambda: Tag.worn_from.is_not(None),
    order=(Tag.worn_from, Tag.id),
    lane=Lane.BULK,
    together=True,
    act=_go_on,
)
