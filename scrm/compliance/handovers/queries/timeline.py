"""Handovers that a customer is part of, for the customer's timeline."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from scrm.compliance.handovers.models import Handover, HandoverItem, ItemKind
from scrm.compliance.handovers.queries.cases import visible
from scrm.core import naming
from scrm.identity.actor import Actor
from scrm.identity.permissions import Permission
from scrm.identity.queries import staff_by_ids
from scrm.shared.timeline.kind import Doer, SourceName
from scrm.shared.timeline.kinds.handover import KIND
from scrm.shared.timeline.source import Asked, Happening, Record, Source

_USER = "user:"


def _read(session: Session, actor: Actor, asked: Asked) -> Sequence[Happening]:
    """By when it was taken over, else asked for, else entered: a customer is in a handful of handovers."""
    if asked.subject.external_userid is None:
        return []
    at = func.coalesce(HandoverItem.finished_at, HandoverItem.requested_at, HandoverItem.added_at)
    cases = visible(actor).subquery()
    query = (
        select(HandoverItem, cases.c.staff_id, cases.c.created_by, at)
        .join(cases, cases.c.id == HandoverItem.handover_id)
        .where(
            HandoverItem.kind == ItemKind.CUSTOMER.value,
            HandoverItem.wecom_id == asked.subject.external_userid,
            tuple_(at, HandoverItem.id) < tuple_(*asked.before),
        )
    )
    rows = session.execute(query.order_by(at.desc(), HandoverItem.id.desc()).limit(asked.limit)).all()
    staff = staff_by_ids(session, (row[0].takeover_id for row in rows if row[0].takeover_id is not None))
    happenings = []
    for item, staff_id, author, moment in rows:
        successor = staff.get(item.takeover_id)
        to = {"to": successor.name or successor.userid} if successor is not None else {}
        by_hand = author.startswith(_USER)
        happenings.append(
            Happening(
                id=item.id,
                kind=KIND.name,
                at=moment,
                staff_id=staff_id,
                facts={**to, "item_state": item.state},
                by=Doer.ACCOUNT if by_hand else None,
                account=author.removeprefix(_USER) if by_hand else None,
                reference=f"handover:{item.handover_id}",
            )
        )
    return happenings


def _seen(session: Session, actor: Actor, ids: list[str]) -> Iterable[int]:
    return session.scalars(visible(actor).where(Handover.id.in_(naming.numbers(ids))).with_only_columns(Handover.id))


SOURCE = Source(
    name=SourceName.HANDOVERS,
    read=_read,
    permission=Permission.HANDOVERS_READ,
    records={"handover": Record(Permission.HANDOVERS_READ, _seen)},
)
