"""A plan into rows: one COPY, whatever the number of recipients."""

import datetime as dt
import json
import struct
from collections.abc import Iterator

import numpy as np
from sqlalchemy.orm import Session

from scrm.core.db import driver
from scrm.marketing.models import RecipientState, SliceState
from scrm.marketing.plan import Plan
from scrm.marketing.ports import Ids
from scrm.marketing.recipients import array_bytes

_COPY = """
COPY broadcast_slice (broadcast_id, staff_id, position, state, attempt, total, counts, customer_ids, states,
                      found_again, reminders, cancel_asked, updated_at) FROM STDIN (FORMAT binary)
"""
_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL = struct.pack(">h", -1)
_FIELDS = 13
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # PostgreSQL's


def store(session: Session, broadcast_id: int, plan: Plan, *, now: dt.datetime) -> int:
    """Write a plan's slices, over-quota recipients as slices that are skipped; how many calls there will be."""
    calls = 0
    with driver(session).cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(_HEAD)
        for line, is_call in _lines(broadcast_id, plan, now):
            copy.write(line)
            calls += is_call
        copy.write(_TAIL)
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
    fields = (
        struct.pack(">q", broadcast_id),
        struct.pack(">q", staff_id),
        struct.pack(">i", position),
        state.value.encode(),
        struct.pack(">i", 0),
        struct.pack(">i", total),
        _json({str(int(recipient)): total}),
        array_bytes(customers),
        np.full(total, recipient, dtype=np.uint8).tobytes(),
        b"\0",
        _json([]),
        b"\0",
        struct.pack(">q", (now - _EPOCH) // dt.timedelta(microseconds=1)),
    )
    return struct.pack(">h", _FIELDS) + b"".join(struct.pack(">i", len(field)) + field for field in fields)


def _json(value: object) -> bytes:
    return b"\x01" + json.dumps(value).encode()
