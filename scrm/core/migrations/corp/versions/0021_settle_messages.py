"""Messages of a release without keys get theirs by a function: the service's own role may only add to messages."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# With the owner's rights, in the schema in which it stands, whatever that is called by now.
_FUNCTION = """
CREATE FUNCTION settle_messages(wanted text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own oid;
    untimed bigint[];
BEGIN
    GET DIAGNOSTICS own = PG_ROUTINE_OID;
    PERFORM set_config('search_path', pronamespace::regnamespace::text || ', pg_temp', true)
        FROM pg_proc WHERE oid = own;
    -- The message that came first is the message; those of its msgid in other months become versions of it.
    INSERT INTO message_key (msgid, at)
        SELECT DISTINCT ON (msgid) msgid, at FROM message WHERE msgid = ANY(wanted) ORDER BY msgid, id
        ON CONFLICT DO NOTHING;
    WITH second AS (
        DELETE FROM message m USING message_key k
        WHERE m.msgid = ANY(wanted) AND k.msgid = m.msgid AND k.at <> m.at RETURNING m.*
    ), kept AS (
        INSERT INTO message_version (msgid, at, seq, sender, msgtype, body, digest, archived_at)
        SELECT msgid, at, seq, sender, msgtype, body, digest, archived_at FROM second ON CONFLICT DO NOTHING
    )
    UPDATE conversation c SET messages = greatest(c.messages - n.count, 0)
        FROM (SELECT conversation_id, count(*) FROM second GROUP BY 1) n WHERE c.id = n.conversation_id;
    -- Without a time they were stored in 1970; they belong where they were archived, as do the alerts on them.
    untimed := ARRAY(SELECT DISTINCT conversation_id FROM message WHERE msgid = ANY(wanted) AND at < '2011-01-01');
    IF cardinality(untimed) = 0 THEN
        RETURN;
    END IF;
    UPDATE alert a SET event_at = m.archived_at FROM message m
        WHERE m.msgid = ANY(wanted) AND m.at < '2011-01-01'
        AND a.kind = 'word_hit' AND a.event_at = m.at AND a.snapshot ->> 'msgid' = m.msgid;
    UPDATE message_key k SET at = m.archived_at FROM message m
        WHERE m.msgid = ANY(wanted) AND m.at < '2011-01-01' AND k.msgid = m.msgid;
    UPDATE message SET at = archived_at, time_known = false WHERE msgid = ANY(wanted) AND at < '2011-01-01';
    UPDATE conversation c SET first_at = n.first_at, last_at = greatest(c.last_at, n.last_at)
        FROM (
            SELECT conversation_id, min(at) AS first_at, max(at) AS last_at FROM message
            WHERE conversation_id = ANY(untimed) GROUP BY 1
        ) n WHERE c.id = n.conversation_id;
END $$
"""


def upgrade() -> None:
    op.execute(_FUNCTION)
