"""The only caller of now.

The offset lives in one row (``scrm.clock``), read along with the start of every transaction, so that the demo and the
tests can move time for all processes at once.
"""

import datetime as dt
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")  # days, months and quotas are counted here
_offset = dt.timedelta()


def now() -> dt.datetime:
    """The present moment, timezone-aware in UTC, moved by the deployment's offset."""
    return dt.datetime.now(dt.UTC) + _offset


def set_offset(seconds: float) -> None:
    """Take over the offset that the database holds; called by `scrm.core.db` alone."""
    global _offset
    if _offset.total_seconds() != seconds:
        _offset = dt.timedelta(seconds=seconds)


def from_unix(seconds: int | str) -> dt.datetime:
    """WeCom's Unix seconds as an aware datetime."""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)


def span(between: dt.timedelta) -> str:
    """How long something lasted, in Chinese: days, or below one hours and minutes."""
    minutes = max(int(between.total_seconds()) // 60, 0)
    days, hours = minutes // 1_440, minutes // 60
    if days:
        return f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes % 60} 分" if minutes % 60 else f"{hours} 小时"
    return f"{minutes} 分钟" if minutes else "不到 1 分钟"


def china_day_start(moment: dt.datetime, *, days_ago: int = 0) -> dt.datetime:
    """00:00 in China of the day of ``moment``, ``days_ago`` days earlier, in UTC."""
    day = moment.astimezone(CHINA).date() - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, dt.time(), CHINA).astimezone(dt.UTC)
