"""Entries of a timeline name who did it, what record it is about, and further customers; old ones stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("timeline_entry", sa.Column("actor", sa.Text(), nullable=True))
    op.add_column("timeline_entry", sa.Column("reference", sa.Text(), nullable=True))
    op.create_table(
        "timeline_subject",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_timeline_subject_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["timeline_entry.id"],
            name=op.f("fk_timeline_subject_entry_id_timeline_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "at", "entry_id", name=op.f("pk_timeline_subject")),
    )
    op.create_index("ix_timeline_subject_entry_id", "timeline_subject", ["entry_id"])
    for event, news in (("INSERT OR DELETE", ""), ("UPDATE", " WHEN (OLD.* IS DISTINCT FROM NEW.*)")):
        op.execute(
            f"CREATE TRIGGER touch_customers_{event.split()[0].lower()} AFTER {event} ON timeline_subject"
            f" FOR EACH ROW{news} EXECUTE FUNCTION touch_timeline('customers')"
        )
