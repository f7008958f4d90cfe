"""Who was told of what, for all rooms in one table; the rows of before are moved by the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

# Of which records a page shows who was told, its topic, and whose member it is about.
_SHOWN = (
    ("alert", "alerts", "SELECT staff_id FROM alert WHERE id = changed.record_id AND kind <> 'word_hit'"),
    ("handover", "handovers", "SELECT staff_id FROM handover WHERE id = changed.record_id"),
)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("userid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("msgid", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "record", "record_id", "kind", "userid", name=op.f("uq_notice_record_record_id_kind_userid")
        ),
    )
    op.create_index(
        "ix_notice_waiting", "notice", ["kind", "created_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    for table in ("alert_notice", "handover_notice"):
        topic = "alerts" if table == "alert_notice" else "handovers"
        for event in ("insert", "update"):
            op.execute(f'DROP TRIGGER "touch_{topic}_{event}" ON "{table}"')
    op.execute("DROP FUNCTION touch_alert_notice()")
    for record, topic, whom in _SHOWN:
        name = f"touch_{record}_told"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed record; path text; BEGIN"
            " IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN path := current_setting('search_path');"
            " PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true); END IF;"
            " IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"
            " INSERT INTO topic_touch (xid, topic, staff_id, at) SELECT pg_current_xact_id()::text::bigint, TG_ARGV[0],"
            f" unnest(ARRAY[coalesce(({whom}), -1), -1]), now() ON CONFLICT DO NOTHING;"
            " IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF; RETURN NULL; END $$"
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER touch_{topic}_{event.lower()} AFTER {event} ON notice FOR EACH ROW"
                f" WHEN ({row}.record = '{record}') EXECUTE FUNCTION {name}('{topic}')"
            )
