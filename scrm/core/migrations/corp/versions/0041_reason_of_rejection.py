"""Why a higher approval limit was rejected."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast_policy_change", sa.Column("reason", sa.Text(), nullable=True))
