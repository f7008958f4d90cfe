"""Received callbacks as a record kind; who may read them sees all of the corp's."""

from sqlalchemy import func, select

from scrm.core.queue.rows import RowState
from scrm.core.records.field import Option, Served
from scrm.core.records.fields import Choice, Flag, Moment, Words
from scrm.core.records.kind import RecordKind
from scrm.identity.permissions import Permission
from scrm.identity.records import member_by_userid
from scrm.operations.queries import CONTACT
from scrm.wecom.models import InboxRow

_STATES = (
    Option(RowState.READY, "待处理", "Waiting"),
    Option(RowState.DONE, "已处理", "Done"),
    Option(RowState.PARKED, "待人工处理", "Needs attention"),
)

CALLBACK = RecordKind(
    name="callback",
    zh="回调事件",
    en="Callback",
    key=InboxRow.id,
    visible=lambda _actor: select(InboxRow),
    read=Permission.CALLBACKS_READ,
    list="/api/v1/callbacks",
    path="/callbacks?open={id}",
    default_sort="-received_at",
    default_columns=("event", "change_type", "member", "state", "received_at"),
    fields=(
        Words("event", "事件", "Event", served=Served.BTREE, column=InboxRow.event),
        Words("change_type", "变更类型", "Kind of change", served=Served.BTREE, column=InboxRow.change_type),
        Words("app", "应用", "App", served=Served.BTREE, column=InboxRow.app),
        Choice("state", "状态", "State", served=Served.BTREE, column=InboxRow.state, choices=_STATES),
        Flag("known", "能识别的事件", "Known event", served=Served.BTREE, column=InboxRow.known),
        member_by_userid(
            "member", "成员", "Member", served=Served.BTREE, made=lambda _: func.lower(InboxRow.userid), nullable=True
        ),
        Words("contact", "客户 ID", "Contact", served=Served.BTREE, column=CONTACT),
        Words("chat_id", "群 ID", "Group id", served=Served.BTREE, column=InboxRow.chat_id),
        Moment("event_at", "事件时间", "Happened", served=Served.BTREE, column=InboxRow.event_at, nullable=True),
        Moment(
            "received_at",
            "收到时间",
            "Received",
            served=Served.BTREE,
            column=InboxRow.received_at,
            sort=InboxRow.received_at,
        ),
        Moment("handled_at", "处理时间", "Handled", served=Served.BTREE, column=InboxRow.handled_at, nullable=True),
    ),
)
