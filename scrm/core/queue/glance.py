"""The same questions of yes or no to every corp, as cheap as can be: most corps have nothing to do most of the time.

Each corp is asked in a transaction of its own and by its own role, as everywhere; but role, questions and end are one
message, and its text is made once for all that are asked the same. Asked one by one through the session, a hundred idle
corps took half a core.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import psycopg
import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from scrm.core.db import corp_schema, database
from scrm.core.queue.rows import Condition

log = structlog.get_logger(__name__)

Questions = Mapping[str, Condition]

_KNOWN_SECONDS = 10.0  # for which a corp is asked what it was asked before: to make conditions takes longer than to ask
_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]


class Glance:
    """``asked`` gives a corp's questions by name; where the names are the same, so are the questions."""

    def __init__(self, asked: Callable[[int], Questions]) -> None:
        self._asked = asked
        self._known: dict[int, tuple[float, tuple[str, ...]]] = {}

    def look(self, corps: Sequence[int]) -> Iterator[tuple[int, frozenset[str]]]:
        """Each corp with the names of what holds there; one that cannot be asked is left out."""
        texts: dict[tuple[str, ...], bytes] = {}
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            if not isinstance(raw, psycopg.Connection):
                raise TypeError("the engine's driver is psycopg")
            for corp in corps:
                names = self._names(corp, raw, texts)
                if not names:
                    continue
                schema = corp_schema(corp)
                role = f"SELECT set_config('role', '{schema}', true), set_config('search_path', '{schema}', true);"
                try:
                    # Two statements in one message are one transaction.
                    answers = raw.execute(role.encode() + texts[names], prepare=False)
                    answers.nextset()
                    (row,) = answers.fetchall()
                except psycopg.Error as error:
                    log.warning("queue.corp_not_asked", corp=corp, error=type(error).__name__)
                    if not raw.closed:
                        continue
                    connection.invalidate()
                    return
                yield corp, frozenset(name for name, holds in zip(names, row, strict=True) if holds)

    def _names(
        self, corp: int, raw: "psycopg.Connection[tuple[object, ...]]", texts: dict[tuple[str, ...], bytes]
    ) -> tuple[str, ...]:
        now = time.monotonic()
        since, names = self._known.get(corp, (0.0, ()))
        if corp in self._known and now - since < _KNOWN_SECONDS and (names in texts or not names):
            return names
        questions = self._asked(corp)
        names = tuple(questions)
        self._known[corp] = (now, names)
        if names and names not in texts:
            statement = select(*questions.values()).compile(
                dialect=_DIALECT, compile_kwargs={"render_postcompile": True}
            )
            with psycopg.ClientCursor(raw) as cursor:
                texts[names] = cursor.mogrify(str(statement), statement.params).encode()
        return names
