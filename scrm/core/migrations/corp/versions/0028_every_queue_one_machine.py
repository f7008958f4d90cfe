"""The archive's cursor and files are leased like calls, and what fails of a noun's work is kept beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_SUBJECTS = {"archive_cursor": "archive", "archive_media": "archive-media"}


def upgrade() -> None:
    op.create_table(
        "work_failure",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_failure")),
        sa.UniqueConstraint("queue", "row", name=op.f("uq_work_failure_queue_row")),
    )
    op.create_index("ix_work_failure_parked", "work_failure", ["id"], postgresql_where=sa.text("state = 'parked'"))
    for table, subject in _SUBJECTS.items():
        op.add_column(table, sa.Column("subject", sa.Text(), server_default=subject, nullable=False))
        op.add_column(table, sa.Column("lane", sa.Text(), server_default="bulk", nullable=False))
        op.add_column(table, sa.Column("lease", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("leased_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("leases", sa.Integer(), server_default=sa.text("0"), nullable=False))
        op.add_column(table, sa.Column("holder", sa.BigInteger(), nullable=True))
    op.add_column("archive_cursor", sa.Column("state", sa.Text(), server_default="ready", nullable=False))
    # Files that are waited for are few beside those that are stored, and none is leased yet: an empty index.
    op.create_index("ix_archive_media_leased", "archive_media", ["subject"], postgresql_where=sa.text("leases > 0"))
    op.add_column("message_unkeyed", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False))


def downgrade() -> None:
    op.drop_column("message_unkeyed", "id")
    op.drop_index("ix_archive_media_leased", table_name="archive_media")
    op.drop_column("archive_cursor", "state")
    for table in _SUBJECTS:
        for column in ("holder", "leases", "leased_at", "lease", "lane", "subject"):
            op.drop_column(table, column)
    op.drop_table("work_failure")
