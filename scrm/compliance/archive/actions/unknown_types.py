"""Counting the types of message that this version does not know: whoever runs the service sees that there are some."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.archive import content
from scrm.compliance.archive.actions.prepared import Prepared
from scrm.compliance.archive.models import UnknownType
from scrm.core import clock

_LONGEST = 60  # characters of a type's name
_MOST = 100  # types that are told apart; the rest goes under one name
_REST = "…"


def count(session: Session, messages: Sequence[Prepared]) -> None:
    """Count those of types that are not known."""
    found = Counter(message.msgtype[:_LONGEST] for message in messages if not content.is_known(message.msgtype))
    if not found:
        return
    known = set(session.scalars(select(UnknownType.msgtype)))
    counts: Counter[str] = Counter()
    for msgtype, messages_of in found.items():
        counts[msgtype if msgtype in known or len(known) < _MOST else _REST] += messages_of
    statement = insert(UnknownType).values(
        [{"msgtype": msgtype, "messages": number, "last_at": clock.now()} for msgtype, number in sorted(counts.items())]
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["msgtype"],
            set_={
                "messages": UnknownType.messages + statement.excluded.messages,
                "last_at": func.greatest(UnknownType.last_at, statement.excluded.last_at),
            },
        )
    )
