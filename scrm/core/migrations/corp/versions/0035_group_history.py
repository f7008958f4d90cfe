"""What happens in groups is kept: a log, a row per group and day; nothing of before is rewritten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_NEWS = "OLD.* IS DISTINCT FROM NEW.*"


def upgrade() -> None:
    op.add_column("group_chat", sa.Column("vanished_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("group_member", sa.Column("invitor", sa.Text(), nullable=True))
    op.create_table(
        "group_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("chat_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("userid", sa.Text(), nullable=True),
        sa.Column("type", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("join_scene", sa.Integer(), nullable=True),
        sa.Column("invitor", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quit_scene", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_event")),
    )
    op.create_index("ix_group_event_chat_id_at", "group_event", ["chat_id", "at", "id"])
    op.create_index(
        "ix_group_event_member", "group_event", ["userid", "chat_id"], postgresql_where=sa.text("userid IS NOT NULL")
    )
    op.create_index("ix_group_event_unseen", "group_event", ["chat_id"], postgresql_where=sa.text("NOT seen"))
    op.create_table(
        "group_log",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admins", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("hints", postgresql.JSONB(), nullable=False),
        sa.Column("counted_to", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["group_chat.id"], name=op.f("fk_group_log_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_log")),
    )
    op.create_index("ix_group_log_due_at", "group_log", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "group_day",
        sa.Column("group_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("went", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_chat_id"], ["group_chat.id"], name=op.f("fk_group_day_group_chat_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_chat_id", "day", name=op.f("pk_group_day")),
    )
    _touch()


def _touch() -> None:
    """Whoever sees the group hears of it: its owner, its members in service, and those who see the whole corp."""
    whom = (
        "SELECT s.id FROM group_chat g LEFT JOIN group_member m ON m.group_chat_id = g.id AND m.type = 1"
        " JOIN staff s ON lower(s.userid) IN (lower(g.owner_userid), lower(m.userid)) WHERE g.chat_id = changed.chat_id"
    )
    op.execute(
        "CREATE FUNCTION touch_group_event() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed record; path text;"
        " BEGIN IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN path := current_setting('search_path');"
        " PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true); END IF;"
        " IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"
        " INSERT INTO topic_touch (xid, topic, staff_id, at) SELECT pg_current_xact_id()::text::bigint, TG_ARGV[0],"
        f" unnest(ARRAY({whom}) || -1::bigint), now() ON CONFLICT DO NOTHING;"
        " IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF; RETURN NULL; END $$"
    )
    for event, news in (("INSERT OR DELETE", ""), ("UPDATE", f" WHEN ({_NEWS})")):
        op.execute(
            f"CREATE TRIGGER touch_groups_{event.split()[0].lower()} AFTER {event} ON group_event FOR EACH ROW{news}"
            " EXECUTE FUNCTION touch_group_event('groups')"
        )
