"""A row of work: when it is due, how often it has failed and why; the same for every queue."""

import datetime as dt
import random
import re
import traceback
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Text, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import clock, numbers
from scrm.core.db import identity_key, is_transient, moment
from scrm.core.errors import AppError
from scrm.core.storable import cleaned

BATCH = 100  # rows claimed per transaction: 167,000 rows/s measured in batches of 100 against 11,500 one by one
ATTEMPTS = 8  # tries before a row is parked: about four minutes of back-off in all

Condition = ColumnElement[bool]
# The moment at which a statement is executed: what is asked all the time is made once, which takes longer than to ask.
NOW: ColumnElement[dt.datetime] = bindparam(
    "now", callable_=lambda: clock.now(), type_=DateTime(timezone=True), unique=True
)
_QUOTED = re.compile(r"[\"'«„“‘].*[\"'»“”’]", re.DOTALL)


class RowState(StrEnum):
    READY = "ready"
    DONE = "done"
    PARKED = "parked"


class NotNow(Exception):
    """What a row asks for cannot be had at this moment, which says nothing about the row: it is looked at again."""


class Tried:
    """How trying stands; ``attempts`` are failures since it last went well."""

    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[dt.datetime] = moment()
    attempts: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)


class Queued(Tried):
    """Columns of a row of work."""

    id: Mapped[int] = identity_key()


class Leasable(Queued):
    """Columns of a row that is acted on outside a transaction; rows of one ``subject`` are never under way together."""

    subject: Mapped[str] = mapped_column(Text)
    lane: Mapped[str] = mapped_column(Text)
    lease: Mapped[str | None] = mapped_column(Text)
    leased_at: Mapped[dt.datetime | None] = moment()
    leases: Mapped[int] = mapped_column(server_default=text("0"))  # taken up since an outcome was last stored
    holder: Mapped[int | None] = mapped_column(BigInteger)  # advisory lock of the process that has it in hand


def next_try(attempts: int) -> dt.datetime:
    """When a row that has failed ``attempts`` times is due again: 1, 2, 4 … 120 s, with jitter."""
    seconds = min(2.0 ** (attempts - 1), 120.0)
    return clock.now() + dt.timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # nosec B311


def reason(error: BaseException) -> str:
    """Why a row failed, in one line without row values: it stands on a page and in the log.

    Sentences of others repeat what they could not take (``invalid literal: '王总'``), so of those it is said where.
    """
    if isinstance(error, AppError):
        said = f"{error.code}: {error.sentence}"
    elif isinstance(error, DBAPIError):
        said = f"{type(error).__name__}: {_diagnosis(error)}"
    elif type(error).__module__.partition(".")[0] == "scrm":
        said = f"{type(error).__name__}: {error}"
    else:
        said = f"{type(error).__name__}{_place(error)}"
    # Storable, since whatever broke the row may stand in the sentence: keeping a failure cannot fail.
    kept: str = cleaned(numbers.masked(said[:500]))
    return kept


def _diagnosis(error: DBAPIError) -> str:
    """PostgreSQL's sentence with what it quotes left out, but for the name of a constraint."""
    diagnosis = getattr(error.orig, "diag", None)
    said = getattr(diagnosis, "message_primary", None)
    if said is None:
        return type(error.orig).__name__
    named = getattr(diagnosis, "constraint_name", None)
    return _QUOTED.sub("…", said) + (f" ({named})" if named else "")


def _place(error: BaseException) -> str:
    """Where in our code it happened."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/scrm/" in frame.filename]
    if not frames:
        return ""
    return f" at scrm/{frames[-1].filename.rpartition('/scrm/')[2]}:{frames[-1].lineno} in {frames[-1].name}"


def passes_by_itself(error: BaseException) -> bool:
    """True where a failure says nothing about the row, so that it is not counted as a try."""
    return is_transient(error) or isinstance(error, NotNow)


def failed(row: Tried, error: BaseException, *, hopeless: tuple[type[BaseException], ...] = ()) -> bool:
    """Count the failure, and put the row off or park it, at once where a further try would not mend it; if parked."""
    if isinstance(error, hopeless):
        row.state, row.reason = RowState.PARKED, reason(error)
        return True
    if not passes_by_itself(error):
        row.attempts += 1
    row.reason, row.due_at = reason(error), next_try(max(row.attempts, 1))
    if row.attempts < ATTEMPTS:
        return False
    row.state = RowState.PARKED
    return True


def revive(row: Any, state: str = RowState.READY) -> None:
    """Put a row back to work as if it had never failed."""
    row.state, row.due_at, row.attempts, row.reason = state, clock.now(), 0, None
