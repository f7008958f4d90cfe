"""Logs: one line of facts with keys, to standard error; JSON when not on a terminal."""

import logging
import sys
import threading
import traceback
from typing import Any

import structlog


class _StandardError:
    """Standard error as it is when a line is written: a command called in a test has one that ends with it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure() -> None:
    """Set up structlog and the standard library's logging, once: loggers in use keep what they found."""
    if structlog.is_configured():
        return
    terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(told),
    ]
    structlog.configure(
        processors=[*shared, renderer],
        logger_factory=structlog.PrintLoggerFactory(_StandardError()),  # type: ignore[arg-type]
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Formatter("%(levelname)s %(name)s %(message)s"))
    sys.excepthook = lambda kind, error, trace: _tell(kind, error, trace)
    threading.excepthook = lambda info: _tell(info.exc_type, info.exc_value, info.exc_traceback)


def _tell(*info: Any) -> None:
    sys.stderr.write(told(info) + "\n")


def told(exc_info: Any) -> str:
    """The trace of an exception; what the database said of it without values of rows."""
    error = exc_info[1]
    if error is None:
        return ""
    trace = "".join(traceback.format_exception(*exc_info)).rstrip("\n")
    for link in _chain(error):
        if (harmless := _without_values(link)) is not None:
            trace = trace.replace(str(link), harmless)
    return trace


class _Formatter(logging.Formatter):
    """For what libraries log."""

    def formatException(self, ei: Any) -> str:
        return told(ei)


def _chain(error: BaseException) -> list[BaseException]:
    """An exception and those it came of, the outermost first: its text holds theirs."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop(0)
        if link is None or link in found:
            continue
        found.append(link)
        waiting += [link.__cause__, link.__context__]
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions
    return found


def _without_values(error: BaseException) -> str | None:
    from psycopg import Error  # not before somebody logs: `scrm up` starts its servers meanwhile
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return f"{_without_values(error.orig) if error.orig else type(error).__name__} [SQL: {error.statement}]"
    if not isinstance(error, Error) or error.sqlstate is None:
        return None
    # What class 22 says of data repeats it: invalid input syntax for type integer: "…".
    said = "" if error.sqlstate.startswith("22") else f": {error.diag.message_primary}"
    return f"({type(error).__name__}, {error.sqlstate}){said}"
