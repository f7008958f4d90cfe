"""What both lines' ``env.py`` do: run on the connection that `scrm.core.revisions` hands over."""

from typing import Any

from alembic import context
from sqlalchemy import Connection


def run() -> None:
    """Run the migrations of one line in one schema."""
    attributes: dict[str, Any] = context.config.attributes
    connection: Connection = attributes["connection"]
    schema: str = attributes["schema"]
    context.configure(
        connection=connection,
        version_table="alembic_version",
        version_table_schema=schema,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
