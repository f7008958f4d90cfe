"""What a customer got, over 30 broadcasts to 100,000 customers each: the table of recipients against the arrays.

``python -m tests.bench.timeline`` prints the table alone; the recipients are listed by the service's own queue.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.core.db import corp_schema, transaction
from scrm.core.doorbell import Lane
from scrm.customers.file.queries.timeline import timeline_page
from scrm.customers.file.schemas import TimelineQuery
from scrm.marketing.broadcasts.actions import listing
from scrm.shared.timeline.kind import SourceName
from tests.bench.searches import actor
from tests.support.database import owner
from tests.support.plans import looked

BROADCASTS = int(os.environ.get("BENCH_BROADCASTS", "30"))
RECIPIENTS = int(os.environ.get("BENCH_RECIPIENTS", "100000"))
SENDERS = 50
ROUNDS = 200
GOAL = 0.2  # milliseconds in PostgreSQL, of which a round trip and Python are no part

_FILL = f"""
INSERT INTO staff (userid, name, alias, position, status, departments, leads, updated_at)
SELECT 'sender' || n, '成员' || n, '', '', 'active', '{{}}', '{{}}', now() FROM generate_series(1, {SENDERS}) n;
INSERT INTO customer (external_userid, name, first_added_at, updated_at, tag_ids, search_text, bigrams, text_version)
SELECT 'wmgot' || n, '客户' || n, now(), now(), '{{}}', '', '{{}}', 3
FROM generate_series(1, {RECIPIENTS}) n;
INSERT INTO broadcast (title, text, attachments, audience, state, author, author_name, started_at, audience_count,
    without_sender, created_at, updated_at)
SELECT '群发' || n, '', '[]', '{{}}', 'finished', '', '', now() - n * interval '1 day', {RECIPIENTS}, 0, now(), now()
FROM generate_series(1, {BROADCASTS}) n;
INSERT INTO broadcast_slice (broadcast_id, staff_id, position, state, attempt, total, counts, customer_ids, states,
    sent_times, found_again, reminders, cancel_asked, confirmed_at, updated_at)
SELECT b.id, s.id, s.id, 'done', 1, cardinality(c.ids), '{{}}', c.ids,
    decode(repeat('02', cardinality(c.ids)), 'hex'), decode(repeat('65000000', cardinality(c.ids)), 'hex'),
    false, '[]', false, b.started_at, now()
FROM broadcast b
CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff WHERE userid LIKE 'sender%') s
JOIN (SELECT id % {SENDERS} AS place, array_agg(id ORDER BY id) AS ids FROM customer
    WHERE external_userid LIKE 'wmgot%' GROUP BY 1) c ON c.place = s.place;
INSERT INTO broadcast_unlisted (id) SELECT id FROM broadcast_slice
"""
_SOME = "SELECT id FROM customer WHERE external_userid LIKE 'wmgot%' LIMIT 200"
_INDEX = text("SELECT slice_id FROM broadcast_recipient WHERE customer_id = :customer")
_ARRAYS = text("SELECT id FROM broadcast_slice WHERE customer_ids @> ARRAY[CAST(:customer AS bigint)]")


def report(corp: int, say: Callable[[str], None]) -> int:
    """Print the table; how many goals are missed."""
    schema = corp_schema(corp)
    with owner() as connection, connection.transaction():
        connection.execute(f"SET LOCAL search_path = {schema}; {_FILL}".encode())
    began, slices = time.perf_counter(), 0
    while taken := listing.QUEUE.drain_batch(corp, Lane.BULK):
        slices += taken
    seconds = time.perf_counter() - began
    with owner() as connection:
        connection.autocommit = True
        connection.execute(f"VACUUM ANALYZE {schema}.broadcast_recipient; ".encode())
        connection.execute(f"ANALYZE {schema}.broadcast_slice".encode())
        row = connection.execute(f"SELECT pg_total_relation_size('{schema}.broadcast_recipient')".encode()).fetchone()
    assert row is not None
    size = row[0]
    assert isinstance(size, int)
    say(f"{BROADCASTS} × {RECIPIENTS} recipients: {size / 2**20:.0f} MB, {slices} slices listed in {seconds:.0f} s")
    with transaction(corp) as session:
        some: list[int] = list(session.scalars(text(_SOME)))
        index = _median(session, some, lambda customer: session.execute(_INDEX, {"customer": customer}).all())
        arrays = _median(session, some[:3], lambda customer: session.execute(_ARRAYS, {"customer": customer}).all())
        reader, asked = actor(corp, None), TimelineQuery(source=[SourceName.BROADCASTS], limit=30)
        page = _median(session, some, lambda customer: timeline_page(session, reader, str(customer), asked))
        seen = looked(session, lambda: session.execute(_INDEX, {"customer": some[5]}).all(), {})
    missed = seen.milliseconds > GOAL
    found = f"{seen.milliseconds:.2f} ms in the database"
    say(f"一位客户的群发 / slices of a customer | {found} | ≤ {GOAL:g} ms | {'✗' if missed else '✓'}")
    say(f"  with the round trip {index:.2f} ms, over the arrays {arrays:.0f} ms; a page of the timeline {page:.1f} ms")
    return int(missed)


def _median(session: Session, customers: list[int], ask: Callable[[int], object]) -> float:
    """Milliseconds of one question; each asked of another customer."""
    taken = []
    for customer in customers[:ROUNDS]:
        began = time.perf_counter()
        ask(customer)
        taken.append((time.perf_counter() - began) * 1000)
        session.expire_all()
    return statistics.median(taken)


if __name__ == "__main__":
    from tests.bench.__main__ import _database, _say

    with _database() as number:
        sys.exit(1 if report(number, _say) else 0)
