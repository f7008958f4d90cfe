"""Broadcasts as a record kind, and what they tell of customers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select

from scrm.core.records.field import Asked, Condition, Field, Option, Served
from scrm.core.records.fields import Choice, Moment, Number, Through, Words
from scrm.core.records.kind import Extends, RecordKind
from scrm.identity.permissions import Permission
from scrm.identity.records import member
from scrm.marketing.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastSlice, SliceState
from scrm.marketing.broadcasts.models import BroadcastState as State
from scrm.marketing.broadcasts.queries.broadcasts import visible, visible_slices

_STATES = (
    Option(State.DRAFT, "草稿", "Draft"),
    Option(State.PLANNING, "计算名单", "Planning"),
    Option(State.WAITING_APPROVAL, "待审批", "To approve"),
    Option(State.SCHEDULED, "待发送", "Scheduled"),
    Option(State.SENDING, "创建任务中", "Creating tasks"),
    Option(State.PAUSED, "已暂停", "Paused"),
    Option(State.COLLECTING, "待员工发送", "Staff to send"),
    Option(State.FINISHED, "已完成", "Finished"),
    Option(State.CANCELLED, "已取消", "Cancelled"),
)


def _sent_by(asked: Asked, staff: Sequence[int]) -> Condition:
    own = BroadcastSlice.broadcast_id == Broadcast.id, BroadcastSlice.staff_id.in_(staff)
    condition: Condition = visible_slices(asked.actor, exists().where(*own))
    return condition


BROADCAST = RecordKind(
    name="broadcast",
    zh="群发",
    en="Broadcast",
    key=Broadcast.id,
    visible=visible,
    read=Permission.BROADCASTS_READ,
    export=Permission.BROADCASTS_EXPORT,
    list="/api/v1/broadcasts",
    path="/broadcasts/{id}",
    default_sort="-number",
    default_columns=("title", "state", "author", "customers", "started_at"),
    fields=(
        Number("number", "编号", "Number", served=Served.BTREE, column=Broadcast.id, sort=Broadcast.id),
        Words("title", "标题", "Title", served=Served.SMALL, column=Broadcast.title),
        Words("text", "内容", "Text", served=Served.SMALL, column=Broadcast.text),
        Choice("state", "状态", "State", served=Served.SMALL, column=Broadcast.state, choices=_STATES),
        Words("author", "创建人", "Written by", served=Served.SMALL, column=Broadcast.author_name),
        member("sender", "发送成员", "Sent by", served=Served.EXISTS, among=_sent_by),
        Number(
            "customers",
            "客户数",
            "Customers",
            served=Served.SMALL,
            column=Broadcast.audience_count,
            sort=Broadcast.audience_count,
        ),
        Moment(
            "created_at",
            "创建时间",
            "Written",
            served=Served.SMALL,
            column=Broadcast.created_at,
            sort=Broadcast.created_at,
        ),
        Moment("send_at", "计划发送", "To be sent", served=Served.SMALL, column=Broadcast.send_at, nullable=True),
        Moment(
            "started_at", "开始发送", "Sending began", served=Served.SMALL, column=Broadcast.started_at, nullable=True
        ),
        Moment("finished_at", "完成时间", "Finished", served=Served.SMALL, column=Broadcast.finished_at, nullable=True),
    ),
)


def _of_customers(customer_id: Any) -> tuple[Field, ...]:
    def received(asked: Asked, broadcast_id: int) -> Condition:
        """As the timeline tells it: a slice that was asked for, of members within the data scope."""
        theirs = (
            select(BroadcastRecipient.slice_id)
            .join(BroadcastSlice, BroadcastSlice.id == BroadcastRecipient.slice_id)
            .where(
                BroadcastRecipient.customer_id == customer_id,
                BroadcastSlice.broadcast_id == broadcast_id,
                BroadcastSlice.state != SliceState.PLANNED,
            )
        )
        condition: Condition = visible_slices(asked.actor, theirs).exists()
        return condition

    return (
        Through(
            "broadcast",
            "收到的群发",
            "Broadcast received",
            served=Served.EXISTS,
            query=received,
            permission=Permission.BROADCASTS_READ,
        ),
    )


OF_CUSTOMERS = Extends("customer", _of_customers)
