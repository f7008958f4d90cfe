"""Who is present, what a sync reports of members before its end, and departures that are held back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("present", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("staff", sa.Column("reported", sa.Text()))
    # Entered for a customer's sake and never shown by WeCom itself.
    op.execute("UPDATE staff SET present = false WHERE seen_in_sync IS NULL AND name = ''")
    op.create_table(
        "departure_hold",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("departures", JSONB(), nullable=False),
        sa.Column("accounts_lost", sa.Integer(), nullable=False),
        sa.Column("accounts_total", sa.Integer(), nullable=False),
        sa.Column("last_administrator", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure_hold")),
    )
    op.create_index(
        "uq_departure_hold_open",
        "departure_hold",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
