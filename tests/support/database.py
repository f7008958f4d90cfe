"""The database seen from outside the service: locks held by somebody else, and a login that is turned away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from sqlalchemy import make_url

from scrm.core.db import app_url
from scrm.core.db import database as service
from scrm.core.settings import settings

TRUSTED_SECONDS = 1.0  # a worker's: to ask of each connection whether it still stands takes a tenth of the tests' time


@contextmanager
def asked() -> Iterator[None]:
    """For the length of the block each connection is asked whether it still stands, as in the web process."""
    service.configure()
    try:
        yield
    finally:
        service.configure(trusted_seconds=TRUSTED_SECONDS)


def owner() -> "psycopg.Connection[tuple[object, ...]]":
    """An autocommit connection of the owner role."""
    url = make_url(settings().database_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def locked(table: str) -> Iterator[None]:
    """Nobody reads the table for the length of the block."""
    statement = f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
    with owner() as connection, connection.transaction():
        connection.execute(statement.encode())
        yield


@contextmanager
def away() -> Iterator[None]:
    """For the length of the block the service is thrown out of the database and not let in again."""
    with asked(), owner() as connection, service_login() as colleague:
        connection.execute("ALTER ROLE scrm_app NOLOGIN")
        try:
            colleague.execute(_THROW_OUT)
            yield
        finally:
            connection.execute("ALTER ROLE scrm_app LOGIN")


def throw_out() -> None:
    """Cut every connection of the service."""
    with service_login() as colleague:
        colleague.execute(_THROW_OUT)


def service_login() -> "psycopg.Connection[tuple[object, ...]]":
    """A connection of the service's own role, the only one that may end its backends."""
    address = app_url(settings().database_url, settings().secret_key)
    return psycopg.connect(address.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True)


_THROW_OUT: LiteralString = (
    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
    " WHERE usename = 'scrm_app' AND pid <> pg_backend_pid()"
)
