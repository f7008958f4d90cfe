"""Why a higher approval limit was rejected."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast_policy_change", sa.Column("reason", sa.Text(), nullable=True))
