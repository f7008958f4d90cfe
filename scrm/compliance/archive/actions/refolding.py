"""What archived messages are found by, derived anew where it is of an earlier folding."""

from sqlalchemy import ARRAY, BigInteger, delete, exists, func, literal, select, true, tuple_, update

from scrm.compliance.archive.models import Message, UnfoldedMessages
from scrm.core import chinese, search
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.registry import OwnWay, Waiting

BATCH = 1_000  # messages looked at in one transaction: some 20 ms, since few of them change
_LEFT = exists(select(UnfoldedMessages.id))


def _messages(corp: int, lane: Lane) -> int:
    """The next thousand messages in order of time; how many there were. The place stands in a row, so it goes on."""
    if lane is not Lane.BULK:
        return 0
    with transaction(corp) as session:
        place = session.scalars(select(UnfoldedMessages).with_for_update(skip_locked=True)).first()
        if place is None:
            return 0
        behind = tuple_(Message.at, Message.id) > (place.at, place.behind)
        query = select(Message.at, Message.id, Message.words).where(behind)
        rows = session.execute(query.order_by(Message.at, Message.id).limit(BATCH)).all()
        for at, number, words in rows:
            folded = chinese.simplified(words)
            if folded != words:
                # By a function of the owner's: the service may only add to messages.
                codes = literal(search.bigrams(folded), ARRAY(BigInteger))
                session.execute(select(func.refold_message(at, number, folded, codes)))
        if rows:
            session.execute(update(UnfoldedMessages).values(at=rows[-1].at, behind=rows[-1].id))
        else:
            session.execute(delete(UnfoldedMessages))
        return len(rows)


QUEUE = OwnWay(
    name="message_texts",
    waiting=Waiting(model=UnfoldedMessages, where=true(), due_at=None),
    parked=None,
    batch=_messages,
    is_due=lambda _corp, lane: _LEFT if lane is Lane.BULK else None,
)
