"""Items of answers that could not be read: kept by id for the page of parked work, and told to whoever concludes."""

from collections.abc import Sequence

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.storable import cleaned
from scrm.wecom.models import UnreadItem
from scrm.wecom.port.unread import Unread

log = structlog.get_logger(__name__)

_LENGTH = 200  # of an id that may be anything


def note(session: Session, method: str, items: Sequence[Unread]) -> None:
    """Keep what an answer of this method could not tell, each once however often it comes."""
    now = clock.now()
    # In one order, so that two answers with the same items do not wait crosswise.
    for item in sorted(items, key=lambda item: (item.kind, item.id)):
        values = {
            "method": method,
            "kind": item.kind,
            "item_id": cleaned(item.id)[:_LENGTH],
            "reason": cleaned(item.reason)[:_LENGTH],
            "times": 1,
            "first_at": now,
            "last_at": now,
        }
        again = {"times": UnreadItem.times + 1, "last_at": now, "reason": values["reason"]}
        session.execute(
            insert(UnreadItem)
            .values(values)
            .on_conflict_do_update(index_elements=["method", "kind", "item_id"], set_=again)
        )
    if items:
        log.warning("wecom.items_unread", method=method, items=len(items), kinds=sorted({item.kind for item in items}))


def forget(session: Session, item_id: int) -> bool:
    """Take an item off the list; if it is still odd, the next answer puts it back. Whether it was there."""
    statement = delete(UnreadItem).where(UnreadItem.id == item_id).returning(UnreadItem.id)
    return session.scalars(statement).first() is not None
