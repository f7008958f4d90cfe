"""How customers belong together, and with whom single records are shared."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ends = ("from_customer_id", "to_customer_id", "reports_to_customer_id")
    op.create_table(
        "customer_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(end, sa.BigInteger(), nullable=end == "reports_to_customer_id") for end in ends),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([end], ["customer.id"], name=op.f(f"fk_customer_link_{end}_customer"))
            for end in ends
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_link")),
        sa.UniqueConstraint(
            "from_customer_id",
            "to_customer_id",
            "kind",
            name=op.f("uq_customer_link_from_customer_id_to_customer_id_kind"),
        ),
    )
    op.create_index("ix_customer_link_to_customer_id", "customer_link", ["to_customer_id"])
    op.create_index("ix_customer_link_reports_to_customer_id", "customer_link", ["reports_to_customer_id"])
    primary = sa.text("is_primary")
    op.create_index(
        "uq_customer_link_primary", "customer_link", ["to_customer_id"], unique=True, postgresql_where=primary
    )
    op.create_table(
        "record_share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_share")),
        sa.UniqueConstraint("record", "record_id", "staff_id", name=op.f("uq_record_share_record_record_id_staff_id")),
    )
    op.create_index("ix_record_share_staff_id", "record_share", ["staff_id", "record"])
