"""Search texts are folded in a new way: the index of those still to be derived anew goes by the new version."""

from alembic import op

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of the version before; that of the newest is made by 0025.
    op.execute("DROP INDEX IF EXISTS ix_customer_stale_text")
