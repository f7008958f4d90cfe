"""Who gets a broadcast through whom: pure arrays in, pure arrays out.

A million customers take one stable sort of the edges, one of the senders, and passes over the arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scrm.contracts.customers import Edges, Ids

PER_CALL = 10_000  # customers of one add_msg_template (page 92135)
_TALKED = np.int64(1) << np.int64(40)  # any conversation outweighs any date of an add

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Plan:
    """Recipients grouped by sender, ids ascending within a group; ``over_quota`` are left out of every call."""

    customers: Ids
    staff: Ids
    over_quota: Ids
    over_quota_staff: Ids
    without_sender: int

    @property
    def audience(self) -> int:
        return len(self.customers) + len(self.over_quota)

    def slices(self) -> Iterator[tuple[int, Ids]]:
        """Sender and recipients of each call."""
        yield from _cut(self.staff, self.customers)

    def skipped(self) -> Iterator[tuple[int, Ids]]:
        yield from _cut(self.over_quota_staff, self.over_quota)


def make(edges: Edges, *, may_send: Ids, used_up: Ids) -> Plan:
    """Each customer once, through the member who talked to them last, else through the newest relation.

    ``may_send`` are members in service, ``used_up`` customers whose quota is reached; both in any order.
    """
    able = _member_of(edges.staff, may_send)
    customers, staff = _choose(edges.customers[able], edges.staff[able], _score(edges)[able])
    without = 0 if able.all() else len(np.setdiff1d(edges.customers[~able], customers))
    over = np.isin(customers, used_up) if len(used_up) else np.zeros(len(customers), dtype=bool)
    kept, senders = customers[~over], staff[~over]
    order = np.argsort(_small(senders), kind="stable")
    return Plan(kept[order], senders[order], *_grouped(customers[over], staff[over]), without)


def _score(edges: Edges) -> Ids:
    return np.where(edges.talked > 0, edges.talked + _TALKED, edges.added)


def _choose(customers: Ids, staff: Ids, score: Ids) -> tuple[Ids, Ids]:
    """The best edge of each customer, customers ascending."""
    if not len(customers):
        return customers, staff
    if not (customers[1:] >= customers[:-1]).all():
        order = np.argsort(customers, kind="stable")
        customers, staff, score = customers[order], staff[order], score[order]
    begins = np.flatnonzero(np.concatenate(([True], customers[1:] != customers[:-1])))
    best = np.repeat(np.maximum.reduceat(score, begins), np.diff(np.append(begins, len(customers))))
    winners = np.flatnonzero(score == best)
    chosen = customers[winners]
    first = np.concatenate(([True], chosen[1:] != chosen[:-1]))
    return chosen[first], staff[winners[first]]


def _grouped(customers: Ids, staff: Ids) -> tuple[Ids, Ids]:
    order = np.argsort(staff, kind="stable")
    return customers[order], staff[order]


def _small(staff: Ids) -> NDArray[np.integer]:
    """In the narrowest type: a stable sort of sixteen bits is a radix sort."""
    return staff.astype(np.uint16) if len(staff) and staff.min() >= 0 and staff.max() < 2**16 else staff


def _member_of(values: Ids, wanted: Ids) -> Mask:
    """`numpy.isin` by a table of bits, since staff ids are few and small."""
    top = int(max(values.max(initial=0), wanted.max(initial=0)))
    if top > 10_000_000:
        return np.isin(values, wanted)
    table = np.zeros(top + 1, dtype=bool)
    table[wanted] = True
    return table[values]


def _cut(staff: Ids, customers: Ids) -> Iterator[tuple[int, Ids]]:
    if not len(staff):
        return
    begins = np.flatnonzero(np.concatenate(([True], staff[1:] != staff[:-1])))
    for begin, end in zip(begins, np.append(begins[1:], len(staff)), strict=True):
        for at in range(begin, end, PER_CALL):
            yield int(staff[begin]), customers[at : min(at + PER_CALL, end)]
