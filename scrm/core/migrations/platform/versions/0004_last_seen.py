"""When an account was last seen, by whichever way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("last_seen_at", sa.DateTime(timezone=True)), schema="scrm")
    op.add_column("api_token", sa.Column("seen_at", sa.DateTime(timezone=True)), schema="scrm")
