"""The deployment's clock, moved for all processes at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update

from scrm.core import clock
from scrm.core.db import platform_transaction
from scrm.core.platform import ClockOffset


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """For the length of the block it is so many seconds later."""
    _move(seconds)
    try:
        yield
    finally:
        _move(-seconds)


def _move(seconds: float) -> None:
    with platform_transaction() as session:
        statement = update(ClockOffset).values(offset_seconds=ClockOffset.offset_seconds + seconds)
        offset = session.execute(statement.returning(ClockOffset.offset_seconds)).scalar_one()
    clock.set_offset(offset)
