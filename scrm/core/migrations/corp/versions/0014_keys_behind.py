"""Keys of messages that stand are filled in by the service, also of those that the release before yet stores."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Rows of a release that knows no keys say nothing of their time. With the owner's rights, since those of the corp's
# role on a new table come just after the revision, and that release must not fail until then.
_NOTE = """
    CREATE FUNCTION note_unkeyed_message() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
        EXECUTE format(
            'INSERT INTO %I.message_unkeyed (msgid, onwards) VALUES ($1, false) ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA
        ) USING NEW.msgid;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.create_table(
        "message_unkeyed",
        sa.Column("msgid", sa.Text(), nullable=False),
        sa.Column("onwards", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("msgid", "onwards", name=op.f("pk_message_unkeyed")),
    )
    op.alter_column("message", "time_known", nullable=True, server_default=None)
    op.execute(_NOTE)
    op.execute(
        "CREATE TRIGGER message_unkeyed AFTER INSERT ON message FOR EACH ROW WHEN (NEW.time_known IS NULL)"
        " EXECUTE FUNCTION note_unkeyed_message()"
    )
    # Under the lock that the trigger took: whatever is stored later, it notes.
    op.execute("INSERT INTO message_unkeyed (msgid, onwards) SELECT '', true WHERE EXISTS (SELECT FROM message)")


def downgrade() -> None:
    op.execute("DROP TRIGGER message_unkeyed ON message")
    op.execute("DROP FUNCTION note_unkeyed_message()")
    op.execute("UPDATE message SET time_known = true WHERE time_known IS NULL")
    op.alter_column("message", "time_known", nullable=False, server_default=sa.text("true"))
    op.drop_table("message_unkeyed")
