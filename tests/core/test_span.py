"""How long something lasted, as a card says it."""

import datetime as dt

import pytest

from scrm.core import clock


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "不到 1 分钟"),
        (59, "不到 1 分钟"),
        (60, "1 分钟"),
        (4_920, "1 小时 22 分"),
        (7_200, "2 小时"),
        (86_399, "23 小时 59 分"),
        (86_400, "1 天"),
    ],
)
def test_span_is_said_in_days_or_hours_and_minutes(seconds: int, said: str) -> None:
    assert clock.span(dt.timedelta(seconds=seconds)) == said
