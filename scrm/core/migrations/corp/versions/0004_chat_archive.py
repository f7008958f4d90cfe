"""The chat archive: cursor, parked messages, messages by month, conversations, rules; alerts on what was said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive_cursor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Numeric(precision=20, scale=0), nullable=False),
        sa.Column("page_limit", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("repeated", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_archive"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_cursor")),
    )
    op.create_table(
        "archive_incident",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("after_seq", sa.Numeric(precision=20, scale=0), nullable=False),
        sa.Column("next_seq", sa.Numeric(precision=20, scale=0), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_incident")),
    )
    op.create_table(
        "archive_media",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sdkfileid", sa.Text(), nullable=False),
        sa.Column("md5sum", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("stored_size", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_media")),
    )
    op.create_index(
        "ix_archive_media_due", "archive_media", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("uq_archive_media_sdkfileid", "archive_media", [sa.literal_column("md5(sdkfileid)")], unique=True)
    op.create_table(
        "archive_parked",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.Column("seq", sa.Numeric(precision=20, scale=0), nullable=False),
        sa.Column("publickey_ver", sa.Integer(), nullable=False),
        sa.Column("encrypt_random_key", sa.Text(), nullable=False),
        sa.Column("encrypt_chat_msg", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_parked")),
        sa.UniqueConstraint("msgid", name=op.f("uq_archive_parked_msgid")),
    )
    op.create_index(
        "ix_archive_parked_waiting",
        "archive_parked",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=True),
        sa.Column("peer", sa.Text(), nullable=True),
        sa.Column("roomid", sa.Text(), nullable=True),
        sa.Column("messages", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sender", sa.Text(), nullable=False),
        sa.Column("last_type", sa.Text(), nullable=False),
        sa.Column("last_words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("key", name=op.f("uq_conversation_key")),
    )
    op.create_index("ix_conversation_last_at", "conversation", ["last_at", "id"], unique=False)
    op.create_index(op.f("ix_conversation_roomid"), "conversation", ["roomid"], unique=False)
    op.create_table(
        "message",
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("seq", sa.Text(), nullable=False),
        sa.Column("publickey_ver", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("sender_kind", sa.Text(), nullable=False),
        sa.Column("msgtype", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("bigrams", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("msgid", "at", name=op.f("pk_message")),
        postgresql_partition_by="RANGE (at)",
    )
    # What no monthly partition takes: records without a time.
    op.execute("CREATE TABLE message_default PARTITION OF message DEFAULT")
    op.create_index("ix_message_at", "message", ["at", "id"], unique=False)
    op.create_index("ix_message_bigrams", "message", ["bigrams"], unique=False, postgresql_using="gin")
    op.create_index("ix_message_conversation_id_at", "message", ["conversation_id", "at", "id"], unique=False)
    op.create_table(
        "message_recall",
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("msgid", name=op.f("pk_message_recall")),
    )
    op.create_table(
        "rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("last_hit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
        sa.UniqueConstraint("name", name=op.f("uq_rule_name")),
    )
    op.create_index(op.f("ix_rule_updated_at"), "rule", ["updated_at"], unique=False)
    op.create_table(
        "conversation_member",
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_member_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "who", name=op.f("pk_conversation_member")),
    )
    op.create_index("ix_conversation_member_who", "conversation_member", ["who"], unique=False)
    op.create_table(
        "rule_scan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached_id", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("scanned", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_scan_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_scan")),
    )
    op.create_index(op.f("ix_rule_scan_rule_id"), "rule_scan", ["rule_id"], unique=False)
    op.create_index(op.f("ix_rule_scan_state"), "rule_scan", ["state"], unique=False)
    op.create_table(
        "rule_version",
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_version_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", "version", name=op.f("pk_rule_version")),
    )
    op.add_column("alert", sa.Column("source", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("alert", sa.Column("severity", sa.Text(), server_default=sa.text("'high'"), nullable=False))
    op.alter_column("alert", "staff_id", existing_type=sa.BIGINT(), nullable=True)
    op.alter_column("alert", "customer_id", existing_type=sa.BIGINT(), nullable=True)
    op.drop_constraint(op.f("uq_alert_kind_userid_external_userid_event_at"), "alert", type_="unique")
    op.create_unique_constraint(
        op.f("uq_alert_kind_userid_external_userid_event_at_source"),
        "alert",
        ["kind", "userid", "external_userid", "event_at", "source"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_alert_kind_userid_external_userid_event_at_source"), "alert", type_="unique")
    op.create_unique_constraint(
        op.f("uq_alert_kind_userid_external_userid_event_at"),
        "alert",
        ["kind", "userid", "external_userid", "event_at"],
        postgresql_nulls_not_distinct=False,
    )
    op.alter_column("alert", "customer_id", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("alert", "staff_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("alert", "severity")
    op.drop_column("alert", "source")
    op.drop_table("rule_version")
    op.drop_index(op.f("ix_rule_scan_state"), table_name="rule_scan")
    op.drop_index(op.f("ix_rule_scan_rule_id"), table_name="rule_scan")
    op.drop_table("rule_scan")
    op.drop_index("ix_conversation_member_who", table_name="conversation_member")
    op.drop_table("conversation_member")
    op.drop_index(op.f("ix_rule_updated_at"), table_name="rule")
    op.drop_table("rule")
    op.drop_table("message_recall")
    op.drop_index("ix_message_conversation_id_at", table_name="message")
    op.drop_index("ix_message_bigrams", table_name="message", postgresql_using="gin")
    op.drop_index("ix_message_at", table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_conversation_roomid"), table_name="conversation")
    op.drop_index("ix_conversation_last_at", table_name="conversation")
    op.drop_table("conversation")
    op.drop_index(
        "ix_archive_parked_waiting", table_name="archive_parked", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_table("archive_parked")
    op.drop_index("uq_archive_media_sdkfileid", table_name="archive_media")
    op.drop_index("ix_archive_media_due", table_name="archive_media", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("archive_media")
    op.drop_table("archive_incident")
    op.drop_table("archive_cursor")
