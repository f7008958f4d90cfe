"""Deleted tags are taken off the customers and relations that carry them, a stretch of customers at a time.

In one statement 200,000 of a million took 18 s, and an answer that told of one of them waited as long. Nobody sees a
deleted tag meanwhile: whoever shows or looks for tags leaves out those that are deleted.
"""

from collections.abc import Sequence

from sqlalchemy import and_, delete
from sqlalchemy.orm import Session

from scrm.contracts.customers import wearers
from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.rows import NotNow
from scrm.customers.tags.models import Tag, TagLink

BATCH = 2_000  # customers looked at in one transaction


def _go_on(session: Session, tags: Sequence[Tag]) -> None:
    """One stretch, for all of these tags that have come as far as the first; `NotNow` if somebody is in the way."""
    start = min(tag.worn_from or 0 for tag in tags)
    these = [tag for tag in tags if tag.worn_from == start]
    reached = wearers().take_off(session, [tag.id for tag in these], start, BATCH)
    if reached == start:
        raise NotNow("somebody has the next customer in hand")
    passed = TagLink.customer_id > start
    if reached is not None:
        passed = and_(passed, TagLink.customer_id <= reached)
    session.execute(delete(TagLink).where(TagLink.tag_id.in_([tag.id for tag in these]), passed))
    for tag in these:
        tag.worn_from = reached


QUEUE: NounQueue[Tag] = NounQueue(
    name="deleted_tags",
    kind="deleted_tag",
    subject_kind="tag",
    model=Tag,
    open=Tag.worn_from.is_not(None),
    now=lambda: Tag.worn_from.is_not(None),
    order=(Tag.worn_from, Tag.id),
    lane=Lane.BULK,
    together=True,
    act=_go_on,
)
