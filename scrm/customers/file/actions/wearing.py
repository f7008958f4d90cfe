"""Customers who wear tags: our own put on and taken off one, deleted ones taken off all, a stretch at a time."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, ColumnElement, func, literal, or_, select, text
from sqlalchemy.orm import Session

from scrm.contracts.tags import tags
from scrm.core import clock
from scrm.customers.file.actions import field_log, timeline
from scrm.customers.file.actions.derived import held, retag
from scrm.customers.file.models import Customer, FollowRelation
from scrm.customers.file.queries.wearing import counts

__all__ = ["counts", "hold", "retagged", "take_off"]

_REST = "tag_ids = ARRAY(SELECT t FROM unnest(tag_ids) AS t WHERE t <> ALL(CAST(:gone AS bigint[])) ORDER BY t)"
_UNTAG = [
    text(f"UPDATE customer SET {_REST} WHERE id = ANY(:ids) AND tag_ids && CAST(:gone AS bigint[])"),  # nosec B608
    text(f"UPDATE follow_relation SET {_REST} WHERE customer_id = ANY(:ids) AND tag_ids && CAST(:gone AS bigint[])"),  # nosec B608
]


def hold(session: Session, customer_id: int) -> None:
    """Until the end of the transaction nobody else derives this customer's tags anew."""
    held(session, [customer_id])


def retagged(session: Session, customer_id: int, *, by: str, before: Sequence[int], after: Sequence[int]) -> None:
    """Our own tags of a customer that is held have changed."""
    customer = session.get_one(Customer, customer_id, populate_existing=True)
    retag(session, customer)
    was, now = {"own_tag_ids": list(before)}, {"own_tag_ids": list(after)}
    at = clock.now()
    field_log.note(session, by, customer_id=customer_id, at=at, before=was, after=now)
    changed = {"tags_added": set(after) - set(before), "tags_removed": set(before) - set(after)}
    timeline.tell(
        session,
        "tagged",
        customer_id=customer_id,
        staff_id=None,
        at=at,
        key=f"tagged:{customer_id}:{at.isoformat()}",
        facts={name: tags().called(session, numbers) for name, numbers in changed.items() if numbers},
        actor=by,
    )


def take_off(session: Session, gone: Sequence[int], behind: int, most: int) -> int | None:
    """Off at most so many customers ``behind`` this id: up to which it is done, none where there are none.

    Not past one whom somebody else has in hand.
    """
    stretch = select(Customer.id).where(Customer.id > behind).order_by(Customer.id).limit(most).subquery()
    end = session.scalar(select(func.max(stretch.c.id)))
    return _untag(session, gone, behind, end) if end is not None else None


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
