"""The database: one schema and one role per corp, and the only ways to a session.

The service logs in as ``scrm_app``, a NOINHERIT role without rights of its own. A transaction takes on the role and the
search path of one corp (or of the platform tables) for its own length; without that it sees nothing.
"""

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import BigInteger, DateTime, Engine, Identity, MetaData, create_engine, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm import Session as Session  # for routes and handlers, which do not import sqlalchemy
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, PoolProxiedConnection

from scrm.core import clock
from scrm.core.errors import NotSignedIn
from scrm.core.settings import SERVICE_ROLE, service_url, settings

APP_ROLE = SERVICE_ROLE
PLATFORM_ROLE = "scrm_platform"
PLATFORM_SCHEMA = "scrm"
BIGGEST_ID = 2**63 - 1  # of a bigint
_NO_SUCH_ROLE = "22023"  # said of a value of the setting `role`
_NO_SUCH_THING = {"3F000", "42704", "42P01"}  # schema, object, table

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_TYPES: dict[Any, Any] = {dict[str, Any]: JSONB, list[str]: JSONB}


class PlatformBase(DeclarativeBase):
    """Tables of the deployment, in schema ``scrm``."""

    metadata = MetaData(schema=PLATFORM_SCHEMA, naming_convention=_NAMING)
    type_annotation_map = _TYPES


class CorpBase(DeclarativeBase):
    """Tables of one corp; the same set stands in every schema ``corp_<n>``."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = _TYPES


def identity_key() -> Mapped[int]:
    """A bigint identity primary key."""
    return mapped_column(BigInteger, Identity(), primary_key=True)


def moment(**options: Any) -> Any:
    """A timestamptz column."""
    return mapped_column(DateTime(timezone=True), **options)


def corp_schema(corp: int) -> str:
    """Schema and role name of the corp with this number."""
    return f"corp_{int(corp)}"


def app_password(secret_key: str) -> str:
    """Password of ``scrm_app``, derived so that one database URL and one secret key are all an operator keeps."""
    return hmac.new(secret_key.encode(), b"postgresql:" + APP_ROLE.encode(), hashlib.sha256).hexdigest()


def app_url(owner_url: str, secret_key: str) -> str:
    """The run-time login that belongs to an owner's URL."""
    url = make_url(service_url(owner_url)).set(drivername="postgresql+psycopg", password=app_password(secret_key))
    return url.render_as_string(hide_password=False)


def plain_url(url: str) -> str:
    """The URL without SQLAlchemy's driver, as psycopg and PostgreSQL's own programs take it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


class CorpGone(NotSignedIn):
    """The corp was removed while a request or work of it was under way: nobody can be signed in to it."""


class Database:
    """The engine of this process, made when first used and never carried over a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self.statement_timeout_ms = 0
        self.pool_size = 10
        self.max_overflow = 10
        self.trusted_seconds = 0.0

    @property
    def engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._connect()
            return self._engine

    def configure(
        self,
        *,
        statement_timeout_ms: int = 0,
        pool_size: int = 10,
        max_overflow: int = 10,
        trusted_seconds: float = 0.0,
    ) -> None:
        """Set limits of this process before the first use: 5 s on the web role, none in workers.

        A connection that was used within ``trusted_seconds`` is not asked whether it still stands. To ask takes a
        seventh of the time of a worker, who has the row again if it fails; a request has one answer.
        """
        self.dispose()
        self.statement_timeout_ms = statement_timeout_ms
        self.pool_size = pool_size
        self.max_overflow = max_overflow
        self.trusted_seconds = trusted_seconds

    def dispose(self) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _connect(self) -> Engine:
        config = settings()
        options = "-c timezone=UTC -c lock_timeout=10000 -c idle_in_transaction_session_timeout=120000"
        options += " -c search_path=pg_catalog,pg_temp"
        if self.statement_timeout_ms:
            # What a request asks depends on what is asked for: a plan for any value, which PostgreSQL takes up from the
            # sixth time on, counted the customers of four digits in 988 ms of 1,000,000 instead of 9.
            options += f" -c statement_timeout={self.statement_timeout_ms} -c plan_cache_mode=force_custom_plan"
        engine = create_engine(
            app_url(config.database_url, config.secret_key),
            pool_size=self.pool_size,
            max_overflow=self.max_overflow,
            pool_timeout=5,
            hide_parameters=True,  # a statement that fails is logged; what it was given may be a customer's name
            connect_args={"options": options, "connect_timeout": 5},
        )
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_ping, self.trusted_seconds))
        return engine


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ping(
    trusted_seconds: float,
    connection: Any,
    record: ConnectionPoolEntry,
    _proxy: PoolProxiedConnection,
) -> None:
    """Ask whether the server is still there, unless it answered a moment ago or the connection is new.

    The question is to forget what the user before left: a role, a setting, a temporary table.
    """
    if "used" not in record.info or time.monotonic() - record.info["used"] < trusted_seconds:
        return
    try:
        _clean(connection)
    except psycopg.Error:
        raise InvalidatePoolError from None  # the others are gone with it


