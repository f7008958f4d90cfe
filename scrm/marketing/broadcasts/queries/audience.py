"""Who would get a broadcast: the same plan that sending makes, before it is made for good."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import Ids, bulk, remarks
from scrm.core import clock
from scrm.identity.actor import Actor
from scrm.identity.queries import active_staff_ids, staff_by_ids
from scrm.marketing.broadcasts import plan as planner
from scrm.marketing.broadcasts import quota
from scrm.marketing.broadcasts.errors import AudienceNotChosen, TagUnknown
from scrm.marketing.broadcasts.models import (
    Broadcast,
    BroadcastSlice,
    BroadcastState,
    QuotaRule,
    RecipientState,
    SliceState,
)
from scrm.marketing.broadcasts.plan import Plan
from scrm.marketing.broadcasts.recipients import ids_of
from scrm.marketing.broadcasts.schemas import Audience, AudienceCount, PreviewRow, QuotaInfo
from scrm.marketing.broadcasts.setting import POLICY
from scrm.shared.approvals.kind import is_needed

PREVIEW = 20
# A place in the customer's quota is taken, or may yet be.
_COUNTING = (RecipientState.PLANNED, RecipientState.CREATED, RecipientState.DELIVERED, RecipientState.IN_DOUBT)


def check_audience(session: Session, audience: Audience) -> None:
    """Raise for tags that do not exist, and for an audience that nobody chose."""
    unknown = bulk().unknown_tags(session, [*audience.all, *audience.any, *audience.none])
    if unknown:
        raise TagUnknown(tags="、".join(unknown[:10]))
    if not audience.all and not audience.any and not audience.everyone:
        raise AudienceNotChosen()


def plan(session: Session, audience: Audience, *, at: dt.datetime, besides: int | None = None) -> Plan:
    """Recipients, senders and who is left out, as of now, for sending at ``at``; reads only.

    ``besides`` is the broadcast itself, whose own slices do not count against the quota.
    """
    edges = bulk().edges(session, audience.all, audience.any, audience.none)
    may_send = np.array(active_staff_ids(session), dtype=np.int64)
    return planner.make(
        edges, may_send=may_send, used_up=used_up(session, POLICY.of(session).quota, at, besides=besides)
    )


def count(session: Session, actor: Actor, audience: Audience, *, at: dt.datetime | None) -> AudienceCount:
    """How many would get it and through how many members, with the first few of them by name."""
    check_audience(session, audience)
    moment = at or clock.now()
    made = plan(session, audience, at=moment)
    preview = _preview(session, actor, made)
    return counted(session, made, at=moment).model_copy(update={"preview": preview})


def counted(session: Session, made: Plan, *, at: dt.datetime) -> AudienceCount:
    """The figures of a plan."""
    rules = POLICY.of(session)
    begins, ends = quota.period(rules.quota, at)
    return AudienceCount(
        matched=made.audience + made.without_sender,
        recipients=len(made.customers),
        over_quota=len(made.over_quota),
        without_sender=made.without_sender,
        senders=len(np.unique(made.staff)),
        calls=sum(1 for _ in made.slices()),
        needs_approval=is_needed(len(made.customers), rules.approval_above),
        quota=QuotaInfo(rule=rules.quota, limit=quota.limit(rules.quota, at), begins_at=begins, ends_at=ends),
        preview=[],
    )


def used_up(session: Session, rule: QuotaRule, at: dt.datetime, *, besides: int | None = None) -> Ids:
    """Customers who have as many of our broadcasts in the period as they may receive.

    Members' own mass messages are unknown here; WeCom counts them and answers with status 3. Fewer broadcasts than the
    limit cannot use anybody's quota up, so most of the time nothing is read.
    """
    begins, ends = quota.period(rule, at)
    most = quota.limit(rule, at)
    ids = session.scalars(
        select(Broadcast.id).where(
            Broadcast.planned_for >= begins, Broadcast.planned_for < ends, Broadcast.state != BroadcastState.DRAFT
        )
    ).all()
    others = [number for number in ids if number != besides]
    if len(others) < most:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(_received(session, others) >= most).astype(np.int64)


def _received(session: Session, broadcast_ids: Sequence[int]) -> Ids:
    """How many of these broadcasts each customer is a recipient of, by customer id."""
    received = np.zeros(1, dtype=np.int64)
    query = (
        select(func.array_send(BroadcastSlice.customer_ids), BroadcastSlice.states)
        .where(BroadcastSlice.broadcast_id.in_(broadcast_ids), BroadcastSlice.state != SliceState.SKIPPED)
        .execution_options(yield_per=50)
    )
    for sent, states in session.execute(query):
        ids = ids_of(sent)[np.isin(np.frombuffer(states, dtype=np.uint8), _COUNTING)]
        if len(ids) and ids.max() >= len(received):
            received = np.concatenate((received, np.zeros(ids.max() + 1 - len(received), dtype=np.int64)))
        received[ids] += 1  # a customer stands at most once in a slice
    return received


def _preview(session: Session, actor: Actor, made: Plan) -> list[PreviewRow]:
    # Spread over the audience, so that it is not all one member's.
    total = len(made.customers)
    chosen = np.unique(np.linspace(0, max(total - 1, 0), min(PREVIEW, total)).astype(int))
    pairs = [(int(made.customers[at]), int(made.staff[at])) for at in chosen]
    names = bulk().names(session, [customer for customer, _ in pairs])
    staff = staff_by_ids(session, [member for _, member in pairs])
    called = remarks().remarks(
        session, actor, [(names[customer].external_userid, staff[member].userid) for customer, member in pairs]
    )
    return [
        PreviewRow(
            external_userid=names[customer].external_userid,
            customer_name=names[customer].name,
            customer_remark=called.get((names[customer].external_userid, staff[member].userid), ""),
            userid=staff[member].userid,
            staff_name=staff[member].name or staff[member].userid,
        )
        for customer, member in pairs
    ]
