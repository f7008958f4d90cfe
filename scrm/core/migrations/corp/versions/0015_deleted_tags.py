"""Deleted tags leave customers a stretch at a time; those that an earlier release left on them go too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tag", sa.Column("worn_from", sa.BigInteger(), nullable=True))
    op.create_index("ix_tag_worn_from", "tag", ["worn_from"], postgresql_where=sa.text("worn_from IS NOT NULL"))
    op.execute("UPDATE tag SET worn_from = 0 WHERE deleted_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_tag_worn_from", table_name="tag")
    op.drop_column("tag", "worn_from")
