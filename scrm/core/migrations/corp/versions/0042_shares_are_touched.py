"""With whom a customer is shared hears of it as who follows them does."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for function, customer in (("touch_customer", "changed.id"), ("touch_contact", "changed.customer_id")):
        op.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$"  # nosec B608: names of ours
            " DECLARE changed record; path text; BEGIN"
            " IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN path := current_setting('search_path');"
            " PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true); END IF;"
            " IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"
            " INSERT INTO topic_touch (xid, topic, staff_id, at) SELECT pg_current_xact_id()::text::bigint, TG_ARGV[0],"
            f" unnest(ARRAY(SELECT staff_id FROM follow_relation WHERE customer_id = {customer}"
            f" UNION SELECT staff_id FROM owner_log WHERE customer_id = {customer}"
            f" UNION SELECT staff_id FROM record_share WHERE record = 'customer' AND record_id = {customer})"
            " || -1::bigint), now() ON CONFLICT DO NOTHING;"
            " IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF; RETURN NULL; END $$"
        )
