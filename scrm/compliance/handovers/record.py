"""Handovers as a record kind."""

from collections.abc import Sequence

from sqlalchemy import select

from scrm.compliance.handovers.models import Handover, HandoverItem, HandoverKind, HandoverState
from scrm.compliance.handovers.queries.cases import is_late, visible
from scrm.core.records.field import Asked, Condition, Option, Served
from scrm.core.records.fields import Choice, Flag, Moment
from scrm.core.records.kind import RecordKind
from scrm.identity.permissions import Permission
from scrm.identity.records import member

_KINDS = (
    Option(HandoverKind.DEPARTURE, "离职继承", "Resignation handover"),
    Option(HandoverKind.ON_JOB, "在职继承", "On-job handover"),
)
_STATES = (
    Option(HandoverState.OPEN, "待分配", "To assign"),
    Option(HandoverState.RUNNING, "继承中", "Under way"),
    Option(HandoverState.DONE, "已完成", "Done"),
    Option(HandoverState.CLOSED, "已关闭", "Closed"),
)


def _taken_over_by(_asked: Asked, staff: Sequence[int]) -> Condition:
    theirs = HandoverItem.handover_id == Handover.id, HandoverItem.takeover_id.in_(staff)
    return select(HandoverItem.id).where(*theirs).exists()


HANDOVER = RecordKind(
    name="handover",
    zh="客户继承",
    en="Handover",
    key=Handover.id,
    visible=visible,
    read=Permission.HANDOVERS_READ,
    list="/api/v1/handovers",
    path="/handovers/{id}",
    default_sort="-created_at",
    default_columns=("member", "kind", "state", "due_at", "created_at"),
    fields=(
        member("member", "离开的成员", "Member", served=Served.BTREE, column=Handover.staff_id),
        member("successor", "接替成员", "Successor", served=Served.EXISTS, among=_taken_over_by),
        Choice("kind", "类型", "Kind", served=Served.SMALL, column=Handover.kind, choices=_KINDS),
        Choice("state", "状态", "State", served=Served.SMALL, column=Handover.state, choices=_STATES),
        Flag("late", "已超时", "Late", served=Served.SMALL, made=lambda _: is_late(Handover)),
        Moment("due_at", "截止时间", "Due", served=Served.SMALL, column=Handover.due_at, sort=Handover.due_at),
        Moment(
            "departed_at",
            "离开时间",
            "Left",
            served=Served.SMALL,
            column=Handover.departed_at,
            sort=Handover.departed_at,
        ),
        Moment(
            "created_at",
            "创建时间",
            "Opened",
            served=Served.BTREE,
            column=Handover.created_at,
            sort=Handover.created_at,
        ),
        Moment("finished_at", "结束时间", "Ended", served=Served.SMALL, column=Handover.finished_at, nullable=True),
    ),
)
