"""When a member and a customer last talked, as the chat archive tells."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.contracts.archive import ConversationsSeen

# Events come in any order, so a later time stays. Rows are locked in one order: two pages must not wait crosswise.
_TAKE = text(
    """
    WITH told AS (
        SELECT userid, external_userid, max(at) AS at
        FROM unnest(CAST(:userids AS text[]), CAST(:customers AS text[]), CAST(:times AS timestamptz[]))
             AS told(userid, external_userid, at)
        GROUP BY userid, external_userid
    ), pair AS (
        SELECT r.id, told.at
        FROM told
        JOIN customer c ON c.external_userid = told.external_userid
        JOIN staff s ON lower(s.userid) = lower(told.userid)
        JOIN follow_relation r ON r.customer_id = c.id AND r.staff_id = s.id
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
    userids, customers, times = zip(*event.latest, strict=True)
    session.execute(_TAKE, {"userids": list(userids), "customers": list(customers), "times": list(times)})
