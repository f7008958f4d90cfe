"""A plan into rows: one COPY, whatever the number of recipients."""

import datetime as dt
import json
from collections.abc import Iterator

import numpy as np
from sqlalchemy.orm import Session

from scrm.contracts.customers import Ids
from scrm.core import copying
from scrm.core.db import driver
from scrm.marketing.broadcasts.models import RecipientState, SliceState
from scrm.marketing.broadcasts.plan import Plan
from scrm.marketing.broadcasts.recipients import array_bytes

_COPY = """
COPY broadcast_slice (broadcast_id, staff_id, position, state, attempt, total, counts, customer_ids, states,
                      found_again, reminders, cancel_asked, updated_at) FROM STDIN (FORMAT binary)
"""


def store(session: Session, broadcast_id: int, plan: Plan, *, now: dt.datetime) -> int:
    """Write a plan's slices, over-quota recipients as slices that are skipped; how many calls there will be."""
    calls = 0
    with driver(session).cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(copying.HEADER)
        for line, is_call in _lines(broadcast_id, plan, now):
            copy.write(line)
            calls += is_call
        copy.write(copying.TRAILER)
    return calls


def _lines(broadcast_id: int, plan: Plan, now: dt.datetime) -> Iterator[tuple[bytes, bool]]:
    position = 0
    kinds = (
        (plan.slices(), SliceState.PLANNED, RecipientState.PLANNED, True),
        (plan.skipped(), SliceState.SKIPPED, RecipientState.OVER_QUOTA, False),
    )
    for slices, state, recipient, is_call in kinds:
        for staff_id, customers in slices:
            position += 1
            yield _line(broadcast_id, staff_id, position, state, recipient, customers, now), is_call


def _line(
    broadcast_id: int,
    staff_id: int,
    position: int,
    state: SliceState,
    recipient: RecipientState,
    customers: Ids,
    now: dt.datetime,
) -> bytes:
    total = len(customers)
    return copying.row(
        copying.int8(broadcast_id),
        copying.int8(staff_id),
        copying.int4(position),
        copying.text(state.value),
        copying.int4(0),
        copying.int4(total),
        copying.jsonb(json.dumps({str(int(recipient)): total}).encode()),
        copying.raw(array_bytes(customers)),
        copying.raw(np.full(total, recipient, dtype=np.uint8).tobytes()),
        copying.boolean(False),
        copying.jsonb(b"[]"),
        copying.boolean(False),
        copying.moment(now),
    )
