"""Who was told of handovers by a release before 0.2, which had a table of its own for it; the next release drops it.

Its rows are moved to the notices of all rooms by a job of the clock, and are shown meanwhile. Cards that had been asked
for and not answered are answered to the moved rows.
"""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.compliance.handovers.notices import BY_STEP
from scrm.compliance.handovers.replies import NoticeContext
from scrm.shared.notices import telling
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.messages import AppMessageReceipt

_BATCH = 2_000
_KIND = "(ARRAY['handover_opened', 'handover_late', 'handover_escalated'])[n.step + 1]"
_MOVE = f"""
WITH n AS (
    DELETE FROM handover_notice WHERE id IN (SELECT id FROM handover_notice
        WHERE {{which}} ORDER BY id LIMIT :batch FOR UPDATE) RETURNING *
), kept AS (
    INSERT INTO notice (kind, record, record_id, userid, state, msgid, reason, created_at, finished_at)
    SELECT {_KIND}, 'handover', n.handover_id, n.userid, n.state, n.msgid, n.reason, n.created_at, n.finished_at
    FROM n ORDER BY n.id ON CONFLICT DO NOTHING
)
SELECT count(*) FROM n
"""  # nosec B608: parts of this file alone
TOLD = text(
    f"SELECT {_KIND} AS kind, n.userid, n.state, n.reason, n.created_at, n.finished_at"  # nosec B608
    " FROM handover_notice n WHERE n.handover_id = :id ORDER BY n.id"
)


def move(session: Session, _carried: dict[str, Any]) -> bool:
    """Move a batch of rows; true if there may be more."""
    return _moved(session, "true") == _BATCH


def take_over(session: Session, number: int) -> None:
    """Move what is left of one handover, before somebody is told of it: nobody twice of one step."""
    _moved(session, "handover_id = :handover", handover=number)


def answered(session: Session, outcome: Outcome[AppMessageReceipt], context: NoticeContext) -> None:
    """WeCom's answer to a card."""
    take_over(session, context.handover_id)
    telling.settle(session, BY_STEP[context.step], [context.handover_id], context.userids, outcome)


def _moved(session: Session, which: str, **values: Any) -> int:
    statement = text(_MOVE.format(which=which))
    return int(session.scalar(statement, {**values, "batch": _BATCH}) or 0)
