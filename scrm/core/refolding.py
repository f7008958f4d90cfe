"""Search texts of an earlier folding are derived anew, a hundred rows at a time, behind everything else.

A queue per table: whoever changes a folding raises the table's version, and the rows below it are work.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.registry import OwnWay, Waiting
from scrm.core.queue.rows import BATCH


def queue(name: str, model: Any, version: int, refold: Callable[[Session, Sequence[Any]], None]) -> OwnWay:
    """The queue of one table with the columns of `scrm.core.search.Searched`; ``refold`` gets locked rows."""
    stale = model.text_version < version

    def drain_batch(corp: int, lane: Lane) -> int:
        if lane is not Lane.BULK:
            return 0
        with transaction(corp) as session:
            query = select(model).where(stale).order_by(model.id).limit(BATCH)
            rows = session.scalars(query.with_for_update(skip_locked=True)).all()
            refold(session, rows)
            return len(rows)

    return OwnWay(
        name=name,
        waiting=Waiting(model=model, where=stale, due_at=None),
        parked=None,
        batch=drain_batch,
        is_due=lambda _corp, lane: exists().where(stale) if lane is Lane.BULK else None,
    )
