"""How PostgreSQL answers what a page asks: each statement's plan with the rows that it has read."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.orm import Session

from scrm.core.db import driver

LARGE = 10_000  # rows of a table that is not read from end to end


@dataclass
class Looked:
    """What was read for one page."""

    rows: int = 0
    scanned: set[str] = field(default_factory=set)  # large tables that were read from end to end
    milliseconds: float = 0.0


def looked(session: Session, ask: Callable[[], Any], sizes: dict[str, int]) -> Looked:
    """Ask once, and explain each SELECT that this took; ``sizes`` are the rows of tables by name."""
    statements: list[tuple[str, Any]] = []
    with _noted(session, statements):
        ask()
    found = Looked()
    with driver(session).cursor() as cursor:
        for statement, values in statements:
            if statement.lstrip().upper().startswith("SELECT"):
                _explain(cursor, statement, values, sizes, found)
    return found


@contextmanager
def _noted(session: Session, statements: list[tuple[str, Any]]) -> Iterator[None]:
    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        statements.append((statement, values))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield
    event.remove(connection, "before_cursor_execute", note)


def _explain(cursor: psycopg.Cursor[Any], statement: str, values: Any, sizes: dict[str, int], found: Looked) -> None:
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}".encode(), values)
    row = cursor.fetchone()
    assert row is not None
    (plan,) = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    found.milliseconds += plan["Execution Time"]
    nodes = [plan["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        table = node.get("Relation Name")
        if table is None:
            continue
        removed = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
        read = int((node["Actual Rows"] + removed) * node["Actual Loops"])
        found.rows += read
        if node["Node Type"] == "Seq Scan" and read >= sizes.get(table, 0) > LARGE:
            found.scanned.add(table)
