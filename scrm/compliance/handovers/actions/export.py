"""The closing sheet as a file."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from scrm.compliance.handovers.models import ItemKind, ItemState
from scrm.compliance.handovers.queries.cases import all_items, visible_handover
from scrm.core import clock
from scrm.identity.actor import Actor
from scrm.identity.models import Staff
from scrm.shared.exports.at_once.table import Table

_HEADS = (
    "类型",
    "名称",
    "ID",
    "标签",
    "状态",
    "接替成员",
    "接替成员账号",
    "错误码",
    "说明",
    "发起时间",
    "继承时间",
    "此前尝试",
    "备注",
)
_KINDS: Mapping[ItemKind, str] = {ItemKind.CUSTOMER: "客户", ItemKind.GROUP: "客户群"}
_STATES: Mapping[ItemState, str] = {
    ItemState.UNASSIGNED: "待分配",
    ItemState.PLANNED: "待发起",
    ItemState.REQUESTED: "已发起",
    ItemState.UNKNOWN: "结果未知，核对中",
    ItemState.WAITING: "等待继承",
    ItemState.DONE: "已继承",
    ItemState.REFUSED: "客户拒绝",
    ItemState.SUCCESSOR_FULL: "接替成员客户已满",
    ItemState.FAILED: "失败",
    ItemState.GONE: "已不在待分配名单",
}


def export(session: Session, actor: Actor, handover_id: int) -> Table:
    """One line per customer and group."""
    case = visible_handover(session, actor, handover_id)
    items = all_items(session, actor, case)
    rows = [
        (
            _KINDS[item.kind],
            item.name,
            item.wecom_id,
            "、".join(item.tags),
            _STATES[item.state],
            item.successor_name,
            item.successor,
            item.errcode,
            item.reason,
            _time(item.requested_at),
            _time(item.takeover_at),
            "；".join(f"{one.successor_name} {_STATES[one.state]}" for one in item.tries),
            item.remark,
        )
        for item in items
    ]
    staff = session.get_one(Staff, case.staff_id)
    return Table(name=f"handover-{case.id}-{staff.userid}.csv", heads=_HEADS, parts=[rows], rows=len(rows))


def _time(at: dt.datetime | None) -> str:
    return at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M:%S") if at is not None else ""
