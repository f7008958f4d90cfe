"""Whether whoever took something up is still there: a session lock per process, gone with it.

A lease must be long enough for the slowest call; of a process that has died nobody need wait that long. Its lock is
released by PostgreSQL at the moment in which its connection ends.
"""

import os
import secrets
import threading
from collections.abc import Iterable

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.core.db import app_url, plain_url
from scrm.core.settings import settings


class _Holder:
    """The lock of this process, taken when first asked for and again if its connection was lost."""

    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._key = 0
        self._address = ""

    def key(self) -> int:
        """The number under which this process is known; a new one after a lost connection."""
        with self._lock:
            config = settings()
            address = plain_url(app_url(config.database_url, config.secret_key))
            if self._connection is not None:
                if self._address == address and _answers(self._connection):
                    return self._key
                self._connection.close()
                self._connection = None
            connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
            key = secrets.randbits(62) + 1
            connection.execute("SELECT pg_advisory_lock(%s)", (key,))
            # Only now: a key without its lock would be taken for that of a process that is no more.
            self._connection, self._key, self._address = connection, key, address
            return key


def _answers(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return not connection.closed


_holder = _Holder()
key = _holder.key


def gone(session: Session, holders: Iterable[int]) -> set[int]:
    """Those of these processes that are no more."""
    wanted = set(holders)
    if not wanted:
        return set()
    held = session.execute(
        text(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks"
            " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    ).scalars()
    return wanted - {int(number) for number in held}
