"""What the operators on moments mean: from when on and until when; days are China's, the end is left out."""

import datetime as dt
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scrm.core import clock
from scrm.core.days import Day, Moment
from scrm.core.records.field import ValueRefused

OPERATORS = ("before", "after", "between", "on", "last_days", "older_days", "preset")
PRESETS = ("today", "yesterday", "last_7", "last_30", "this_month", "last_month")
Span = tuple[dt.datetime | None, dt.datetime | None]

_DAY, _MOMENT = TypeAdapter(Day), TypeAdapter(Moment)
_FIRST, _LAST = dt.date(1970, 1, 1), dt.date(2999, 12, 31)
_MOST_DAYS = 36_500
_SPELT = "day like 2026-01-31", "moment with its zone like 2026-01-31T08:00:00+08:00"


def span(op: str, value: Any) -> Span:
    """Begin (in it) and end (not in it) of what an operator means now; raises `ValueRefused`.

    After a day is from the next one on; a range of days holds both; the last n days end with today, which counts.
    """
    match op:
        case "before":
            return None, _begin(value)
        case "after":
            return (_end(value) if _day(value) else _begin(value) + dt.timedelta(microseconds=1)), None
        case "between":
            if type(value) is not list or len(value) != 2:
                raise ValueRefused("[from, to]")
            return _begin(value[0]), _end(value[1])
        case "on":
            if _day(value) is None:
                raise ValueRefused(_SPELT[0])
            return _begin(value), _end(value)
        case "last_days":
            return _days_ago(_count(value) - 1), _days_ago(-1)
        case "older_days":
            return None, _days_ago(_count(value) - 1)
    return _preset(value)


def _preset(name: Any) -> Span:
    if name not in PRESETS:
        raise ValueRefused(*PRESETS)
    today = clock.now().astimezone(clock.CHINA).date()
    first = today.replace(day=1)
    match name:
        case "this_month":
            return _midnight(first), _midnight((first + dt.timedelta(days=31)).replace(day=1))
        case "last_month":
            return _midnight((first - dt.timedelta(days=1)).replace(day=1)), _midnight(first)
        case "yesterday":
            return _days_ago(1), _days_ago(0)
    return _days_ago({"today": 0, "last_7": 6, "last_30": 29}[name]), _days_ago(-1)


def _begin(value: Any) -> dt.datetime:
    day = _day(value)
    return _midnight(day) if day is not None else _moment(value)


def _end(value: Any) -> dt.datetime:
    day = _day(value)
    return _midnight(day + dt.timedelta(days=1)) if day is not None else _moment(value)


def _day(value: Any) -> dt.date | None:
    try:
        day = _DAY.validate_python(value) if isinstance(value, str) else None
    except ValidationError:
        return None
    if day is not None and not _FIRST <= day <= _LAST:
        raise ValueRefused(f"{_FIRST} to {_LAST}")
    return day


def _moment(value: Any) -> dt.datetime:
    try:
        found = _MOMENT.validate_python(value if isinstance(value, str) else "")
    except ValidationError:
        raise ValueRefused(*_SPELT) from None
    if not _FIRST <= found.date() <= _LAST:
        raise ValueRefused(f"{_FIRST} to {_LAST}")
    return found


def _count(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= _MOST_DAYS:
        raise ValueRefused(f"number of days, 1 to {_MOST_DAYS}")
    return value


def _days_ago(days: int) -> dt.datetime:
    try:
        return clock.china_day_start(clock.now(), days_ago=days)
    except OverflowError:
        raise ValueRefused(f"number of days, 1 to {_MOST_DAYS}") from None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.CHINA)
