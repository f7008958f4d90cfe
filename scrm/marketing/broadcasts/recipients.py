"""The recipients of a slice as arrays: reading them, changing their states, counting them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scrm.marketing.broadcasts.models import BroadcastSlice, RecipientState

_ELEMENT = np.dtype([("size", ">i4"), ("id", ">i8")])
_ARRAY_HEAD = 20  # dimensions, flags, element type, length, lower bound
_BIGINT = 20  # its oid


def ids_of(sent: bytes) -> NDArray[np.int64]:
    """Ids from ``array_send(customer_ids)``: no Python object per id."""
    if len(sent) < _ARRAY_HEAD:
        return np.empty(0, dtype=np.int64)
    return np.frombuffer(sent, dtype=_ELEMENT, offset=_ARRAY_HEAD)["id"].astype(np.int64)


def array_bytes(ids: NDArray[np.int64]) -> bytes:
    """Ids as PostgreSQL's binary form of ``bigint[]``."""
    head = np.array([1, 0, _BIGINT, len(ids), 1], dtype=">i4").tobytes()
    body = np.empty(len(ids), dtype=_ELEMENT)
    body["size"], body["id"] = 8, ids
    return head + body.tobytes()


def counted(states: NDArray[np.uint8]) -> dict[str, Any]:
    """How many are in each state, states without anybody left out."""
    counts = np.bincount(states, minlength=len(RecipientState))
    return {str(number): int(count) for number, count in enumerate(counts) if count}


def states_of(row: BroadcastSlice) -> NDArray[np.uint8]:
    """A copy that may be changed and given back to `store`."""
    return np.frombuffer(row.states, dtype=np.uint8).copy()


def store(row: BroadcastSlice, states: NDArray[np.uint8], *, now: dt.datetime) -> None:
    row.states, row.counts, row.updated_at = states.tobytes(), counted(states), now


def move(row: BroadcastSlice, before: Sequence[RecipientState], after: RecipientState, *, now: dt.datetime) -> None:
    """All recipients in one of these states into another."""
    states = states_of(row)
    states[np.isin(states, np.array(before, dtype=np.uint8))] = after
    store(row, states, now=now)


def positions(row: BroadcastSlice, customer_ids: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where these customers stand in the slice, and which of them stand there at all."""
    own = np.array(row.customer_ids, dtype=np.int64)
    wanted = np.array(customer_ids, dtype=np.int64)
    at = np.searchsorted(own, wanted)
    at[at == len(own)] = 0
    return at, own[at] == wanted if len(own) else np.zeros(len(wanted), dtype=bool)


def times_of(row: BroadcastSlice) -> NDArray[np.uint32]:
    if row.sent_times is None:
        return np.zeros(row.total, dtype=np.uint32)
    return np.frombuffer(row.sent_times, dtype=">u4").astype(np.uint32)
