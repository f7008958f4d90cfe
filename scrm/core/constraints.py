"""Races that end in sentences: what a unique index says to whoever came second, declared by the room that owns it."""

import psycopg
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from scrm.core.errors import AppError, Conflict

log = structlog.get_logger(__name__)

_sentences: dict[str, type[AppError]] = {}
_handled: dict[str, str] = {}


def says(constraint: str, sentence: type[AppError]) -> None:
    """Declare the sentence for a constraint that a request can meet."""
    if _sentences.setdefault(constraint, sentence) is not sentence or constraint in _handled:
        raise ValueError(f"{constraint} has been declared already")


def handled(constraint: str, why: str) -> None:
    """Declare that no request meets this one, and why."""
    if _handled.setdefault(constraint, why) != why or constraint in _sentences:
        raise ValueError(f"{constraint} has been declared already")


def sentences() -> dict[str, type[AppError]]:
    return dict(_sentences)


def reasons() -> dict[str, str]:
    return dict(_handled)


def conflict(error: BaseException, **facts: str | None) -> AppError | None:
    """The sentence of a race: of a unique violation its own, of a row that went meanwhile a general one; else none.

    A general one, logged, too where nobody has declared the constraint.

    ``facts`` fill the sentence; where a request does not know them the general one is said.
    """
    if isinstance(error, StaleDataError):  # the row that was read has been removed meanwhile
        return Conflict()
    cause = error.orig if isinstance(error, IntegrityError) else error
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):  # as has the one that a new row names
        return Conflict()
    if not isinstance(cause, psycopg.errors.UniqueViolation):
        return None
    name = cause.diag.constraint_name or ""
    if name not in _sentences:
        log.error("http.conflict_undeclared", constraint=name)
    sentence = _sentences.get(name, Conflict)
    try:
        return sentence(**facts)
    except KeyError:
        return Conflict()
