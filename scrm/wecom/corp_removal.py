"""Removing a corp: its rows on the platform go, and that it was removed stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.errors import AppError
from scrm.wecom.models import Corp, CorpRemoval, WecomApp


class CorpInUse(AppError):
    status = 503
    code = "corp_in_use"
    zh = "企业 {corp_id} 已停止服务，但还有任务在使用它的数据，请一分钟后再试。"
    en = "The corp {corp_id} is no longer served, but work on its data has not ended; try again in a minute."


def remove(session: Session, number: int, actor: audit.Who, facts: dict[str, Any]) -> None:
    """Forget the corp and its credentials; recorded here, since the corp's own trail goes with its schema."""
    corp = session.get_one(Corp, number, with_for_update=True)
    session.add(
        CorpRemoval(
            number=number,
            corp_id=corp.corp_id,
            name=corp.name,
            actor=actor.audit_name,
            facts=facts,
            removed_at=clock.now(),
        )
    )
    session.execute(delete(WecomApp).where(WecomApp.corp_no == number))
    session.delete(corp)
    session.flush()


def removals(session: Session) -> Sequence[CorpRemoval]:
    """Corps that were removed, the latest last."""
    return session.scalars(select(CorpRemoval).order_by(CorpRemoval.removed_at)).all()
