"""Broadcasts within the data scope, and their reports."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Select, cast, exists, func, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import bulk
from scrm.core import clock, search
from scrm.core.paging import Rows
from scrm.identity.actor import Actor
from scrm.marketing.broadcasts.approvals import ApprovalKind
from scrm.marketing.broadcasts.approvals.large_broadcast import KIND
from scrm.marketing.broadcasts.errors import BroadcastNotFound, MediaNotFound
from scrm.marketing.broadcasts.models import (
    Broadcast,
    BroadcastMedia,
    BroadcastSlice,
    BroadcastState,
    RecipientState,
    SliceState,
)
from scrm.marketing.broadcasts.queries.policy import to_confirm
from scrm.marketing.broadcasts.schemas import (
    Audience,
    BroadcastDetail,
    BroadcastQuery,
    BroadcastRow,
    BroadcastSummary,
    CallProgress,
    Report,
    TagName,
    WaitingApproval,
)
from scrm.shared.records import pages

WATCHED = dt.timedelta(days=15)  # how long results are read after the last task was created
UNDER_WAY = (BroadcastState.PLANNING, BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.COLLECTING)


def visible(actor: Actor) -> Select[Broadcast]:
    """Broadcasts in which somebody within the data scope sends; all of them where the scope is the whole corp."""
    query = select(Broadcast)
    if actor.scope is None:
        return query
    return query.where(
        exists().where(BroadcastSlice.broadcast_id == Broadcast.id, BroadcastSlice.staff_id.in_(actor.scope))
    )


def visible_slices(actor: Actor, query: Any) -> Any:
    """A query on slices, cut down to the parts of members within the data scope."""
    return query if actor.scope is None else query.where(BroadcastSlice.staff_id.in_(actor.scope))


def visible_broadcast(session: Session, actor: Actor, broadcast_id: int, *, lock: bool = False) -> Broadcast:
    """One broadcast, locked for a change if asked; raises `BroadcastNotFound`."""
    query = visible(actor).where(Broadcast.id == broadcast_id)
    broadcast = session.scalars(query.with_for_update() if lock else query).first()
    if broadcast is None:
        raise BroadcastNotFound()
    return broadcast


def broadcast_page(session: Session, actor: Actor, page: BroadcastQuery) -> Rows[BroadcastRow]:
    """A page of broadcasts, newest first."""
    query = visible(actor)
    if page.state is not None:
        query = query.where(Broadcast.state == page.state.value)
    if page.q:
        titles = query.with_only_columns(Broadcast.id, Broadcast.title)
        query = query.where(Broadcast.id.in_(search.among(page.q, session.execute(titles))))
    rows, cells = pages.page(session, actor, "broadcast", page, query)
    figures = figures_of(session, actor, [broadcast.id for broadcast in rows.items])
    return rows.map(lambda broadcast: BroadcastRow(**_row(broadcast, figures), cells=cells.get(broadcast.id)))


def broadcast_detail(session: Session, actor: Actor, broadcast_id: int) -> BroadcastDetail:
    """One broadcast with what it says, to whom, and its report."""
    broadcast = visible_broadcast(session, actor, broadcast_id)
    audience = Audience.model_validate(broadcast.audience)
    wanted = [*audience.all, *audience.any, *audience.none]
    names = bulk().tag_names(session, wanted)
    created = broadcast.created_all_at
    return BroadcastDetail(
        **_row(broadcast, figures_of(session, actor, [broadcast.id])),
        text=broadcast.text,
        attachments=broadcast.attachments,  # type: ignore[arg-type]  # pydantic reads them into their models
        audience=audience,
        tags=[TagName(tag_id=tag, name=names.get(tag, tag)) for tag in dict.fromkeys(wanted)],
        without_sender=broadcast.without_sender,
        submitted_at=broadcast.submitted_at,
        approver_name=broadcast.approver_name,
        approved_at=broadcast.approved_at,
        created_all_at=created,
        watched_until=created + WATCHED if created is not None else None,
        may_approve=KIND.may_decide(actor, broadcast),
        approval=_approval(broadcast, actor) if KIND.waits(broadcast) else None,
    )


def _approval(broadcast: Broadcast, actor: Actor) -> WaitingApproval:
    """What a page shows of the wait; who wrote it is known by name, another who handed it in by the account."""
    other = broadcast.submitter if broadcast.submitter != broadcast.author else None
    return WaitingApproval(
        kind=ApprovalKind(KIND.name),
        asked_by=other.removeprefix("user:") if other is not None else broadcast.author_name,
        asked_at=broadcast.submitted_at or broadcast.updated_at,
        may_decide=KIND.may_decide(actor, broadcast),
        may_withdraw=KIND.may_withdraw(actor, broadcast),
    )


def figures_of(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, tuple[Report, CallProgress]]:
    """Report and progress by broadcast; read from the counts of the slices alone."""
    if not ids:
        return {}
    sums = [count_of(state).label(state.name.lower()) for state in RecipientState]
    is_call = BroadcastSlice.state != SliceState.SKIPPED
    query = visible_slices(
        actor,
        select(
            BroadcastSlice.broadcast_id,
            func.coalesce(func.sum(BroadcastSlice.total), 0).label("audience"),
            *sums,
            func.count().filter(is_call).label("calls"),
            func.count().filter(BroadcastSlice.msgid.is_not(None)).label("calls_created"),
            func.count().filter(BroadcastSlice.state == SliceState.UNKNOWN).label("calls_unknown"),
            func.count().filter(BroadcastSlice.state == SliceState.PARKED).label("calls_parked"),
            func.count().filter(BroadcastSlice.state == SliceState.REFUSED).label("calls_refused"),
            func.count(BroadcastSlice.staff_id.distinct()).filter(is_call).label("senders"),
            func.count(BroadcastSlice.staff_id.distinct())
            .filter(BroadcastSlice.confirmed_at.is_not(None))
            .label("senders_confirmed"),
        ).where(BroadcastSlice.broadcast_id.in_(ids)),
    ).group_by(BroadcastSlice.broadcast_id)
    return {
        row["broadcast_id"]: (
            Report.model_validate(dict(row), extra="ignore"),
            CallProgress.model_validate(dict(row), extra="ignore"),
        )
        for row in session.execute(query).mappings()
    }


def count_of(state: RecipientState) -> Any:
    """The number of recipients in a state over the slices of a query."""
    return func.coalesce(func.sum(cast(BroadcastSlice.counts[str(int(state))].astext, Integer)), 0)


def picture(session: Session, media_id: int) -> BroadcastMedia:
    """A stored picture; raises `MediaNotFound`."""
    row = session.get(BroadcastMedia, media_id)
    if row is None:
        raise MediaNotFound()
    return row


def summary(session: Session, actor: Actor) -> BroadcastSummary:
    """What the workbench says: what waits for somebody, and what reached customers this month."""
    today = clock.now().astimezone(clock.CHINA).date()
    month = dt.datetime.combine(today.replace(day=1), dt.time(), clock.CHINA)
    scoped = visible(actor).order_by(None).subquery()
    states = session.execute(
        select(
            func.count().filter(scoped.c.state == BroadcastState.WAITING_APPROVAL),
            func.count().filter(scoped.c.state.in_(UNDER_WAY)),
        )
    ).one()
    sums = session.execute(
        visible_slices(
            actor,
            select(
                func.coalesce(
                    func.sum(cast(BroadcastSlice.counts[str(int(RecipientState.DELIVERED))].astext, Integer)).filter(
                        Broadcast.started_at >= month
                    ),
                    0,
                ),
                func.count(BroadcastSlice.staff_id.distinct()).filter(
                    BroadcastSlice.state == SliceState.ACCEPTED, BroadcastSlice.confirmed_at.is_(None)
                ),
            ).join(Broadcast, Broadcast.id == BroadcastSlice.broadcast_id),
        )
    ).one()
    return BroadcastSummary(
        waiting_approval=states[0],
        limits_to_confirm=to_confirm(session, actor),
        under_way=states[1],
        delivered_this_month=sums[0],
        waiting_for_staff=sums[1],
    )


def _row(broadcast: Broadcast, figures: dict[int, tuple[Report, CallProgress]]) -> dict[str, Any]:
    report, progress = figures.get(broadcast.id, (_NOBODY, _NO_CALLS))
    return {
        "id": broadcast.id,
        "title": broadcast.title,
        "state": BroadcastState(broadcast.state),
        "author_name": broadcast.author_name,
        "send_at": broadcast.send_at,
        "started_at": broadcast.started_at,
        "finished_at": broadcast.finished_at,
        "created_at": broadcast.created_at,
        "reason": broadcast.reason,
        "report": report,
        "progress": progress,
    }


_NOBODY = Report(**dict.fromkeys(Report.model_fields, 0))
_NO_CALLS = CallProgress(**dict.fromkeys(CallProgress.model_fields, 0))
