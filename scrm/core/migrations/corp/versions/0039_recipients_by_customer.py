"""Recipients of broadcasts are found by customer, for 92 days; a queue lists those of before, slice by slice."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcast_recipient",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "slice_id", name=op.f("pk_broadcast_recipient")),
    )
    op.create_table(
        "broadcast_unlisted",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_unlisted")),
    )
    op.add_column("broadcast", sa.Column("unlisted_at", sa.DateTime(timezone=True), nullable=True))
    # What began too long ago is never listed: nothing has to be taken off either.
    op.execute("UPDATE broadcast SET unlisted_at = now() WHERE started_at < now() - interval '92 days'")
    op.execute(
        "INSERT INTO broadcast_unlisted (id)"
        " SELECT s.id FROM broadcast_slice s JOIN broadcast b ON b.id = s.broadcast_id"
        " WHERE b.started_at >= now() - interval '92 days' AND (s.attempt > 0 OR s.state = 'skipped')"
    )
