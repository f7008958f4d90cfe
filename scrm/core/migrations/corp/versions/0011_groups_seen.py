"""Groups remember the sync that last asked after them, so that one dismissed without a callback is found."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("group_chat", sa.Column("seen_in_sync", sa.BigInteger(), nullable=True))
