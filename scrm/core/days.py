"""Days and moments as a request spells them, and no other way: pydantic would take 20260131 for seconds since 1970."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:?\d{2})", re.ASCII)


def _spelt(pattern: re.Pattern[str], read: Callable[[str], dt.date], wanted: str) -> BeforeValidator:
    """Text of this form, read here: to a strict model what has gone through a function is Python, and a text no day."""

    def check(value: Any) -> dt.date:
        if isinstance(value, dt.date):
            return value
        if isinstance(value, str) and pattern.fullmatch(value):
            try:
                return read(value.upper())
            except ValueError:  # no such day
                pass
        raise PydanticCustomError("spelling", "Input should be {wanted}", {"wanted": wanted})

    return BeforeValidator(check)


Day = Annotated[dt.date, _spelt(_DAY, dt.date.fromisoformat, "a day like 2026-01-31")]
Moment = Annotated[
    AwareDatetime,
    _spelt(_MOMENT, dt.datetime.fromisoformat, "a moment with its zone like 2026-01-31T08:00:00+08:00"),
]
