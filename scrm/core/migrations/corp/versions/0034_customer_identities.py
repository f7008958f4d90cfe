"""By what customers are known outside WeCom: sealed, and found by keyed digests."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_identity",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("tail", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_identity_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_identity")),
    )
    of = ["customer_id", "kind", "whole", "source", "staff_id"]
    op.create_index("uq_customer_identity_of", "customer_identity", of, unique=True)
    op.create_index("ix_customer_identity_whole", "customer_identity", ["whole"])
    by_hand = sa.text("tail IS NOT NULL AND source = 'hand'")
    op.create_index("ix_customer_identity_tail", "customer_identity", ["tail"], postgresql_where=by_hand)
    codes = sa.text("kind = 'credit_code'")
    op.create_index("uq_customer_identity_code", "customer_identity", ["whole"], unique=True, postgresql_where=codes)