def _clean(connection: Any) -> None:
    connection.autocommit = True
    try:
        connection.execute(_CLEAN)
    finally:
        if not connection.closed:
            connection.autocommit = False


database = Database()

_CLEAN = "RESET SESSION AUTHORIZATION; RESET ALL; DISCARD TEMP; UNLISTEN *; SELECT pg_advisory_unlock_all()"
# A temporary table is told of along: a connection that is trusted, and so not asked, may hold one of another corp's.
_TAKE_ROLE = text(
    "SELECT (SELECT offset_seconds FROM scrm.clock), pg_my_temp_schema() <> 0,"
    " set_config('search_path', :path, true), set_config('role', :role, true)"
)
# A corp's role may not read the clock.
_TAKE_ROLE_ALONE = text("SELECT set_config('search_path', :path, true), set_config('role', :role, true)")


@contextmanager
def transaction(corp: int) -> Iterator[Session]:
    """One transaction of one corp: commits at the end, rolls back on any exception.

    After the commit the doorbells that `scrm.core.doorbell.ring_after_commit` collected are rung.
    """
    with _session() as session:
        enter_corp(session, corp)
        yield session


@contextmanager
def platform_transaction() -> Iterator[Session]:
    """One transaction on the platform tables (corps, credentials, accounts, ticks)."""
    with _session() as session:
        _take_role(session, PLATFORM_ROLE, PLATFORM_SCHEMA)
        yield session


def enter_corp(session: Session, corp: int) -> None:
    """Leave the platform tables for one corp, for the rest of this transaction."""
    session.flush()
    schema = corp_schema(corp)
    try:
        _take_role(session, schema, schema)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _NO_SUCH_ROLE:
            raise CorpGone() from error
        raise
    session.info["corp"] = corp


@contextmanager
def platform_tables(session: Session) -> Iterator[int]:
    """Within a corp's transaction, the platform tables for the length of the block; gives the corp's number.

    One transaction holds what becomes of a member and of their account, which stand in different schemas.
    """
    corp = current_corp(session)
    session.flush()
    session.execute(_TAKE_ROLE_ALONE, {"role": PLATFORM_ROLE, "path": _path(PLATFORM_SCHEMA)})
    yield corp
    enter_corp(session, corp)  # after an exception the transaction is rolled back, and the role with it


def current_corp(session: Session) -> int:
    """Number of the corp that this transaction belongs to."""
    corp: int = session.info["corp"]
    return corp


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run ``action`` once this transaction has been committed; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def driver(session: Session) -> Any:
    """psycopg's own connection of this transaction, for COPY."""
    connection = session.connection().connection.driver_connection
    if connection is None:
        raise RuntimeError("the transaction has no connection")
    return connection


def lock_subject(session: Session, subject: str) -> None:
    """Serialise all work on one subject of this corp until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": subject_key(current_corp(session), subject)})


def subject_key(corp: int, subject: str) -> int:
    """The 64-bit advisory lock key of a subject; batches lock in the order of this number."""
    digest = hashlib.blake2b(f"{corp}:{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def is_transient(error: BaseException) -> bool:
    """True for what passes by itself: lost connection, restart, deadlock, serialization failure, lock time-out."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no answer of the server's; a statement that the driver cannot send will never have one
        return isinstance(error, OperationalError) and "number of parameters" not in str(error.orig)
    return state[:2] in {"08", "57", "53"} or state in {"40001", "40P01", "55P03"}


def is_gone(error: BaseException, corp: int) -> bool:
    """True if something was not found since the corp has been removed."""
    if not isinstance(error, DBAPIError) or getattr(error.orig, "sqlstate", None) not in _NO_SUCH_THING:
        return False
    with platform_transaction() as session:
        found = session.execute(text("SELECT to_regnamespace(:schema)"), {"schema": corp_schema(corp)})
        return found.scalar_one() is None


@contextmanager
def _session() -> Iterator[Session]:
    with Session(database.engine, expire_on_commit=False) as session:
        with session.begin():
            yield session
        for action in session.info.pop("after_commit", ()):
            action()


def _take_role(session: Session, role: str, schema: str) -> None:
    # One round trip for clock, path and role. PostgreSQL asks whether the session user may take on the role, so that
    # going on from the platform's role to a corp's needs no RESET between.
    offset, temporary, *_ = session.execute(_TAKE_ROLE, {"role": role, "path": _path(schema)}).one()
    if temporary:
        session.execute(text("DISCARD TEMP"))
    clock.set_offset(float(offset))


def _path(schema: str) -> str:
    # Named, so that it is last: unnamed, a temporary table would come before all others.
    return f"{schema}, pg_temp"


@event.listens_for(Session, "after_rollback")
def _forget_actions(session: Session) -> None:
    session.info.pop("after_commit", None)


def owner_engine(owner_url: str) -> Engine:
    """An engine of the owner role, for migrations alone."""
    return create_engine(make_url(owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
