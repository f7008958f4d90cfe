"""Tags have a source: WeCom's, which all rows of before are, or the corp's own, with who wears them."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("tag_group", "tag"):
        op.add_column(table, sa.Column("source", sa.Text(), server_default=sa.text("'wecom'"), nullable=False))
        op.add_column(table, sa.Column("key", sa.Text(), nullable=True))
    # No row of before meets the condition.
    own = sa.text("source = 'own' AND deleted_at IS NULL")
    op.create_index("uq_tag_group_own", "tag_group", ["key"], unique=True, postgresql_where=own)
    op.create_index("uq_tag_own", "tag", ["group_id", "key"], unique=True, postgresql_where=own)
    op.create_table(
        "tag_link",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tag_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_tag_link_customer_id_customer")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_link_tag_id_tag")),
        sa.PrimaryKeyConstraint("customer_id", "tag_id", name=op.f("pk_tag_link")),
    )
    op.create_index("ix_tag_link_tag_id", "tag_link", ["tag_id", "customer_id"])
