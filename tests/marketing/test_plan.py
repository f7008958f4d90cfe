"""Who gets a broadcast through whom, on arrays alone."""

import numpy as np
import pytest

from scrm.contracts.customers import Edges, Ids
from scrm.marketing.broadcasts import plan


def edges(*rows: tuple[int, int, int, int]) -> Edges:
    return Edges(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


def ids(*numbers: int) -> Ids:
    return np.array(numbers, dtype=np.int64)


def pairs(made: plan.Plan) -> dict[int, int]:
    return dict(zip(made.customers.tolist(), made.staff.tolist(), strict=True))


def test_each_customer_once_through_who_talked_last_else_the_newest_relation() -> None:
    known = edges(
        (1, 10, 0, 500),
        (1, 11, 0, 900),  # the newest add
        (2, 10, 300, 100),
        (2, 11, 0, 999_999_999),  # any conversation outweighs an add
        (3, 11, 700, 1),
        (3, 10, 800, 1),
    )
    assert pairs(plan.make(known, may_send=ids(10, 11), used_up=ids())) == {1: 11, 2: 10, 3: 10}


def test_members_out_of_service_are_passed_over_and_counted_where_nobody_is_left() -> None:
    known = edges((1, 10, 900, 1), (1, 11, 0, 1), (2, 10, 0, 1), (3, 10, 0, 1), (3, 12, 0, 1))
    made = plan.make(known, may_send=ids(11), used_up=ids())
    assert pairs(made) == {1: 11} and made.without_sender == 2


def test_customers_over_quota_are_kept_apart() -> None:
    known = edges(*((number, 10 + number % 2, 0, 1) for number in range(1, 7)))
    made = plan.make(known, may_send=ids(10, 11), used_up=ids(2, 3, 99))
    assert set(made.customers.tolist()) == {1, 4, 5, 6}
    assert sorted(zip(made.over_quota.tolist(), made.over_quota_staff.tolist(), strict=True)) == [(2, 10), (3, 11)]
    assert made.audience == 6


@pytest.mark.parametrize(("customers", "sizes"), [(9_999, [9_999]), (10_000, [10_000]), (20_001, [10_000, 10_000, 1])])
def test_calls_are_cut_at_ten_thousand(customers: int, sizes: list[int]) -> None:
    numbers = np.arange(1, customers + 1)
    zeros = np.zeros(customers, dtype=np.int64)
    made = plan.make(Edges(numbers, zeros + 7, zeros, zeros + 1), may_send=ids(7), used_up=ids())
    cut = list(made.slices())
    assert [len(part) for _, part in cut] == sizes
    assert all((np.diff(part) > 0).all() for _, part in cut)


def test_nobody_is_nobody() -> None:
    empty = Edges(ids(), ids(), ids(), ids())
    made = plan.make(empty, may_send=ids(1), used_up=ids())
    assert made.audience == 0 and list(made.slices()) == [] and list(made.skipped()) == []
    alone = plan.make(edges((1, 2, 0, 1)), may_send=ids(), used_up=ids())
    assert alone.audience == 0 and alone.without_sender == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_plan_is_what_a_plain_loop_makes(seed: int) -> None:
    dice = np.random.default_rng(seed)
    count = 5_000
    known = Edges(
        dice.integers(1, 3_000, count),
        dice.integers(1, 40, count),
        dice.integers(0, 3, count) * dice.integers(1, 10_000, count),
        dice.integers(1, 10_000, count),
    )
    may_send, used_up = np.arange(1, 30), dice.integers(1, 3_000, 200)
    made = plan.make(known, may_send=may_send, used_up=used_up)
    best: dict[int, tuple[tuple[int, int], set[int]]] = {}
    for customer, staff, talked, added in zip(
        known.customers.tolist(), known.staff.tolist(), known.talked.tolist(), known.added.tolist(), strict=True
    ):
        if staff >= 30:
            continue
        score = (1, talked) if talked else (0, added)
        if customer not in best or score > best[customer][0]:
            best[customer] = (score, {staff})
        elif score == best[customer][0]:
            best[customer][1].add(staff)
    over = {int(number) for number in used_up}
    chosen = pairs(made)
    assert set(chosen) == set(best) - over and len(made.customers) == len(chosen)
    assert all(staff in best[customer][1] for customer, staff in chosen.items())
    assert set(made.over_quota.tolist()) == set(best) & over
    assert made.without_sender == len(set(known.customers.tolist()) - set(best))
    assert (np.diff(made.staff) >= 0).all()
