"""The plan of a broadcast to 1,000,000 customers, stored, against one stable sort of the relations."""

import os

import numpy as np
from sqlalchemy import text

from scrm.contracts.customers import Edges
from scrm.core import clock
from scrm.core.db import transaction
from scrm.marketing.broadcasts import plan
from scrm.marketing.broadcasts.actions.storing import store
from tests.bench.measured import Measured, rounds

CUSTOMERS = 1_000_000
ROUNDS = 9
_BROADCAST = """
INSERT INTO broadcast (title, text, attachments, audience, state, author, author_name, audience_count, without_sender,
                       created_at, updated_at)
VALUES ('bench', '', '[]', '{}', 'planning', 'bench', 'bench', 0, 0, now(), now()) RETURNING id
"""


def plan_and_store(corp: int, *, senders: int) -> Measured:
    """1,250,000 relations, a twentieth of the customers over quota, from arrays to stored slices and recipients."""
    dice = np.random.default_rng(int(os.environ.get("SEED", "1")))
    count = CUSTOMERS + CUSTOMERS // 4
    customers = np.concatenate((np.arange(1, CUSTOMERS + 1), dice.integers(1, CUSTOMERS + 1, CUSTOMERS // 4)))
    dice.shuffle(customers)
    staff = dice.integers(1, senders + 1, count)
    talked = np.where(dice.random(count) < 0.5, dice.integers(1, 2**31, count), 0)
    edges = Edges(customers, staff, talked, dice.integers(1, 2**31, count))
    may_send = np.arange(1, senders + 1)
    used_up = dice.choice(CUSTOMERS, CUSTOMERS // 20, replace=False) + 1
    with transaction(corp) as session:
        number: int = session.execute(text(_BROADCAST)).scalar_one()

    def ours(_: int) -> None:
        made = plan.make(edges, may_send=may_send, used_up=used_up)
        with transaction(corp) as session:
            store(session, number, made, now=clock.now())

    def limit(_: int) -> None:
        np.argsort(customers, kind="stable")

    measured = rounds(ROUNDS, CUSTOMERS, ours, limit)
    with transaction(corp) as session:
        total = text("SELECT sum(total) FROM broadcast_slice WHERE broadcast_id = :number")
        stored = session.execute(total, {"number": number}).scalar_one()
    if stored != CUSTOMERS * ROUNDS:
        raise RuntimeError(f"{stored} recipients stored")
    return measured
