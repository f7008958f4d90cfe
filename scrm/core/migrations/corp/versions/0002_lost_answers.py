"""Calls remember that an earlier try's answer was lost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wecom_call", sa.Column("unanswered", sa.Boolean(), server_default=sa.text("false"), nullable=False))
