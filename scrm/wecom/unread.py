"""Items of answers that could not be read: kept by id for the page of parked work, and told to whoever concludes."""

from collections.abc import Sequence

import structlog
from sqlalchemy import func, literal, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.core import clock
from scrm.core.queue.registry import Parked
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


def _forget(session: Session, row: UnreadItem) -> None:
    """Take an item off the list; if it is still odd, the next answer puts it back."""
    session.delete(row)


PARKED = Parked(
    kind="item",
    model=UnreadItem,
    where=true(),
    what=func.concat_ws(" ", UnreadItem.method, UnreadItem.kind),
    subject=UnreadItem.item_id,
    state=literal("unread"),
    attempts=UnreadItem.times,
    since=UnreadItem.first_at,
    replay=_forget,
)
