"""Due times are claimed in each corp's own table of the clock's jobs."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("tick", schema="scrm")
