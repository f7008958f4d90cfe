"""What the kinds of a lost customer have in common: the customer as it stood, and the card's lines."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from scrm.compliance.alerts.kind import Facts
from scrm.compliance.alerts.models import Alert
from scrm.core import clock, numbers
from scrm.wecom import cards


class LossFacts(Facts):
    """The relation as it stood when it ended."""

    customer_corp_name: str
    department: str
    add_way: int | None
    channel: str
    added_at: dt.datetime | None
    followed_days: int | None
    followed_seconds: int | None
    other_followers: list[str]


def facts(alert: Alert) -> dict[str, Any]:
    """Fields of `LossFacts`, from the snapshot."""
    known = alert.snapshot
    added_at = dt.datetime.fromisoformat(known["added_at"]) if known.get("added_at") else None
    followed = alert.event_at - added_at if added_at is not None else None
    return {
        "customer_corp_name": numbers.masked(known.get("customer_corp_name", "")),
        "department": known.get("department", ""),
        "add_way": known.get("add_way"),
        "channel": known.get("channel", ""),
        "added_at": added_at,
        "followed_days": known.get("followed_days"),
        "followed_seconds": max(int(followed.total_seconds()), 0) if followed is not None else None,
        "other_followers": known.get("other_followers", []),
    }


def lines(verb: str, known: Mapping[str, Any], at: dt.datetime) -> list[str]:
    """Who lost whom, when, and what the customer was to them."""
    remark = numbers.masked(known["remark"])
    called = f"（备注：{cards.words(remark)}）" if remark else ""
    found = [
        f"员工 {cards.words(known['staff_name'])} {verb}「{cards.words(known['customer_name'])}」{called}",
        f"时间：{at.astimezone(clock.CHINA).strftime('%Y-%m-%d %H:%M:%S')}",
        f"标签：{'、'.join(cards.words(tag) for tag in known['tags'][:8]) or '无'}",
    ]
    if known["added_at"] is not None:
        found.append(f"已跟进 {clock.span(at - dt.datetime.fromisoformat(known['added_at']))}")
    return found
