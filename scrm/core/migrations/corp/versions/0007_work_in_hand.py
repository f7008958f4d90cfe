"""Work that outlives its worker: who has a call in hand and how often, pauses of an API, items that cannot be read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wecom_call", sa.Column("leases", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("wecom_call", sa.Column("holder", sa.BigInteger(), nullable=True))
    op.create_table(
        "api_pause",
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("method", name=op.f("pk_api_pause")),
    )
    op.create_table(
        "unread_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unread_item")),
        sa.UniqueConstraint("method", "kind", "item_id", name=op.f("uq_unread_item_method_kind_item_id")),
    )
    op.create_table(
        "work_in_hand",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_in_hand")),
    )
    op.add_column("rule_scan", sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("rule_scan", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rule_scan", sa.Column("reason", sa.Text(), nullable=True))
