"""Which slices a customer is in: a narrow table beside the arrays, for 92 days.

A slice is listed in the transaction that asks WeCom for it, so that planning a million recipients writes no rows. What
no call is made for (over quota), and what began before there was the table, is listed by a queue, one slice at a time.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.doorbell import Lane, ring_after_commit
from scrm.core.queue.nouns import NounQueue
from scrm.marketing.broadcasts.models import Broadcast, BroadcastSlice, SliceState, UnlistedSlice

KEPT = dt.timedelta(days=92)

_LIST = text(
    """
INSERT INTO broadcast_recipient (customer_id, slice_id, place)
SELECT r.customer_id, s.id, r.place - 1
FROM broadcast_slice s CROSS JOIN LATERAL unnest(s.customer_ids) WITH ORDINALITY AS r(customer_id, place)
WHERE s.id = ANY(CAST(:slices AS bigint[]))
ON CONFLICT DO NOTHING
"""
)
_FORGET = text(
    """
DELETE FROM broadcast_recipient r
USING (SELECT s.id, unnest(s.customer_ids) AS customer_id FROM broadcast_slice s WHERE s.id = :slice) old
WHERE r.customer_id = old.customer_id AND r.slice_id = old.id
"""
)


def enlist(session: Session, slices: Sequence[int]) -> None:
    """These slices begin: their recipients are found by customer from now on; doing it again changes nothing."""
    session.execute(_LIST, {"slices": list(slices)})


def begin(session: Session, broadcast: Broadcast) -> None:
    """Whom the broadcast leaves out is listed as well, a little later."""
    left_out = select(BroadcastSlice.id).where(
        BroadcastSlice.broadcast_id == broadcast.id, BroadcastSlice.state == SliceState.SKIPPED
    )
    session.execute(insert(UnlistedSlice).from_select(["id"], left_out).on_conflict_do_nothing())
    ring_after_commit(session, Lane.BULK)


def forget(session: Session, carried: dict[str, Any]) -> bool:
    """Take the recipients of a slice off the list once its broadcast is older than 92 days. A job of the clock."""
    old = select(Broadcast.id).where(Broadcast.started_at < clock.now() - KEPT, Broadcast.unlisted_at.is_(None))
    number = session.scalars(old.order_by(Broadcast.id).limit(1)).first()
    if number is None:
        return False
    behind = carried.get("behind", 0) if carried.get("broadcast") == number else 0
    slices = select(BroadcastSlice.id).where(BroadcastSlice.broadcast_id == number, BroadcastSlice.id > behind)
    following = session.scalars(slices.order_by(BroadcastSlice.id).limit(1)).first()
    if following is None:
        session.get_one(Broadcast, number).unlisted_at = clock.now()
    else:
        session.execute(_FORGET, {"slice": following})
    carried.update(broadcast=number, behind=following or behind)
    return True


def _list(session: Session, waiting: Sequence[UnlistedSlice]) -> None:
    """One slice, 10,000 customers at most. One that is too old by now, or given up, is only taken off the queue."""
    since = clock.now() - KEPT
    young = (
        select(BroadcastSlice.id)
        .join(Broadcast, Broadcast.id == BroadcastSlice.broadcast_id)
        .where(BroadcastSlice.id.in_([row.id for row in waiting]), Broadcast.started_at >= since)
    )
    enlist(session, session.scalars(young).all())
    for row in waiting:
        session.delete(row)


QUEUE: NounQueue[UnlistedSlice] = NounQueue(
    name="broadcast_recipients",
    kind="broadcast_recipient",
    subject_kind="broadcast_slice",
    model=UnlistedSlice,
    open=true(),
    now=true,
    order=(UnlistedSlice.id.desc(),),  # the newest are asked for most
    lane=Lane.BULK,
    batch=1,
    act=_list,
)
