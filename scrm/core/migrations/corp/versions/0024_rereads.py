"""How often an object is read again is counted: by an index of those calls alone."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wecom_call", sa.Column("reread_at", sa.DateTime(timezone=True), nullable=True))
    # Of no row at first, so the table is not held for long.
    op.create_index(
        "ix_wecom_call_rereads",
        "wecom_call",
        ["subject", "reread_at"],
        postgresql_where=sa.text("reread_at IS NOT NULL"),
    )
