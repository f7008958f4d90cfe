"""Tokens and one-time passwords come to an end: those of before get a year, and three days, from now."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name: sa.Column[str] = sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False)
    given: sa.Column[bool] = sa.Column("given_end", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("api_token", name, schema="scrm")
    op.add_column("api_token", given, schema="scrm")
    op.add_column("account", sa.Column("one_time_until", sa.DateTime(timezone=True)), schema="scrm")
    op.execute(
        "UPDATE scrm.api_token SET expires_at = scrm.moved_now() + interval '365 days', given_end = true"
        " WHERE expires_at IS NULL"
    )
    op.execute(
        "UPDATE scrm.account SET one_time_until = scrm.moved_now() + interval '72 hours'"
        " WHERE must_change_password AND password_hash IS NOT NULL"
    )
