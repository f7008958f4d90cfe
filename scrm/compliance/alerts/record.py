"""Alerts as a record kind, and what they tell of customers."""

from typing import Any

from scrm.compliance.alerts.kinds import KINDS, REASONS
from scrm.compliance.alerts.models import TEXT_VERSION, Alert, AlertState
from scrm.compliance.alerts.queries import customer_names, visible
from scrm.contracts.alerts import Severity
from scrm.core import search
from scrm.core.records.field import Asked, Condition, Field, Option, Served
from scrm.core.records.fields import Choice, Flag, Moment, Words
from scrm.core.records.kind import Extends, RecordKind
from scrm.identity.permissions import Permission
from scrm.identity.records import member

_STATES = (
    Option(AlertState.OPEN, "待处理", "Open"),
    Option(AlertState.IN_REVIEW, "处理中", "In review"),
    Option(AlertState.CLOSED, "已关闭", "Closed"),
)
_SEVERITIES = (
    Option(Severity.HIGH, "高", "High"),
    Option(Severity.MEDIUM, "中", "Medium"),
    Option(Severity.LOW, "低", "Low"),
)

ALERT = RecordKind(
    name="alert",
    zh="风险提醒",
    en="Alert",
    key=Alert.id,
    visible=visible,
    read=Permission.ALERTS_READ,
    export=Permission.ALERTS_EXPORT,
    list="/api/v1/alerts",
    path="/alerts?open={id}",
    default_sort="-event_at",
    default_columns=("customer", "kind", "member", "event_at", "state"),
    fields=(
        Words(
            "customer",
            "客户",
            "Customer",
            served=Served.BIGRAMS,
            contains=lambda _, words: search.called(words, Alert, TEXT_VERSION),
            value=lambda asked, ids: customer_names(asked.session, ids),
        ),
        Choice(
            "kind",
            "类型",
            "Kind",
            served=Served.BTREE,
            column=Alert.kind,
            choices=tuple(Option(kind.name, kind.zh, kind.en) for kind in KINDS.values()),
        ),
        Choice("severity", "级别", "Severity", served=Served.BTREE, column=Alert.severity, choices=_SEVERITIES),
        Choice("state", "状态", "State", served=Served.BTREE, column=Alert.state, choices=_STATES),
        member("member", "员工", "Member", served=Served.BTREE, column=Alert.staff_id, nullable=True),
        Moment("event_at", "发生时间", "Happened", served=Served.BTREE, column=Alert.event_at, sort=Alert.event_at),
        Moment("raised_at", "提醒时间", "Raised", served=Served.BTREE, column=Alert.raised_at, sort=Alert.raised_at),
        Moment("review_at", "开始处理时间", "Review began", served=Served.BTREE, column=Alert.review_at, nullable=True),
        Moment("closed_at", "关闭时间", "Closed at", served=Served.BTREE, column=Alert.closed_at, nullable=True),
        Choice(
            "close_reason",
            "关闭原因",
            "Reason",
            served=Served.BTREE,
            column=Alert.close_reason,
            choices=tuple(Option(reason.name, reason.zh, reason.en) for reason in REASONS.values()),
        ),
    ),
)


def _of_customers(customer_id: Any) -> tuple[Field, ...]:
    def waits(asked: Asked) -> Condition:
        theirs = visible(asked.actor).where(Alert.customer_id == customer_id, Alert.state != AlertState.CLOSED)
        return theirs.with_only_columns(Alert.id).exists()

    return (
        Flag(
            "open_alert",
            "有未处理提醒",
            "Has an open alert",
            served=Served.EXISTS,
            made=waits,
            permission=Permission.ALERTS_READ,
        ),
    )


OF_CUSTOMERS = Extends("customer", _of_customers)
