"""What WeCom says of a contact moves from the customer to a table of its own: room for it, and what keeps it in step.

No row moves here: a queue does that (`scrm.customers.file.actions.splitting`), while callbacks come in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TOLD = ("unionid", "type", "gender", "avatar", "position", "corp_name", "corp_full_name", "fetched_at")
_SHOWN = ("external_userid", *_TOLD[:-1], "customer_id")
_BLANK = {"gender": "0", "avatar": "''", "position": "''", "corp_name": "''", "corp_full_name": "''"}


def upgrade() -> None:
    op.create_table(
        "wecom_contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("external_userid", sa.Text(), nullable=False),
        sa.Column("unionid", sa.Text(), nullable=True),
        sa.Column("type", sa.Integer(), nullable=True),
        sa.Column("gender", sa.Integer(), nullable=False),
        sa.Column("avatar", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("corp_name", sa.Text(), nullable=False),
        sa.Column("corp_full_name", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_wecom_contact_customer_id_customer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wecom_contact")),
        sa.UniqueConstraint("external_userid", name=op.f("uq_wecom_contact_external_userid")),
    )
    op.create_index("ix_wecom_contact_customer_id", "wecom_contact", ["customer_id"])
    op.create_table(
        "contact_split",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_split")),
    )
    unfinished = sa.text("reached IS NOT NULL")
    op.create_index("ix_contact_split_reached", "contact_split", ["id"], postgresql_where=unfinished)
    # In the column's own definition: PostgreSQL knows that it holds, and looks at no row.
    op.execute(
        "ALTER TABLE follow_relation ADD COLUMN contact_id bigint"
        " CONSTRAINT fk_follow_relation_contact_id_wecom_contact REFERENCES wecom_contact (id)"
    )
    # Nobody writes them any more but the release before.
    for name, blank in _BLANK.items():
        op.execute(f"ALTER TABLE customer ALTER COLUMN {name} SET DEFAULT {blank}")
    _mirror()
    _touch()
    op.execute("INSERT INTO contact_split (id, reached) SELECT 1, 0 WHERE EXISTS (SELECT FROM customer)")


def _mirror() -> None:
    """A customer has a contact from the first moment; what the release before is told meanwhile is not lost."""
    names = ", ".join(_TOLD)
    op.execute(
        "CREATE FUNCTION mirror_contact() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE path text; BEGIN"
        " IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN path := current_setting('search_path');"
        " PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true); END IF;"
        f" INSERT INTO wecom_contact (customer_id, external_userid, {names})"  # nosec B608: names of ours
        f" VALUES (NEW.id, NEW.external_userid, {', '.join(f'NEW.{name}' for name in _TOLD)})"
        f" ON CONFLICT (external_userid) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _TOLD)};"
        " IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF; RETURN NULL; END $$"
    )
    for event in ("INSERT", f"UPDATE OF external_userid, {names}"):
        op.execute(
            f"CREATE TRIGGER mirror_contact_{event.split()[0].lower()} AFTER {event} ON customer FOR EACH ROW"
            " WHEN (NEW.external_userid IS NOT NULL) EXECUTE FUNCTION mirror_contact()"
        )


def _touch() -> None:
    """Whoever sees the customer hears of what WeCom says of them; a row that moves here is no news."""
    old, new = (", ".join(f"{row}.{name}" for name in _SHOWN) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE FUNCTION touch_contact() RETURNS trigger LANGUAGE plpgsql AS $$"
        " DECLARE changed record; path text; BEGIN"
        " IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN path := current_setting('search_path');"
        " PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true); END IF;"
        " IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"
        " INSERT INTO topic_touch (xid, topic, staff_id, at) SELECT pg_current_xact_id()::text::bigint, TG_ARGV[0],"
        " unnest(ARRAY(SELECT staff_id FROM follow_relation WHERE customer_id = changed.customer_id"
        " UNION SELECT staff_id FROM owner_log WHERE customer_id = changed.customer_id) || -1::bigint), now()"
        " ON CONFLICT DO NOTHING;"
        " IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF; RETURN NULL; END $$"
    )
    news = {
        "INSERT": "current_setting('scrm.moving', true) IS DISTINCT FROM 'on'",
        "UPDATE": f"({old}) IS DISTINCT FROM ({new})",
        "DELETE": "true",
    }
    for event, when in news.items():
        op.execute(
            f"CREATE TRIGGER touch_customers_{event.lower()} AFTER {event} ON wecom_contact FOR EACH ROW"
            f" WHEN ({when}) EXECUTE FUNCTION touch_contact('customers')"
        )
