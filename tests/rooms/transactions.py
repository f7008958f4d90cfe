"""One outer transaction for a whole test: what the service commits within is a savepoint, and all of it is undone.

A transaction that is begun within another one sees what that one has not committed yet, and locks of the two do not
meet; what is said of commits seen from outside, of two at once, or of threads is for tests with servers.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from scrm.core import db
from scrm.core.doorbell import doorbell

_WAS = text("SELECT current_setting('role'), current_setting('search_path')")
_NOBODY = text("SELECT set_config('role', 'none', true)")  # a corp's role may not read the clock
_BACK = text("SELECT set_config('role', :role, true), set_config('search_path', :path, true)")


@contextmanager
def rolled_back() -> Iterator[None]:
    """For the length of the block every transaction of this thread is part of one that is rolled back at its end.

    No doorbell is rung: nobody else could see the work.
    """
    with db.database.engine.connect() as connection, pytest.MonkeyPatch.context() as patch:
        outer = connection.begin()
        patch.setattr(db, "_session", partial(_session, connection, threading.get_ident(), db._session))
        patch.setattr(doorbell, "ring", lambda *_: None)
        try:
            yield
        finally:
            outer.rollback()


@contextmanager
def _session(connection: Connection, owner: int, outside: Any) -> Iterator[Session]:
    if (
        threading.get_ident() != owner
    ):  # a server of this process serves another file's tests no longer, but may tidy up
        with outside() as session:
            yield session
        return
    options: Any = {"expire_on_commit": False, "join_transaction_mode": "create_savepoint"}
    with Session(connection, **options) as session:
        with session.begin():
            role, path = session.execute(_WAS).one()
            session.execute(_NOBODY)
            yield session
            session.flush()
            session.execute(_BACK, {"role": role, "path": path})  # after an exception the savepoint's end does it
        for action in session.info.pop("after_commit", ()):
            action()
