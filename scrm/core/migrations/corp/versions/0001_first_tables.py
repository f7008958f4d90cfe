"""First tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("external_userid", sa.Text(), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detected_by", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("review_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "kind", "userid", "external_userid", "event_at", name=op.f("uq_alert_kind_userid_external_userid_event_at")
        ),
    )
    op.create_index(op.f("ix_alert_customer_id"), "alert", ["customer_id"], unique=False)
    op.create_index("ix_alert_event_at", "alert", ["event_at", "id"], unique=False)
    op.create_index(op.f("ix_alert_staff_id"), "alert", ["staff_id"], unique=False)
    op.create_index("ix_alert_state", "alert", ["state"], unique=False)
    op.create_index("ix_alert_updated_at", "alert", ["updated_at"], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_audit_event")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_audit_event_actor_at", "audit_event", ["actor", "at"], unique=False)
    op.create_index("ix_audit_event_subject_at", "audit_event", ["subject", "at"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_userid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("avatar", sa.Text(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=True),
        sa.Column("gender", sa.Integer(), nullable=False),
        sa.Column("unionid", sa.Text(), nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("corp_name", sa.Text(), nullable=False),
        sa.Column("corp_full_name", sa.Text(), nullable=False),
        sa.Column("first_added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tag_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("bigrams", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("external_userid", name=op.f("uq_customer_external_userid")),
    )
    op.create_index("ix_customer_bigrams", "customer", ["bigrams"], unique=False, postgresql_using="gin")
    op.create_index("ix_customer_first_added_at", "customer", ["first_added_at", "id"], unique=False)
    op.create_index("ix_customer_tag_ids", "customer", ["tag_ids"], unique=False, postgresql_using="gin")
    op.create_index("ix_customer_updated_at", "customer", ["updated_at"], unique=False)
    op.create_table(
        "department",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("leaders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_in_sync", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("department_id", name=op.f("uq_department_department_id")),
    )
    op.create_table(
        "group_chat",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("chat_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_userid", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_version", sa.Text(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_chat")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_group_chat_chat_id")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("listener", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_done_at", "outbox", ["done_at"], unique=False, postgresql_where=sa.text("state = 'done'")
    )
    op.create_index(
        "ix_outbox_due", "outbox", ["lane", "due_at"], unique=False, postgresql_where=sa.text("state = 'ready'")
    )
    op.create_index("ix_outbox_parked", "outbox", ["id"], unique=False, postgresql_where=sa.text("state = 'parked'"))
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("departments", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("main_department", sa.BigInteger(), nullable=True),
        sa.Column("leads", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("direct_leader", sa.Text(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_in_sync", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_index("uq_staff_userid_folded", "staff", [sa.literal_column("lower(userid)")], unique=True)
    op.create_table(
        "sync_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    op.create_index(op.f("ix_sync_run_updated_at"), "sync_run", ["updated_at"], unique=False)
    op.create_index(
        "uq_sync_run_running",
        "sync_run",
        [sa.literal_column("(true)")],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "tag_group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_group")),
        sa.UniqueConstraint("group_id", name=op.f("uq_tag_group_group_id")),
    )
    op.create_table(
        "wecom_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("leased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wecom_call")),
    )
    op.create_index(
        "ix_wecom_call_due",
        "wecom_call",
        ["lane", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('ready', 'leased', 'answered')"),
    )
    op.create_index(
        "ix_wecom_call_finished_at",
        "wecom_call",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_wecom_call_leased", "wecom_call", ["subject"], unique=False, postgresql_where=sa.text("state = 'leased'")
    )
    op.create_index(
        "ix_wecom_call_parked", "wecom_call", ["id"], unique=False, postgresql_where=sa.text("state = 'parked'")
    )
    op.create_index(
        "uq_wecom_call_waiting_key", "wecom_call", ["key"], unique=True, postgresql_where=sa.text("state = 'ready'")
    )
    op.create_table(
        "wecom_inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'ready'"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("change_type", sa.Text(), nullable=True),
        sa.Column("known", sa.Boolean(), nullable=True),
        sa.Column("userid", sa.Text(), nullable=True),
        sa.Column("external_userid", sa.Text(), nullable=True),
        sa.Column("chat_id", sa.Text(), nullable=True),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wecom_inbox")),
        sa.UniqueConstraint("app", "digest", name=op.f("uq_wecom_inbox_app_digest")),
    )
    op.create_index("ix_wecom_inbox_handled_at", "wecom_inbox", ["handled_at"], unique=False)
    op.create_index(
        "ix_wecom_inbox_parked", "wecom_inbox", ["id"], unique=False, postgresql_where=sa.text("state = 'parked'")
    )
    op.create_index(
        "ix_wecom_inbox_ready", "wecom_inbox", ["due_at"], unique=False, postgresql_where=sa.text("state = 'ready'")
    )
    op.create_index("ix_wecom_inbox_received_at", "wecom_inbox", ["received_at", "id"], unique=False)
    op.create_table(
        "alert_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_notice_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_notice")),
        sa.UniqueConstraint("alert_id", "userid", name=op.f("uq_alert_notice_alert_id_userid")),
    )
    op.create_table(
        "follow_relation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("remark_corp_name", sa.Text(), nullable=False),
        sa.Column("remark_mobiles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("add_way", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("oper_userid", sa.Text(), nullable=False),
        sa.Column("tag_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("personal_tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_in_sync", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_follow_relation_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_relation")),
        sa.UniqueConstraint("customer_id", "staff_id", name=op.f("uq_follow_relation_customer_id_staff_id")),
    )
    op.create_index("ix_follow_relation_added_at", "follow_relation", ["added_at"], unique=False)
    op.create_index(
        "ix_follow_relation_ended_at",
        "follow_relation",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index("ix_follow_relation_staff_id_status", "follow_relation", ["staff_id", "status"], unique=False)
    op.create_table(
        "group_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("type", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("join_scene", sa.Integer(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_chat_id"], ["group_chat.id"], name=op.f("fk_group_member_group_chat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        sa.UniqueConstraint("group_chat_id", "userid", name=op.f("uq_group_member_group_chat_id_userid")),
    )
    op.create_index("ix_group_member_userid", "group_member", ["userid"], unique=False)
    op.create_table(
        "sync_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("outstanding", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_step_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_step")),
    )
    op.create_index(op.f("ix_sync_step_run_id"), "sync_step", ["run_id"], unique=False)
    op.create_table(
        "tag",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tag_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["tag_group.id"], name=op.f("fk_tag_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("tag_id", name=op.f("uq_tag_tag_id")),
    )
    op.create_index(op.f("ix_tag_group_id"), "tag", ["group_id"], unique=False)
    op.create_table(
        "timeline_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_timeline_entry_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_timeline_entry_key")),
    )
    op.create_index("ix_timeline_entry_customer_id_at", "timeline_entry", ["customer_id", "at", "id"], unique=False)
    op.create_table(
        "welcome",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("external_userid", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_welcome_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome")),
        sa.UniqueConstraint(
            "userid", "external_userid", "added_at", name=op.f("uq_welcome_userid_external_userid_added_at")
        ),
    )
    # Whatever no monthly partition takes; months are made ahead by the daily housekeeping.
    op.execute("CREATE TABLE audit_event_default PARTITION OF audit_event DEFAULT")


def downgrade() -> None:
    op.drop_table("welcome")
    op.drop_index("ix_timeline_entry_customer_id_at", table_name="timeline_entry")
    op.drop_table("timeline_entry")
    op.drop_index(op.f("ix_tag_group_id"), table_name="tag")
    op.drop_table("tag")
    op.drop_index(op.f("ix_sync_step_run_id"), table_name="sync_step")
    op.drop_table("sync_step")
    op.drop_index("ix_group_member_userid", table_name="group_member")
    op.drop_table("group_member")
    op.drop_index("ix_follow_relation_staff_id_status", table_name="follow_relation")
    op.drop_index(
        "ix_follow_relation_ended_at", table_name="follow_relation", postgresql_where=sa.text("ended_at IS NOT NULL")
    )
    op.drop_index("ix_follow_relation_added_at", table_name="follow_relation")
    op.drop_table("follow_relation")
    op.drop_table("alert_notice")
    op.drop_index("ix_wecom_inbox_received_at", table_name="wecom_inbox")
    op.drop_index("ix_wecom_inbox_ready", table_name="wecom_inbox", postgresql_where=sa.text("state = 'ready'"))
    op.drop_index("ix_wecom_inbox_parked", table_name="wecom_inbox", postgresql_where=sa.text("state = 'parked'"))
    op.drop_index("ix_wecom_inbox_handled_at", table_name="wecom_inbox")
    op.drop_table("wecom_inbox")
    op.drop_index("uq_wecom_call_waiting_key", table_name="wecom_call", postgresql_where=sa.text("state = 'ready'"))
    op.drop_index("ix_wecom_call_parked", table_name="wecom_call", postgresql_where=sa.text("state = 'parked'"))
    op.drop_index("ix_wecom_call_leased", table_name="wecom_call", postgresql_where=sa.text("state = 'leased'"))
    op.drop_index(
        "ix_wecom_call_finished_at", table_name="wecom_call", postgresql_where=sa.text("finished_at IS NOT NULL")
    )
    op.drop_index(
        "ix_wecom_call_due",
        table_name="wecom_call",
        postgresql_where=sa.text("state IN ('ready', 'leased', 'answered')"),
    )
    op.drop_table("wecom_call")
    op.drop_table("tag_group")
    op.drop_index("uq_sync_run_running", table_name="sync_run", postgresql_where=sa.text("state = 'running'"))
    op.drop_index(op.f("ix_sync_run_updated_at"), table_name="sync_run")
    op.drop_table("sync_run")
    op.drop_index("uq_staff_userid_folded", table_name="staff")
    op.drop_table("staff")
    op.drop_index("ix_outbox_parked", table_name="outbox", postgresql_where=sa.text("state = 'parked'"))
    op.drop_index("ix_outbox_due", table_name="outbox", postgresql_where=sa.text("state = 'ready'"))
    op.drop_index("ix_outbox_done_at", table_name="outbox", postgresql_where=sa.text("state = 'done'"))
    op.drop_table("outbox")
    op.drop_table("group_chat")
    op.drop_table("department")
    op.drop_index("ix_customer_updated_at", table_name="customer")
    op.drop_index("ix_customer_tag_ids", table_name="customer", postgresql_using="gin")
    op.drop_index("ix_customer_first_added_at", table_name="customer")
    op.drop_index("ix_customer_bigrams", table_name="customer", postgresql_using="gin")
    op.drop_table("customer")
    op.drop_index("ix_audit_event_subject_at", table_name="audit_event")
    op.drop_index("ix_audit_event_actor_at", table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index("ix_alert_updated_at", table_name="alert")
    op.drop_index("ix_alert_state", table_name="alert")
    op.drop_index(op.f("ix_alert_staff_id"), table_name="alert")
    op.drop_index("ix_alert_event_at", table_name="alert")
    op.drop_index(op.f("ix_alert_customer_id"), table_name="alert")
    op.drop_table("alert")
