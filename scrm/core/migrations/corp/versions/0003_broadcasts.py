"""Broadcasts, and when a follow relation last talked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("follow_relation", _moment("last_talk_at"))
    op.create_table(
        "broadcast",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", postgresql.JSONB(), nullable=False),
        sa.Column("audience", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        _moment("send_at"),
        _moment("planned_for"),
        sa.Column("audience_count", sa.Integer(), nullable=False),
        sa.Column("without_sender", sa.Integer(), nullable=False),
        _moment("due_at"),
        sa.Column("reconcile", postgresql.JSONB(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approver_name", sa.Text(), nullable=True),
        _moment("approved_at"),
        _moment("submitted_at"),
        _moment("started_at"),
        _moment("created_all_at"),
        _moment("finished_at"),
        _moment("created_at", nullable=False),
        _moment("updated_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    op.create_index("ix_broadcast_due_at", "broadcast", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index("ix_broadcast_updated_at", "broadcast", ["updated_at"])
    op.create_index("ix_broadcast_planned_for", "broadcast", ["planned_for"])
    op.create_table(
        "broadcast_media",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("media_id", sa.Text(), nullable=True),
        _moment("uploaded_at"),
        _moment("created_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_media")),
    )
    op.create_table(
        "broadcast_policy",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quota", sa.Text(), nullable=False),
        sa.Column("approval_above", sa.Integer(), nullable=False),
        _moment("updated_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_policy")),
    )
    _create_slices()


def _create_slices() -> None:
    op.create_table(
        "broadcast_slice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("customer_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("states", sa.LargeBinary(), nullable=False),
        sa.Column("sent_times", sa.LargeBinary(), nullable=True),
        _moment("asked_at"),
        _moment("check_at"),
        _moment("stopped_at"),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("found_again", sa.Boolean(), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _moment("accepted_at"),
        _moment("confirmed_at"),
        _moment("poll_at"),
        sa.Column("reminders", postgresql.JSONB(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        _moment("updated_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcast.id"],
            name=op.f("fk_broadcast_slice_broadcast_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_slice")),
    )
    # Ids do not become smaller by compression, and a slice is written once and read whole.
    op.execute("ALTER TABLE broadcast_slice ALTER COLUMN customer_ids SET STORAGE EXTERNAL")
    op.create_index("ix_broadcast_slice_broadcast_id_state", "broadcast_slice", ["broadcast_id", "state"])
    op.create_index(
        "ix_broadcast_slice_under_way",
        "broadcast_slice",
        ["staff_id"],
        postgresql_where=sa.text("state IN ('requested', 'unknown', 'parked')"),
    )
    op.create_index(
        "ix_broadcast_slice_poll_at",
        "broadcast_slice",
        ["broadcast_id", "poll_at"],
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "uq_broadcast_slice_msgid",
        "broadcast_slice",
        ["msgid"],
        unique=True,
        postgresql_where=sa.text("msgid IS NOT NULL"),
    )
    op.create_index(op.f("ix_broadcast_slice_updated_at"), "broadcast_slice", ["updated_at"])


def downgrade() -> None:
    op.drop_table("broadcast_slice")
    op.drop_table("broadcast_policy")
    op.drop_table("broadcast_media")
    op.drop_table("broadcast")
    op.drop_column("follow_relation", "last_talk_at")
