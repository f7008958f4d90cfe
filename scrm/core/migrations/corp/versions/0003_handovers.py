"""Handovers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("resigned", sa.Boolean(), nullable=False),
        sa.Column("detected_by", sa.Text(), nullable=False),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("assigned_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("poll_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_created_at", "handover", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_handover_escalate_at",
        "handover",
        ["escalate_at"],
        unique=False,
        postgresql_where=sa.text("escalate_at IS NOT NULL"),
    )
    op.create_index(
        "ix_handover_poll_at", "handover", ["poll_at"], unique=False, postgresql_where=sa.text("poll_at IS NOT NULL")
    )
    op.create_index("ix_handover_staff_id", "handover", ["staff_id"], unique=False)
    op.create_index("ix_handover_updated_at", "handover", ["updated_at"], unique=False)
    op.create_index("ix_handover_userid", "handover", ["userid"], unique=False)
    op.create_index(
        "uq_handover_unfinished",
        "handover",
        ["kind", "userid"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'running')"),
    )
    op.create_table(
        "handover_policy",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("due_hours", sa.Integer(), nullable=False),
        sa.Column("escalate_hours", sa.Integer(), nullable=False),
        sa.Column("customer_limit", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_policy")),
    )
    op.create_table(
        "handover_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("handover_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_notice_handover_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_notice")),
        sa.UniqueConstraint("handover_id", "step", "userid", name=op.f("uq_handover_notice_handover_id_step_userid")),
    )
    op.create_table(
        "handover_slice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("handover_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("takeover_id", sa.BigInteger(), nullable=False),
        sa.Column("resigned", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_slice_handover_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_slice")),
    )
    op.create_index("ix_handover_slice_handover_id_state", "handover_slice", ["handover_id", "state"], unique=False)
    op.create_table(
        "handover_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("handover_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wecom_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("takeover_id", sa.BigInteger(), nullable=True),
        sa.Column("slice_id", sa.BigInteger(), nullable=True),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("takeover_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_handover_item_handover_id")),
        sa.ForeignKeyConstraint(["slice_id"], ["handover_slice.id"], name=op.f("fk_handover_item_slice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_item")),
        sa.UniqueConstraint("handover_id", "kind", "wecom_id", name=op.f("uq_handover_item_handover_id_kind_wecom_id")),
    )
    op.create_index("ix_handover_item_handover_id_state", "handover_item", ["handover_id", "state"], unique=False)
    op.create_index("ix_handover_item_slice_id", "handover_item", ["slice_id"], unique=False)
    op.create_index("ix_handover_item_takeover_id", "handover_item", ["takeover_id", "state"], unique=False)
    op.create_index("ix_handover_item_wecom_id", "handover_item", ["wecom_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_handover_item_wecom_id", table_name="handover_item")
    op.drop_index("ix_handover_item_takeover_id", table_name="handover_item")
    op.drop_index("ix_handover_item_slice_id", table_name="handover_item")
    op.drop_index("ix_handover_item_handover_id_state", table_name="handover_item")
    op.drop_table("handover_item")
    op.drop_index("ix_handover_slice_handover_id_state", table_name="handover_slice")
    op.drop_table("handover_slice")
    op.drop_table("handover_notice")
    op.drop_table("handover_policy")
    op.drop_index(
        "uq_handover_unfinished", table_name="handover", postgresql_where=sa.text("state IN ('open', 'running')")
    )
    op.drop_index("ix_handover_userid", table_name="handover")
    op.drop_index("ix_handover_updated_at", table_name="handover")
    op.drop_index("ix_handover_staff_id", table_name="handover")
    op.drop_index("ix_handover_poll_at", table_name="handover", postgresql_where=sa.text("poll_at IS NOT NULL"))
    op.drop_index("ix_handover_escalate_at", table_name="handover", postgresql_where=sa.text("escalate_at IS NOT NULL"))
    op.drop_index("ix_handover_created_at", table_name="handover")
    op.drop_table("handover")
