"""Groups and alerts are found by an index of what they are called; archived words are folded as they are since 0.2."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# With the owner's rights, since the service may only add to messages; and for nothing but another spelling of the words
# by which they are found, while that is being done.
_REFOLD = """
CREATE FUNCTION refold_message(moment timestamptz, number bigint, folded text, codes bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own oid;
BEGIN
    GET DIAGNOSTICS own = PG_ROUTINE_OID;
    PERFORM set_config('search_path', pronamespace::regnamespace::text || ', pg_temp', true)
        FROM pg_proc WHERE oid = own;
    UPDATE message SET words = folded, bigrams = codes
        WHERE at = moment AND id = number AND length(words) = length(folded)
        AND EXISTS (SELECT FROM message_unfolded);
END $$
"""


def upgrade() -> None:
    for table in ("group_chat", "alert"):
        op.add_column(table, sa.Column("search_text", sa.Text(), server_default=sa.text("''"), nullable=False))
        codes = postgresql.ARRAY(sa.BigInteger())
        op.add_column(table, sa.Column("bigrams", codes, server_default=sa.text("'{}'"), nullable=False))
        op.add_column(table, sa.Column("text_version", sa.Integer(), server_default=sa.text("0"), nullable=False))
        op.create_index(f"ix_{table}_bigrams", table, ["bigrams"], postgresql_using="gin")
        op.create_index(f"ix_{table}_stale_text", table, ["id"], postgresql_where=sa.text("text_version < 1"))
    op.create_table(
        "message_unfolded",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("behind", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_unfolded")),
    )
    op.execute(_REFOLD)
    op.execute("INSERT INTO message_unfolded SELECT 1, '1900-01-01+00', 0 WHERE EXISTS (SELECT FROM message)")
