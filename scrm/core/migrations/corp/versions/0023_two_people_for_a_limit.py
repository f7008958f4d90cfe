"""A higher approval limit waits for a second person, and a broadcast knows who submitted it under which limit."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcast_policy_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("approval_above", sa.Integer(), nullable=False),
        sa.Column("approval_before", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_policy_change")),
    )
    op.create_index(
        "uq_broadcast_policy_change_open",
        "broadcast_policy_change",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.add_column("broadcast", sa.Column("submitter", sa.Text(), nullable=True))
    op.add_column("broadcast", sa.Column("submitted_above", sa.Integer(), nullable=True))
