"""Whatever changes what a page shows says so, in the transaction that changes it: the pulse reads nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# In place of a member: everybody who may read the topic, and those alone who see the whole corp.
EVERYBODY, WHOLE_CORP = 0, -1

_TOUCH = "INSERT INTO topic_touch (xid, topic, staff_id, at) SELECT pg_current_xact_id()::text::bigint, "
_ONCE = " ON CONFLICT DO NOTHING"
_ROW = "IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;"

# Whoever changes a row from elsewhere need not have the schema in the search path; a name in here would not follow the
# schema when it is renamed.
_ENTER = """IF current_schema() IS DISTINCT FROM TG_TABLE_SCHEMA THEN
    path := current_setting('search_path');
    PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA) || ', pg_temp', true);
END IF;"""
_LEAVE = "IF path IS NOT NULL THEN PERFORM set_config('search_path', path, true); END IF;"

# Whom a changed row concerns, by function: `changed` is the row as it is now, or was. Each ends with the whole corp's.
_WHOM = {
    "touch_everybody": "0",
    "touch_staff": """unnest(ARRAY[coalesce(changed.staff_id, -1), -1])""",
    # Words in a chat are for those who may read chats, and these see the whole corp.
    "touch_alert": """unnest(ARRAY[CASE WHEN changed.kind <> 'word_hit' THEN coalesce(changed.staff_id, -1) ELSE -1 END,
        -1])""",
    "touch_alert_notice": """unnest(ARRAY[coalesce(
        (SELECT staff_id FROM alert WHERE id = changed.alert_id AND kind <> 'word_hit'), -1), -1])""",
    "touch_handover_part": """unnest(ARRAY[coalesce(
        (SELECT staff_id FROM handover WHERE id = changed.handover_id), -1), -1])""",
    "touch_broadcast": """unnest(ARRAY(
        SELECT DISTINCT staff_id FROM broadcast_slice WHERE broadcast_id = changed.id) || -1::bigint)""",
    "touch_customer": """unnest(ARRAY(
        SELECT staff_id FROM follow_relation WHERE customer_id = changed.id) || -1::bigint)""",
    "touch_relation": """unnest(ARRAY(
        SELECT staff_id FROM follow_relation WHERE customer_id = changed.customer_id)
        || changed.staff_id || -1::bigint)""",
    "touch_timeline": """unnest(ARRAY(
        SELECT staff_id FROM follow_relation WHERE customer_id = changed.customer_id) || -1::bigint)""",
    "touch_group_member": """unnest(ARRAY(
        SELECT r.staff_id FROM customer c JOIN follow_relation r ON r.customer_id = c.id
        WHERE c.external_userid = changed.userid) || -1::bigint)""",
    "touch_group": """unnest(ARRAY(
        SELECT DISTINCT r.staff_id FROM group_member m
        JOIN customer c ON c.external_userid = m.userid AND m.type = 2
        JOIN follow_relation r ON r.customer_id = c.id
        WHERE m.group_chat_id = changed.id) || -1::bigint)""",
}


def _differ(columns: tuple[str, ...]) -> str:
    """That one of these has changed."""
    old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


_ANY = "OLD.* IS DISTINCT FROM NEW.*"
# A text that is folded anew is the same customer; a change of the customer says when.
_BUT_FOLDED = f"{_ANY} AND (OLD.text_version = NEW.text_version OR OLD.updated_at <> NEW.updated_at)"
_GROUP_SHOWN = ("name", "owner_userid", "notice", "status", "member_version", "dismissed_at")
_GROUP = _differ(_GROUP_SHOWN)
# A step of it is planned anew with every answer, and each change is read by all who send it: what a page shows alone.
_BROADCAST_SHOWN = (
    *("state", "title", "text", "attachments", "audience", "author", "submitter", "send_at", "audience_count"),
    *("without_sender", "reason", "approver_name", "approved_at", "started_at", "created_all_at", "finished_at"),
)
_BROADCAST = _differ(_BROADCAST_SHOWN)
# Each night's sync asks after everybody and finds most of them as they were.
_CUSTOMER = _differ(
    (
        *("external_userid", "name", "avatar", "type", "gender", "unionid", "position", "corp_name", "corp_full_name"),
        *("first_added_at", "tag_ids"),
    )
)
_RELATION = _differ(
    (
        *("customer_id", "staff_id", "status", "status_at", "remark", "description", "remark_corp_name"),
        *("remark_mobiles", "add_way", "state", "oper_userid", "tag_ids", "personal_tags", "added_at", "ended_at"),
        "last_talk_at",
    )
)
# Asked every few seconds: only what it brings is news.
_CURSOR = "(OLD.moved_at, OLD.failing_since) IS DISTINCT FROM (NEW.moved_at, NEW.failing_since)"
# Leased and tried again: only what became of it is news.
_MEDIA = "(OLD.state, OLD.checked) IS DISTINCT FROM (NEW.state, NEW.checked)"
# Found to be so again and again.
_ALARM = "(OLD.facts, OLD.cleared_at) IS DISTINCT FROM (NEW.facts, NEW.cleared_at)"

# Topic, table, function, and which updates are news.
_SHOWN = [
    ("customers", "customer", "touch_customer", _CUSTOMER),
    ("customers", "follow_relation", "touch_relation", _RELATION),
    ("customers", "timeline_entry", "touch_timeline", _ANY),
    ("customers", "tag", "touch_everybody", _ANY),
    ("customers", "tag_group", "touch_everybody", _ANY),
    ("customers", "group_chat", "touch_group", _GROUP),
    ("customers", "group_member", "touch_group_member", _ANY),
    ("alerts", "alert", "touch_alert", _BUT_FOLDED),
    ("alerts", "alert_notice", "touch_alert_notice", _ANY),
    ("handovers", "handover", "touch_staff", _ANY),
    ("handovers", "handover_slice", "touch_handover_part", _ANY),
    ("handovers", "handover_item", "touch_handover_part", _ANY),
    ("handovers", "handover_notice", "touch_handover_part", _ANY),
    ("messages", "conversation", "touch_everybody", _ANY),
    ("messages", "archive_cursor", "touch_everybody", _CURSOR),
    ("messages", "archive_parked", "touch_everybody", _ANY),
    ("messages", "archive_media", "touch_everybody", _MEDIA),
    ("messages", "archive_incident", "touch_everybody", _ANY),
    ("rules", "rule", "touch_everybody", _ANY),
    ("rules", "rule_version", "touch_everybody", _ANY),
    ("rules", "rule_scan", "touch_everybody", _ANY),
    ("broadcasts", "broadcast", "touch_broadcast", _BROADCAST),
    ("broadcasts", "broadcast_slice", "touch_staff", _ANY),
    ("broadcasts", "broadcast_policy", "touch_everybody", _ANY),
    ("broadcasts", "broadcast_policy_change", "touch_everybody", _ANY),
    ("callbacks", "wecom_inbox", "touch_everybody", _ANY),
    ("sync", "sync_run", "touch_everybody", _ANY),
    ("sync", "sync_step", "touch_everybody", _ANY),
    ("alarms", "alarm", "touch_everybody", _ALARM),
    ("tasks", "unread_item", "touch_everybody", _ANY),
]
# Work that waits for a person is a state of rows that change all the time.
_FIRST = ("wecom_inbox", "outbox", "wecom_call", "customer", "follow_relation", "timeline_entry", "alert", "handover")
_PARKED = ["outbox", "wecom_inbox", "wecom_call", "clock_job", "work_failure", "archive_cursor"]


def upgrade() -> None:
    op.create_table(
        "topic_touch",
        sa.Column("xid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("xid", "topic", "staff_id", name=op.f("pk_topic_touch")),
    )
    # In the order in which the service comes to them, before any is changed.
    op.execute(f"LOCK TABLE {', '.join(_FIRST)} IN SHARE ROW EXCLUSIVE MODE")
    statements = [_function(name, whom) for name, whom in _WHOM.items()]
    for topic, table, function, news in _SHOWN:
        statements.append(_trigger(topic, table, function, "INSERT OR DELETE"))
        statements.append(_trigger(topic, table, function, "UPDATE", news))
    for table in _PARKED:
        statements.append(_trigger("tasks", table, "touch_everybody", "INSERT", "NEW.state = 'parked'"))
        statements.append(_trigger("tasks", table, "touch_everybody", "DELETE", "OLD.state = 'parked'"))
        parked = f"'parked' IN (OLD.state, NEW.state) AND {_ANY}"
        statements.append(_trigger("tasks", table, "touch_everybody", "UPDATE", parked))
    # A newer scan of a rule takes the place of one that stopped.
    statements.append(_trigger("tasks", "rule_scan", "touch_everybody", "INSERT OR DELETE"))
    stopped = f"'parked' IN (OLD.state, NEW.state) AND {_ANY}"
    statements.append(_trigger("tasks", "rule_scan", "touch_everybody", "UPDATE", stopped))
    tried = f"greatest(OLD.attempts, NEW.attempts) >= 8 AND {_ANY}"  # parked from the eighth failure on
    statements.append(_trigger("tasks", "archive_media", "touch_everybody", "UPDATE", tried))
    statements.append(_trigger("tasks", "archive_media", "touch_everybody", "INSERT", "NEW.attempts >= 8"))
    statements.append(_trigger("tasks", "archive_media", "touch_everybody", "DELETE", "OLD.attempts >= 8"))
    op.get_bind().exec_driver_sql(";\n".join(statements))


def _function(name: str, whom: str) -> str:
    insert = f"{_TOUCH}TG_ARGV[0], {whom}, now(){_ONCE};"
    body = insert if "changed" not in whom else f"{_ROW} {insert}"
    if "changed.staff_id" in whom:  # who had the row before is told that it went
        moved = "TG_OP = 'UPDATE' AND OLD.staff_id IS DISTINCT FROM NEW.staff_id"
        body += f" IF {moved} THEN changed := OLD; {insert} END IF;"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE changed record; path text;"
        f" BEGIN {_ENTER} {body} {_LEAVE} RETURN NULL; END $$"
    )


def _trigger(topic: str, table: str, function: str, events: str, news: str = "") -> str:
    name = f"touch_{topic}_{events.split()[0].lower()}"
    when = f" WHEN ({news})" if news else ""
    return f"CREATE TRIGGER {name} AFTER {events} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {function}('{topic}')"
