"""Customers by a number of ours: companies and persons whom WeCom does not know, whose they are, what fields were."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_SHOWN = (
    *("external_userid", "name", "avatar", "type", "gender", "unionid", "position", "corp_name", "corp_full_name"),
    *("first_added_at", "tag_ids", "version"),
)
_OLD, _NEW = (", ".join(f"{row}.{name}" for name in _SHOWN) for row in ("OLD", "NEW"))


def upgrade() -> None:
    op.add_column("customer", sa.Column("kind", sa.Text(), server_default=sa.text("'person'"), nullable=False))
    op.add_column("customer", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.alter_column("customer", "external_userid", existing_type=sa.Text(), nullable=True)
    op.create_table(
        "owner_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_owner_log_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_log")),
    )
    open_ones = sa.text("until IS NULL")
    op.create_index("uq_owner_log_customer_id", "owner_log", ["customer_id"], unique=True, postgresql_where=open_ones)
    op.create_index("ix_owner_log_staff_id", "owner_log", ["staff_id"], postgresql_where=open_ones)
    op.create_table(
        "company_name",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_company_name_customer_id_customer")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_company_name")),
        sa.UniqueConstraint("key", name=op.f("uq_company_name_key")),
    )
    op.create_table(
        "field_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_field_log_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_log")),
    )
    op.create_index("ix_field_log_customer_id_at", "field_log", ["customer_id", "at"])
    _touch()


def _touch() -> None:
    """Whoever a customer belongs to hears of it too, and what is written by hand is news."""
    op.execute(
        "CREATE OR REPLACE FUNCTION touch_customer() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE changed record; path text; BEGIN"
        " IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN path := current_setting('search_path');"
        " PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true); END IF;"
        " IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"
        " INSERT INTO topic_touch (xid, topic, staff_id, at) SELECT pg_current_xact_id()::text::bigint, TG_ARGV[0],"
        " unnest(ARRAY(SELECT staff_id FROM follow_relation WHERE customer_id = changed.id"
        " UNION SELECT staff_id FROM owner_log WHERE customer_id = changed.id) || -1::bigint), now()"
        " ON CONFLICT DO NOTHING;"
        " IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF; RETURN NULL; END $$"
    )
    op.execute("DROP TRIGGER touch_customers_update ON customer")
    op.execute(
        "CREATE TRIGGER touch_customers_update AFTER UPDATE ON customer FOR EACH ROW"
        f" WHEN (({_OLD}) IS DISTINCT FROM ({_NEW})) EXECUTE FUNCTION touch_customer('customers')"
    )
