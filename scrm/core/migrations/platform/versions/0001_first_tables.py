"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offset_seconds", sa.DOUBLE_PRECISION(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        schema="scrm",
    )
    op.create_table(
        "corp",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("corp_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("api_base", sa.Text(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corp")),
        sa.UniqueConstraint("corp_id", name=op.f("uq_corp_corp_id")),
        schema="scrm",
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
        schema="scrm",
    )
    op.create_table(
        "tick",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job", "due", name=op.f("pk_tick")),
        schema="scrm",
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("corp_no", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["corp_no"], ["scrm.corp.id"], name=op.f("fk_account_corp_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
        schema="scrm",
    )
    op.create_index(
        "uq_account_corp_userid", "account", ["corp_no", sa.literal_column("lower(userid)")], unique=True, schema="scrm"
    )
    op.create_table(
        "oauth_state",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("corp_no", sa.BigInteger(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["corp_no"], ["scrm.corp.id"], name=op.f("fk_oauth_state_corp_no")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oauth_state")),
        schema="scrm",
    )
    op.create_table(
        "wecom_app",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("corp_no", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("aes_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["corp_no"], ["scrm.corp.id"], name=op.f("fk_wecom_app_corp_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wecom_app")),
        sa.UniqueConstraint("corp_no", "key", name=op.f("uq_wecom_app_corp_no_key")),
        schema="scrm",
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["scrm.account.id"], name=op.f("fk_api_token_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        schema="scrm",
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False, schema="scrm")
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["scrm.account.id"], name=op.f("fk_login_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
        schema="scrm",
    )
    op.create_index(op.f("ix_login_session_account_id"), "login_session", ["account_id"], unique=False, schema="scrm")
    op.execute("INSERT INTO scrm.clock (id, offset_seconds) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_index(op.f("ix_login_session_account_id"), table_name="login_session", schema="scrm")
    op.drop_table("login_session", schema="scrm")
    op.drop_index(op.f("ix_api_token_account_id"), table_name="api_token", schema="scrm")
    op.drop_table("api_token", schema="scrm")
    op.drop_table("wecom_app", schema="scrm")
    op.drop_table("oauth_state", schema="scrm")
    op.drop_index("uq_account_corp_userid", table_name="account", schema="scrm")
    op.drop_table("account", schema="scrm")
    op.drop_table("tick", schema="scrm")
    op.drop_table("heartbeat", schema="scrm")
    op.drop_table("corp", schema="scrm")
    op.drop_table("clock", schema="scrm")
