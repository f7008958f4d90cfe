"""Who got a broadcast and who did not: by member, by customer, and as a table for a spreadsheet."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scrm.contracts.customers import bulk, remarks
from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.paging import TOTAL_CAP, CursorInvalid, PageQuery, Rows, fetch_rows
from scrm.identity.actor import Actor
from scrm.identity.called import ids_called
from scrm.identity.models import Staff
from scrm.identity.queries import staff_by_ids, staff_by_userid
from scrm.marketing.broadcasts.models import BroadcastSlice, RecipientState, SliceState
from scrm.marketing.broadcasts.queries.broadcasts import count_of, visible_broadcast, visible_slices
from scrm.marketing.broadcasts.recipients import ids_of
from scrm.marketing.broadcasts.schemas import RecipientQuery, RecipientRow, RecipientStatus, SenderRow
from scrm.shared.exports.at_once.table import Row, Table

REMINDERS, REMINDED_WITHIN = 3, dt.timedelta(hours=24)  # per message (page 97610)
_FAILED = (
    RecipientState.NOT_A_FRIEND,
    RecipientState.QUOTA_AT_WECOM,
    RecipientState.UNSENDABLE,
    RecipientState.REFUSED,
    RecipientState.UNCONFIRMED,
    RecipientState.CANCELLED,
    RecipientState.OVER_QUOTA,
)
_WAITING = (RecipientState.PLANNED, RecipientState.CREATED, RecipientState.IN_DOUBT)
_HEADINGS = ("客户 external_userid", "客户", "成员 userid", "成员", "状态", "发送时间", "原因", "备注")
_WORDS = {
    RecipientState.PLANNED: "未创建",
    RecipientState.CREATED: "待员工发送",
    RecipientState.DELIVERED: "已送达",
    RecipientState.NOT_A_FRIEND: "未送达：已不是好友",
    RecipientState.QUOTA_AT_WECOM: "未送达：客户接收已达上限",
    RecipientState.UNSENDABLE: "未送达：企业微信判定不可发送",
    RecipientState.REFUSED: "未送达：任务被企业微信拒绝",
    RecipientState.OVER_QUOTA: "未发送：本周期额度已满",
    RecipientState.CANCELLED: "已取消",
    RecipientState.UNCONFIRMED: "员工未发送",
    RecipientState.IN_DOUBT: "核对中",
}


def sender_page(session: Session, actor: Actor, broadcast_id: int, page: PageQuery) -> Rows[SenderRow]:
    """A page of members with their part, those with the highest id first; ``q`` matches their name and userid."""
    broadcast = visible_broadcast(session, actor, broadcast_id)
    query = visible_slices(
        actor,
        select(
            BroadcastSlice.staff_id.label("staff_id"),
            func.sum(BroadcastSlice.total).label("recipients"),
            count_of(RecipientState.DELIVERED).label("delivered"),
            _sum(_FAILED).label("failed"),
            _sum(_WAITING).label("waiting"),
            func.count().filter(BroadcastSlice.state != SliceState.SKIPPED).label("calls"),
            func.max(BroadcastSlice.confirmed_at).label("confirmed_at"),
            func.max(BroadcastSlice.reason).label("reason"),
        ).where(BroadcastSlice.broadcast_id == broadcast.id),
    )
    if page.q:
        query = query.where(BroadcastSlice.staff_id.in_(ids_called(session, page.q)))
    parts = query.group_by(BroadcastSlice.staff_id).subquery()
    rows = fetch_rows(
        session,
        select(parts),
        page,
        keys=[parts.c.staff_id],
        key_of=lambda row: [row.staff_id],
        make=lambda row: row,
    )
    staff = staff_by_ids(session, [row.staff_id for row in rows.items])
    left = reminders_left(session, broadcast.id, [row.staff_id for row in rows.items])
    return rows.map(
        lambda row: SenderRow(
            userid=staff[row.staff_id].userid,
            staff_name=staff[row.staff_id].name or staff[row.staff_id].userid,
            recipients=row.recipients,
            delivered=row.delivered,
            failed=row.failed,
            waiting=row.waiting,
            calls=row.calls,
            confirmed_at=row.confirmed_at,
            reminders_left=left.get(row.staff_id, 0),
            reason=row.reason,
        )
    )


def reminders_left(session: Session, broadcast_id: int, staff_ids: Sequence[int]) -> dict[int, int]:
    """How many reminders WeCom still takes today for members who have not sent."""
    query = select(BroadcastSlice.staff_id, BroadcastSlice.reminders).where(
        BroadcastSlice.broadcast_id == broadcast_id,
        BroadcastSlice.staff_id.in_(staff_ids),
        BroadcastSlice.state == SliceState.ACCEPTED,
        BroadcastSlice.confirmed_at.is_(None),
        BroadcastSlice.cancel_asked.is_(False),
    )
    found: dict[int, int] = {}
    for staff_id, reminders in session.execute(query).all():
        found[staff_id] = max(found.get(staff_id, 0), REMINDERS - len(recent(reminders)))
    return found


def recent(reminders: Sequence[str]) -> list[str]:
    """Those of the moments that count against the limit."""
    since = clock.now() - REMINDED_WITHIN
    return [at for at in reminders if dt.datetime.fromisoformat(at) > since]


def recipient_page(session: Session, actor: Actor, broadcast_id: int, page: RecipientQuery) -> Rows[RecipientRow]:
    """A page of recipients, by slice and customer; slices without a match are not read."""
    broadcast = visible_broadcast(session, actor, broadcast_id)
    wanted = RecipientState[page.state.name] if page.state is not None else None
    query = visible_slices(actor, select(BroadcastSlice).where(BroadcastSlice.broadcast_id == broadcast.id))
    if page.userid is not None:
        staff = staff_by_userid(session, page.userid)
        query = query.where(BroadcastSlice.staff_id == (staff.id if staff is not None else -1))
    if wanted is not None:
        query = query.where(BroadcastSlice.counts.has_key(str(int(wanted))))
    total = session.scalar(_total(query, wanted)) or 0
    found: list[RecipientRow] = []
    last = ""
    for lines, more in _walk(session, actor, query, wanted, page.cursor, page.limit):
        found, last = lines, more
    return Rows(found, min(total, TOTAL_CAP), total > TOTAL_CAP, last or None)


def table(actor: Actor, broadcast_id: int) -> Table:
    """All recipients; raises `BroadcastNotFound`."""
    with transaction(actor.corp) as session:
        visible_broadcast(session, actor, broadcast_id)
    return Table(name=f"broadcast-{broadcast_id}.csv", heads=_HEADINGS, parts=_parts(actor, broadcast_id))


def _parts(actor: Actor, broadcast_id: int) -> Iterator[Iterable[Row]]:
    """A slice at a time, each in a transaction of its own."""
    after = 0
    while True:
        with transaction(actor.corp) as session:
            query = visible_slices(
                actor,
                select(BroadcastSlice.id).where(BroadcastSlice.broadcast_id == broadcast_id, BroadcastSlice.id > after),
            )
            number = session.scalars(query.order_by(BroadcastSlice.id).limit(1)).first()
            if number is None:
                return
            after = number
            lines = _rows(session, actor, *_load(session, number), None)
        yield (
            (
                row.external_userid,
                row.customer_name,
                row.userid,
                row.staff_name,
                _WORDS[RecipientState[row.state.name]],
                row.sent_at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M:%S") if row.sent_at else "",
                row.reason or "",
                row.customer_remark,
            )
            for row in lines
        )


def _walk(
    session: Session,
    actor: Actor,
    query: Select[Any],
    wanted: RecipientState | None,
    cursor: str | None,
    limit: int,
) -> Iterator[tuple[list[RecipientRow], str]]:
    slice_id, position = _position(cursor)
    ids = session.scalars(
        query.with_only_columns(BroadcastSlice.id).where(BroadcastSlice.id >= slice_id).order_by(BroadcastSlice.id)
    ).all()
    found: list[RecipientRow] = []
    for at, number in enumerate(ids):
        row, customers, states, times = _load(session, number)
        picked = np.flatnonzero(states == wanted) if wanted is not None else np.arange(len(states))
        if number == slice_id:
            picked = picked[picked > position]
        space = limit - len(found)
        found += _rows(session, actor, row, customers, states, times, picked[:space])
        if len(found) == limit and (len(picked) > space or at + 1 < len(ids)):
            yield found, f"{number}:{picked[space - 1]}"
            return
    yield found, ""


def _load(session: Session, number: int) -> tuple[BroadcastSlice, Any, Any, Any]:
    query = select(
        BroadcastSlice, func.array_send(BroadcastSlice.customer_ids), BroadcastSlice.states, BroadcastSlice.sent_times
    ).where(BroadcastSlice.id == number)
    row, sent, states, times = session.execute(query).one()
    seen = np.frombuffer(times, dtype=">u4") if times is not None else np.zeros(row.total, dtype=np.uint32)
    return row, ids_of(sent), np.frombuffer(states, dtype=np.uint8), seen


def _rows(
    session: Session, actor: Actor, row: BroadcastSlice, customers: Any, states: Any, times: Any, picked: Any
) -> list[Any]:
    chosen = range(len(states)) if picked is None else picked
    names = bulk().names(session, [int(customers[at]) for at in chosen])
    member: Staff = staff_by_ids(session, [row.staff_id])[row.staff_id]
    called = remarks().remarks(
        session, actor, [(names[int(customers[at])].external_userid, member.userid) for at in chosen]
    )
    rows = []
    for at in chosen:
        known, sent = names[int(customers[at])], int(times[at])
        state = RecipientState(int(states[at]))
        rows.append(
            RecipientRow(
                external_userid=known.external_userid,
                customer_name=known.name,
                customer_remark=called.get((known.external_userid, member.userid), ""),
                userid=member.userid,
                staff_name=member.name or member.userid,
                state=RecipientStatus[state.name],
                sent_at=clock.from_unix(sent) if sent else None,
                reason=row.reason if state is RecipientState.REFUSED else None,
            )
        )
    return rows


def _total(query: Select[Any], wanted: RecipientState | None) -> Select[Any]:
    what = count_of(wanted) if wanted is not None else func.coalesce(func.sum(BroadcastSlice.total), 0)
    return query.with_only_columns(what)


def _sum(states: Sequence[RecipientState]) -> Any:
    first, *others = (count_of(state) for state in states)
    return sum(others, first)


def _position(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, -1
    number, _, position = cursor.partition(":")
    if not (number.isascii() and number.isdigit() and position.isascii() and position.isdigit()):
        raise CursorInvalid()
    if len(number) > 18 or len(position) > 5:
        raise CursorInvalid()
    return int(number), int(position)
