"""What the edge writes down of a request: what it showed, or that it was refused."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import structlog
from flask import current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scrm.core import reading
from scrm.core.audit import Who
from scrm.core.db import transaction
from scrm.core.errors import AppError
from scrm.core.operation import Operation
from scrm.core.paging import filters
from scrm.core.reading import Reads

log = structlog.get_logger(__name__)

SealWords = Callable[[int, str], bytes]


class Caller(Who, Protocol):
    """A signed-in user of a corp."""

    @property
    def corp(self) -> int: ...


def came(caller: Caller) -> None:
    """Called by who authenticates, as soon as the sender is known: before anything is refused to it."""
    g.scrm_caller = caller


def corp_of_caller() -> int | None:
    """The corp of whoever sent this request, as soon as that is known."""
    caller: Caller | None = g.get("scrm_caller")
    return caller.corp if caller is not None else None


def note(operation: Operation, session: Session | None, arguments: Mapping[str, Any], result: Any) -> None:
    """Keep what an answer showed, in the transaction that read it; in one of its own where the route has none."""
    if not isinstance(operation.reads, Reads):
        return
    caller: Caller = g.scrm_caller
    if session is None:
        with transaction(caller.corp) as own:
            _append(own, caller, operation.reads, arguments, result)
    else:
        _append(session, caller, operation.reads, arguments, result)


def note_refusal(operation: Operation, arguments: Mapping[str, Any], error: AppError) -> None:
    """Keep that somebody asked for what is not theirs: no permission, a forged form, a name outside their sight."""
    caller: Caller | None = g.get("scrm_caller")
    unseen = error.status == 404 and isinstance(operation.reads, Reads)
    if caller is None or not (error.status == 403 or unseen):
        return
    reads = operation.reads
    verb = reads.verb if isinstance(reads, Reads) else operation.name
    subject = reads.subject(arguments) if isinstance(reads, Reads) else request.path
    try:
        with transaction(caller.corp) as session:
            reading.refuse(session, caller, verb, subject, error.code)
    except SQLAlchemyError as problem:
        log.warning("reading.refusal_not_kept", operation=operation.name, error=type(problem).__name__)


def _append(session: Session, caller: Caller, reads: Reads, arguments: Mapping[str, Any], result: Any) -> None:
    query = arguments.get("query")
    asked = query.model_dump(mode="json") if query is not None else {}
    sought = " ".join(filter(None, (asked.get("q"), asked.get("filter"))))

    def words() -> bytes | None:
        seal: SealWords = current_app.extensions["scrm.seal_words"]
        return seal(caller.corp, sought) if sought else None

    shown = reads.shown(arguments, result)
    facts = {**filters(query), **shown.facts}
    named = reading.Shown(shown.subject, shown.about, shown.count, facts)
    reading.append(session, caller, reads.verb, named, asked=asked, words=words)
