"""The archive: each msgid once over all months, versions that differ, malformed rows, unknown types, times unknown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("archive_cursor", sa.Column("configured", sa.Text(), nullable=True))
    op.add_column("archive_cursor", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("archive_parked", sa.Column("raw", sa.LargeBinary(), server_default=sa.text("''"), nullable=False))
    op.add_column("archive_parked", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("uq_archive_parked_msgid"), "archive_parked", type_="unique")
    op.create_index(
        "uq_archive_parked_envelope",
        "archive_parked",
        [
            "msgid",
            "seq",
            sa.literal_column("md5(encrypt_random_key)"),
            sa.literal_column("md5(encrypt_chat_msg)"),
            sa.literal_column("md5(raw)"),
        ],
        unique=True,
    )
    op.create_index(
        "ix_archive_parked_due",
        "archive_parked",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'superseded')"),
    )
    op.add_column("archive_media", sa.Column("is_final", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("message", sa.Column("time_known", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_table(
        "message_key",
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("msgid", name=op.f("pk_message_key")),
    )
    op.create_table(
        "message_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("msgtype", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_version")),
        sa.UniqueConstraint("msgid", "digest", name=op.f("uq_message_version_msgid_digest")),
    )
    op.create_table(
        "unknown_message_type",
        sa.Column("msgtype", sa.Text(), nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("msgtype", name=op.f("pk_unknown_message_type")),
    )


def downgrade() -> None:
    op.drop_table("unknown_message_type")
    op.drop_table("message_version")
    op.drop_table("message_key")
    op.drop_column("message", "time_known")
    op.drop_column("archive_media", "is_final")
    op.drop_index("ix_archive_parked_due", table_name="archive_parked")
    op.drop_index("uq_archive_parked_envelope", table_name="archive_parked")
    op.create_unique_constraint(op.f("uq_archive_parked_msgid"), "archive_parked", ["msgid"])
    op.drop_column("archive_parked", "due_at")
    op.drop_column("archive_parked", "raw")
    op.drop_column("archive_cursor", "failing_since")
    op.drop_column("archive_cursor", "configured")
