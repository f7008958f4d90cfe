"""What archived messages are found by, derived anew where it is of an earlier folding."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, func, literal, select, true, tuple_
from sqlalchemy.orm import Session

from scrm.compliance.archive.models import Message, UnfoldedMessages
from scrm.core import chinese, search
from scrm.core.doorbell import Lane
from scrm.core.queue.nouns import NounQueue

BATCH = 1_000  # messages looked at in one transaction: some 20 ms, since few of them change


def _refold(session: Session, places: Sequence[UnfoldedMessages]) -> None:
    """The next thousand messages in order of time. The place stands in a row, so it goes on."""
    for place in places:
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
            place.at, place.behind = rows[-1].at, rows[-1].id
        else:
            session.delete(place)


QUEUE: NounQueue[UnfoldedMessages] = NounQueue(
    name="message_texts",
    kind="message_text",
    subject_kind="place",
    model=UnfoldedMessages,
    open=true(),
    now=true,
    order=(UnfoldedMessages.id,),
    lane=Lane.BULK,
    batch=1,
    act=_refold,
)
