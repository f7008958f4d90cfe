"""Figures of the workbench; days are China's."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, exists, func, select
from sqlalchemy.orm import Session

from scrm.contracts.groups import groups
from scrm.core import clock
from scrm.customers.file.models import LIVE, LOST, Customer, FollowRelation, TimelineEntry
from scrm.customers.file.queries.owners import left_behind
from scrm.customers.file.queries.people import awaiting, visible, visible_relations
from scrm.customers.file.schemas import CustomerSummary, DayCount, StaffCount
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_ids

_RANKED = 10


def summary(session: Session, actor: Actor, *, days: int) -> CustomerSummary:
    """Counts, daily growth of the last ``days`` days, and who added most in them."""
    now = clock.now()
    since = clock.china_day_start(now, days_ago=days - 1)
    added, lost = _per_day(session, actor, since)
    today = now.astimezone(clock.CHINA).date()
    yesterday = today - dt.timedelta(days=1)
    monday = today - dt.timedelta(days=today.weekday())
    first = today - dt.timedelta(days=days - 1)
    return CustomerSummary(
        customers=_count(session, visible(actor)),
        active_follows=_count(session, visible_relations(actor).where(FollowRelation.status.in_(LIVE))),
        groups=_groups(session, actor),
        added_today=added.get(today, 0),
        lost_today=lost.get(today, 0),
        added_yesterday=added.get(yesterday, 0),
        lost_yesterday=lost.get(yesterday, 0),
        added_this_week=sum(count for day, count in added.items() if day >= monday),
        lost_this_week=sum(count for day, count in lost.items() if day >= monday),
        awaiting_handover=_awaiting(session, actor),
        days=[
            DayCount(day=day, added=added.get(day, 0), lost=lost.get(day, 0))
            for day in (first + dt.timedelta(days=offset) for offset in range(days))
        ],
        ranking=_ranking(session, actor, since),
    )


def total(session: Session) -> int:
    """How many customers the corp's file holds, those who left included."""
    return session.scalar(select(func.count()).select_from(Customer)) or 0


def _groups(session: Session, actor: Actor) -> int:
    """Living groups; within a data scope those that its members own."""
    if actor.scope is None:
        return groups().living(session, None)
    return groups().living(session, [staff.userid for staff in staff_by_ids(session, actor.scope).values()])


def _per_day(session: Session, actor: Actor, since: dt.datetime) -> tuple[dict[dt.date, int], dict[dt.date, int]]:
    # Yesterday is compared with today, and the week is counted from Monday, even where only one day is asked for.
    now = clock.now()
    start = min(since, clock.china_day_start(now, days_ago=max(now.astimezone(clock.CHINA).weekday(), 1)))

    def counts(column: Any, query: Select[Any]) -> dict[dt.date, int]:
        day = cast(func.timezone("Asia/Shanghai", column), Date)
        rows = session.execute(query.with_only_columns(day, func.count()).where(column >= start).group_by(day)).all()
        return {row[0]: row[1] for row in rows}

    relations = visible_relations(actor)
    ended = relations.where(FollowRelation.status.in_(LOST))
    return counts(FollowRelation.added_at, relations.where(~_taken_over())), counts(FollowRelation.ended_at, ended)


def _awaiting(session: Session, actor: Actor) -> int:
    customers = awaiting(actor).with_only_columns(FollowRelation.customer_id).union(left_behind(actor))
    return _count(session, select(customers.subquery()))


def _taken_over() -> ColumnElement[bool]:
    """A relation that began with a transfer: the corp has won nobody by it."""
    return exists().where(
        TimelineEntry.customer_id == FollowRelation.customer_id,
        TimelineEntry.staff_id == FollowRelation.staff_id,
        TimelineEntry.at == FollowRelation.added_at,
        TimelineEntry.kind == "taken_over",
    )


def _ranking(session: Session, actor: Actor, since: dt.datetime) -> list[StaffCount]:
    added = func.count()
    query = (
        visible_relations(actor)
        .with_only_columns(FollowRelation.staff_id, added)
        .where(FollowRelation.added_at >= since, ~_taken_over())
        .group_by(FollowRelation.staff_id)
        .order_by(added.desc(), FollowRelation.staff_id)
        .limit(_RANKED)
    )
    rows = session.execute(query).all()
    staff = staff_by_ids(session, (staff_id for staff_id, _ in rows))
    return [
        StaffCount(
            userid=staff[staff_id].userid, staff_name=staff[staff_id].name or staff[staff_id].userid, added=count
        )
        for staff_id, count in rows
        if staff_id in staff
    ]


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
