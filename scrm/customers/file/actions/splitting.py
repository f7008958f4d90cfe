"""Contacts of before 0.2 get a row of their own, a stretch of customers at a time, and their relations point at it.

What stands on the customer changes no more but by the release before, whose writing is mirrored: a row
that is there already is the newer one. The stretch waits for nobody: it ends before a customer whom somebody else has
in hand, who would wait for us crosswise.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NotNow
from scrm.customers.file.models import ContactSplit, Customer, FollowRelation, WecomContact
from scrm.customers.file.queries.contacts import OLD, TOLD

BATCH = 500  # customers in one transaction: whoever writes one of them waits for its end


def move(session: Session, customer_ids: Collection[int]) -> None:
    """Give the contacts among these customers rows of their own where they have none; their rows are held from now."""
    mine = select(Customer.id).where(Customer.id.in_(customer_ids)).order_by(Customer.id)
    session.execute(mine.with_for_update(key_share=True, of=Customer))
    _insert(session, customer_ids)


def _insert(session: Session, customer_ids: Collection[int]) -> None:
    session.execute(text("SET LOCAL scrm.moving = 'on'"))  # for the trigger: nothing has changed for who looks
    told = select(OLD.c.id, *(OLD.c[name] for name in TOLD))
    contacts = told.where(OLD.c.id.in_(customer_ids), OLD.c.external_userid.is_not(None)).order_by(OLD.c.id)
    moved = insert(WecomContact).from_select(["customer_id", *TOLD], contacts)
    session.execute(moved.on_conflict_do_nothing(index_elements=["external_userid"]))


def _go_on(session: Session, splits: Sequence[ContactSplit]) -> None:
    """One stretch; `NotNow` if somebody has the next customer in hand."""
    for split in splits:
        start = split.reached or 0
        stretch = select(Customer.id).where(Customer.id > start).order_by(Customer.id).limit(BATCH).subquery()
        end = session.scalar(select(func.max(stretch.c.id)))
        if end is None:
            split.reached = None
            continue
        reached = _move_stretch(session, start, end)
        if reached == start:
            raise NotNow("somebody has the next customer in hand")
        split.reached = reached


def _move_stretch(session: Session, start: int, end: int) -> int:
    """Up to which customer it is done."""
    contacts = select(Customer.id).where(Customer.id.between(start + 1, end), Customer.external_userid.is_not(None))
    wanted = set(session.scalars(contacts))
    free = set(session.scalars(contacts.order_by(Customer.id).with_for_update(read=True, skip_locked=True)))
    busy = wanted - free
    unpointed = select(FollowRelation.id, FollowRelation.customer_id).where(
        FollowRelation.customer_id.between(start + 1, end), FollowRelation.contact_id.is_(None)
    )
    named = {row.id: row.customer_id for row in session.execute(unpointed)}
    held = unpointed.order_by(FollowRelation.id).with_for_update(skip_locked=True, key_share=True)
    busy |= {named[one] for one in named.keys() - {row.id for row in session.execute(held)}}
    reached = min(busy) - 1 if busy else end
    _insert(session, [one for one in free if one <= reached])
    session.execute(
        update(FollowRelation)
        .where(
            FollowRelation.customer_id.between(start + 1, reached),
            FollowRelation.contact_id.is_(None),
            WecomContact.customer_id == FollowRelation.customer_id,
        )
        .values(contact_id=WecomContact.id)
        .execution_options(synchronize_session=False)
    )
    return reached


QUEUE: NounQueue[ContactSplit] = NounQueue(
    name="contact_rows",
    kind="contact_row",
    subject_kind="contact_split",
    model=ContactSplit,
    open=ContactSplit.reached.is_not(None),
    now=lambda: ContactSplit.reached.is_not(None),
    order=(ContactSplit.id,),
    lane=Lane.BULK,
    together=True,
    act=_go_on,
)
