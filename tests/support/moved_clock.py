"""The deployment's clock, moved for all processes at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from scrm.core import clock
from tests.support.database import owner


@contextmanager
def later(seconds: float) -> Iterator[None]:
    """For the length of the block it is so many seconds later."""
    _move(seconds)
    try:
        yield
    finally:
        _move(-seconds)


def _move(seconds: float) -> None:
    statement = "UPDATE scrm.clock SET offset_seconds = offset_seconds + %s RETURNING offset_seconds"
    with owner() as connection:  # the service may not: the trail's moments go by it
        row = connection.execute(statement, [seconds]).fetchone()
    assert row is not None and isinstance(row[0], float)
    clock.set_offset(row[0])
