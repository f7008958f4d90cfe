"""Who saw what of whom: a table of readings. Ids and moments of both trails are the database's own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("scrm.moved_now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("about", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("same", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_reading")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_reading_at", "reading", ["at", "id"])
    op.create_index("ix_reading_same", "reading", ["same", "at"])
    op.create_index("ix_reading_actor_at", "reading", ["actor", "at"])
    op.create_index("ix_reading_first", "reading", ["first_id"])
    op.create_index("ix_reading_about", "reading", ["about"], postgresql_using="gin")
    op.execute("CREATE TABLE reading_default PARTITION OF reading DEFAULT")
    op.add_column("audit_event", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("audit_event", sa.Column("session", sa.Text(), nullable=True))
    op.create_index("ix_audit_event_at", "audit_event", ["at", "id"])
    op.alter_column("audit_event", "at", server_default=sa.text("scrm.moved_now()"))
    op.execute("ALTER TABLE audit_event ALTER COLUMN id SET GENERATED ALWAYS")
    for table in ("audit_event", "reading"):
        op.execute(f"CREATE TRIGGER stamp_at BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION scrm.stamp_at()")
