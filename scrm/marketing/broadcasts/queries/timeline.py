"""Broadcasts that a customer got, for the customer's timeline."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from scrm.core import clock, naming
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts.models import (
    Broadcast,
    BroadcastRecipient,
    BroadcastSlice,
    RecipientState,
    SliceState,
    UnlistedSlice,
)
from scrm.marketing.broadcasts.queries.broadcasts import visible, visible_slices
from scrm.shared.timeline.kind import SourceName
from scrm.shared.timeline.kinds.broadcast import KIND
from scrm.shared.timeline.source import Asked, Happening, Record, Source

_TIME = 4  # bytes of a sending time


def _read(session: Session, actor: Actor, asked: Asked) -> Sequence[Happening]:
    """By when the member sent it, else when the task was created or asked for; 92 days are a hundred or so.

    Members see what they and those whom they lead have sent, as their phones show it, whether or not they may read
    broadcasts. The arrays are opened for those shown alone.
    """
    at = func.coalesce(
        BroadcastSlice.confirmed_at, BroadcastSlice.accepted_at, BroadcastSlice.asked_at, Broadcast.started_at
    )
    mine = (
        select(BroadcastRecipient.slice_id, BroadcastRecipient.place, Broadcast.id, Broadcast.title, at.label("at"))
        .join(BroadcastSlice, BroadcastSlice.id == BroadcastRecipient.slice_id)
        .join(Broadcast, Broadcast.id == BroadcastSlice.broadcast_id)
        .where(
            BroadcastRecipient.customer_id == asked.subject.customer_id,
            # Withdrawn before it was asked for once more: nothing has gone to anybody.
            BroadcastSlice.state != SliceState.PLANNED,
            tuple_(at, BroadcastSlice.id) < tuple_(*asked.before),
        )
        .order_by(at.desc(), BroadcastSlice.id.desc())
        .limit(asked.limit)
    )
    shown = visible_slices(actor, mine).subquery()
    rows = session.execute(
        select(
            shown,
            BroadcastSlice.staff_id,
            func.get_byte(BroadcastSlice.states, shown.c.place).label("state"),
            func.substring(BroadcastSlice.sent_times, shown.c.place * _TIME + 1, _TIME).label("sent"),
        )
        .join(BroadcastSlice, BroadcastSlice.id == shown.c.slice_id)
        .order_by(shown.c.at.desc(), shown.c.slice_id.desc())
    ).all()
    return [
        Happening(
            id=row.slice_id,
            kind=KIND.name,
            at=row.at,
            staff_id=row.staff_id,
            facts={
                "title": row.title,
                "recipient_state": RecipientState(row.state).name.lower(),
                **_sent_at(row.sent),
            },
            reference=f"broadcast:{row.id}",
        )
        for row in rows
    ]


def _sent_at(sent: bytes | None) -> dict[str, str]:
    seconds = int.from_bytes(sent, "big") if sent else 0
    return {"sent_at": clock.from_unix(seconds).isoformat()} if seconds else {}


def _gathering(session: Session) -> bool:
    return session.scalar(select(select(UnlistedSlice.id).exists())) is True


def _seen(session: Session, actor: Actor, ids: list[str]) -> Iterable[int]:
    return session.scalars(visible(actor).where(Broadcast.id.in_(naming.numbers(ids))).with_only_columns(Broadcast.id))


SOURCE = Source(
    name=SourceName.BROADCASTS,
    read=_read,
    records={"broadcast": Record(Permission.BROADCASTS_READ, _seen)},
    gathering=_gathering,
)
