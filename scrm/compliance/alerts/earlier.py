"""Who was told of alerts by a release before 0.2, which had a table of its own for it; the next release drops it.

Its rows are moved to the notices of all rooms by a job of the clock, and are shown meanwhile. Cards that had been asked
for and not answered are answered to the moved rows.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.compliance.alerts.notices import alert_raised, words_found
from scrm.compliance.alerts.replies import HitNoticeContext, NoticeContext
from scrm.shared.notices import telling
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.messages import AppMessageReceipt

_BATCH = 2_000
_KIND = "CASE a.kind WHEN 'word_hit' THEN 'words_found' ELSE 'alert_raised' END"
_MOVE = f"""
WITH gone AS (
    DELETE FROM alert_notice WHERE id IN (SELECT n.id FROM alert_notice n JOIN alert a ON a.id = n.alert_id
        WHERE {{which}} ORDER BY n.id LIMIT :batch FOR UPDATE OF n) RETURNING *
), kept AS (
    INSERT INTO notice (kind, record, record_id, userid, state, msgid, reason, created_at, finished_at)
    SELECT {_KIND}, 'alert', g.alert_id, g.userid, g.state, g.msgid, g.reason, g.created_at, g.finished_at
    FROM gone g JOIN alert a ON a.id = g.alert_id ORDER BY g.id ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
"""  # nosec B608: parts of this file alone
TOLD = text(
    f"SELECT {_KIND} AS kind, n.userid, n.state, n.reason, n.created_at, n.finished_at"  # nosec B608
    " FROM alert_notice n JOIN alert a ON a.id = n.alert_id WHERE n.alert_id = :id ORDER BY n.id"
)


def move(session: Session, _carried: dict[str, Any]) -> bool:
    """Move a batch of rows; true if there may be more."""
    return _moved(session, "true") == _BATCH


def answered(session: Session, outcome: Outcome[AppMessageReceipt], context: NoticeContext) -> None:
    """WeCom's answer to the card of one alert."""
    _moved(session, "n.alert_id = :alert", alert=context.alert_id)
    telling.settle(session, alert_raised.KIND, [context.alert_id], context.userids, outcome)


def hits_answered(session: Session, outcome: Outcome[AppMessageReceipt], context: HitNoticeContext) -> None:
    """WeCom's answer to the card of all hits that had waited for it."""
    while _moved(session, "n.state = 'waiting' AND a.kind = 'word_hit'") == _BATCH:
        pass
    telling.settle(session, words_found.KIND, None, context.userids, outcome)


def _moved(session: Session, which: str, **values: Any) -> int:
    statement = text(_MOVE.format(which=which))
    return int(session.scalar(statement, {**values, "batch": _BATCH}) or 0)
