"""Indexes on tables that may hold many rows: built after the revisions, beside who writes.

A revision holds its tables until its end; at 1,000,000 customers such an index takes as long as all the rest together.
A revision makes it where the table is empty, and leaves it to `build` otherwise.
"""

from sqlalchemy import Connection, text

# By name: table, and what makes the index; raised with the version in the model.
_LATE = {
    "ix_customer_stale_text": ("customer", "(id)", "(text_version < 4)"),
    "ix_alert_stale_text": ("alert", "(id)", "(text_version < 2)"),
    "ix_group_chat_stale_text": ("group_chat", "(id)", "(text_version < 2)"),
}


def build(connection: Connection, schema: str) -> None:
    """Make what lacks, or was made for another version or cut off half-way; ``connection`` commits each statement."""
    connection.execute(text("SET lock_timeout = 0"))  # it holds up nobody while it waits for who writes
    try:
        for name, (table, keys, where) in _LATE.items():
            if _stands(connection, schema, name, where):
                continue
            connection.execute(text(f'DROP INDEX CONCURRENTLY IF EXISTS "{schema}".{name}'))
            connection.execute(text(f'CREATE INDEX CONCURRENTLY {name} ON "{schema}".{table} {keys} WHERE {where}'))
    finally:
        connection.execute(text("SET lock_timeout = '3s'"))


def _stands(connection: Connection, schema: str, name: str, where: str) -> bool:
    made = "indisvalid AND pg_get_expr(indpred, indrelid) = :where"
    query = text(f"SELECT {made} FROM pg_index WHERE indexrelid = to_regclass(:name)")  # nosec B608: words of ours
    return connection.execute(query, {"where": where, "name": f'"{schema}".{name}'}).scalar() is True
