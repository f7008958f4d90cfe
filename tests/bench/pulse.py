"""A salesperson's pulse against one query by primary key, in the corp that `searches.fill` has filled.

``python -m tests.bench.pulse`` prints the row alone.
"""

import sys

from sqlalchemy import select

from scrm.app import create_flask
from scrm.core.db import transaction
from scrm.customers.file.models import Customer
from scrm.operations import pulse
from scrm.operations.schemas import Topic
from tests.bench.measured import Measured, rounds
from tests.bench.searches import CUSTOMERS, STAFF, actor, fill

GOAL = 3.0
_ROUNDS = 15
_PULSES = 200  # per round
_SHOWN = [Topic.ALERTS, Topic.CUSTOMERS]


def quiet(corp: int) -> Measured:
    """What a page of theirs asks every second while nothing changes, each in a transaction that is open already."""
    seller = actor(corp, frozenset({1 + STAFF // 2}))
    flask = create_flask()
    with transaction(corp) as session:
        ids = list(session.scalars(select(Customer.id).order_by(Customer.id).limit(_PULSES)))

        def ours(_: int) -> None:
            with flask.test_request_context():
                token = pulse.take(session, seller, since="").get_json()["token"]
            with flask.test_request_context(headers={"If-None-Match": f'"{token}"'}):
                for _n in range(_PULSES):
                    answer = pulse.take(session, seller, since=token, topics=_SHOWN)
                    if answer.status_code != 304:
                        raise RuntimeError(f"a quiet pulse answered {answer.status_code}")

        def limit(_: int) -> None:
            for number in ids:
                session.execute(select(Customer.name, Customer.updated_at).where(Customer.id == number)).one()

        ours(0)
        limit(0)
        return rounds(_ROUNDS, _PULSES, ours, limit)


if __name__ == "__main__":
    from tests.bench.__main__ import Row, _database, _say

    with _database() as number:
        fill(number, CUSTOMERS)
        measured = quiet(number)
        row = Row("脉搏 / a salesperson's pulse", GOAL, measured.limit, measured.ours)
        _say(row.line())
        sys.exit(0 if row.reached else 1)
