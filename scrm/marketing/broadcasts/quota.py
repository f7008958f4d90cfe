"""How many mass messages a customer may receive, and in which period: data, since WeCom has changed it twice."""

import calendar
import datetime as dt

from scrm.core import clock
from scrm.marketing.broadcasts.models import QuotaRule


def limit(rule: QuotaRule, at: dt.datetime) -> int:
    """Messages per customer and period (page 92135): the days of the month, 7 a week, or 1 a day."""
    if rule is QuotaRule.MONTH:
        day = at.astimezone(clock.CHINA)
        return calendar.monthrange(day.year, day.month)[1]
    return 7 if rule is QuotaRule.WEEK else 1


def period(rule: QuotaRule, at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Begin and end of the period that holds ``at``, counted in China."""
    today = at.astimezone(clock.CHINA).date()
    if rule is QuotaRule.DAY:
        first, after = today, today + dt.timedelta(days=1)
    elif rule is QuotaRule.WEEK:
        first = today - dt.timedelta(days=today.weekday())
        after = first + dt.timedelta(days=7)
    else:
        first = today.replace(day=1)
        after = (first + dt.timedelta(days=32)).replace(day=1)
    return _midnight(first), _midnight(after)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.CHINA).astimezone(dt.UTC)
