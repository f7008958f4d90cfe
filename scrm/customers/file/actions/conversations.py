"""When a member and a customer last talked, as the chat archive tells."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.contracts.archive import ConversationsSeen
from scrm.customers.file.queries.contacts import customer_ids

# Events come in any order, so a later time stays. Rows are locked in one order: two pages must not wait crosswise.
_TAKE = text(
    """
    WITH told AS (
        SELECT userid, customer_id, max(at) AS at
        FROM unnest(CAST(:userids AS text[]), CAST(:customers AS bigint[]), CAST(:times AS timestamptz[]))
             AS told(userid, customer_id, at)
        GROUP BY userid, customer_id
    ), pair AS (
        SELECT r.id, told.at
        FROM told
        JOIN staff s ON lower(s.userid) = lower(told.userid)
        JOIN follow_relation r ON r.customer_id = told.customer_id AND r.staff_id = s.id
        WHERE r.last_talk_at IS NULL OR r.last_talk_at < told.at
        ORDER BY r.id
        FOR UPDATE OF r
    )
    UPDATE follow_relation r SET last_talk_at = pair.at FROM pair WHERE r.id = pair.id
    """
)


def seen(session: Session, event: ConversationsSeen) -> None:
    """Keep the newest time of each pair; pairs that do not follow each other are passed over."""
    if not event.latest:
        return
    known = customer_ids(session, {customer for _, customer, _ in event.latest})
    pairs = [(userid, known[customer], at) for userid, customer, at in event.latest if customer in known]
    if not pairs:
        return
    userids, customers, times = zip(*pairs, strict=True)
    session.execute(_TAKE, {"userids": list(userids), "customers": list(customers), "times": list(times)})
