"""Migrations: roles, the platform line, and the corp line for every corp.

What a schema has been brought to is its comment: newest revision, rights and month. One look tells what is behind, so
that an upgrade with nothing to do costs one statement, however many corps there are.

Run by the owner role (login with CREATEROLE, owner of the database), never by the service. Tables belong to the owner;
what the service's roles may do stands in `scrm.core.rights`. Every statement waits at most three seconds for a lock, so
that a migration cannot queue up the service behind it.

`scrm.core.revisions` is imported where it is needed: Alembic takes a fifth of a second to load, in every process.
"""

import datetime as dt
import re
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import OperationalError

from scrm.core import clock, late_indexes, rights
from scrm.core import platform as platform  # its tables belong to the platform line
from scrm.core.db import (
    APP_ROLE,
    PLATFORM_ROLE,
    PLATFORM_SCHEMA,
    CorpBase,
    PlatformBase,
    Session,
    app_password,
    corp_schema,
    owner_engine,
)

# What the release before may still read and write while this one is brought in: dropped by the next one.
_OF_CONTACTS = ("avatar", "type", "gender", "unionid", "position", "corp_name", "corp_full_name", "fetched_at")
_RETIRED_COLUMNS = frozenset(
    {"account.failed_logins", "account.locked_until", *(f"customer.{name}" for name in _OF_CONTACTS)}
)
_RETIRED_TABLES = frozenset({"tick", "alert_notice", "handover_notice"})
_LOCK = 0x5C124  # advisory lock: two migrations never run at once
_ATTEMPTS, _MILLISECONDS, _PAUSE = 60, 300, 0.5  # for the tables of a schema; shorter than a deadlock is looked for
_BY_MONTH = ("audit_event", "reading", "message")  # partitioned by month of their own time
_PARTITION = re.compile(rf"({'|'.join(_BY_MONTH)})_(\d{{6}}|default)")


def upgrade(owner_url: str, secret_key: str, *, afresh: bool = False) -> None:
    """Bring roles, the platform line and every corp's schema up to date; safe to run again and to resume.

    ``afresh``: whatever the schemas say of themselves, as after a restore, whose dump says it of another database.
    """
    with _locked(owner_url) as connection:
        _prepare_roles(connection, secret_key)
        rights.narrow(connection)
        if afresh or _marks(connection).get(PLATFORM_SCHEMA) != _mark("platform"):
            _run(connection, "platform", PLATFORM_SCHEMA)
            _note(connection, PLATFORM_SCHEMA)
        marks, wanted = _marks(connection), _mark("corp")
        for (corp,) in connection.execute(text("SELECT id FROM scrm.corp ORDER BY id")).all():
            if afresh or marks.get(corp_schema(corp)) != wanted:
                _upgrade_corp(connection, corp)


def prepare_roles(owner_url: str, secret_key: str, corps: Iterable[int]) -> None:
    """Make the roles of the service and of these corps, as a restored dump will refer to them."""
    with _locked(owner_url) as connection:
        _prepare_roles(connection, secret_key)
        for corp in corps:
            _prepare_corp_role(connection, corp)


def create_corp_schema(owner_url: str, corp: int, *, afresh: bool = False) -> None:
    """Make role, schema and tables of a new corp; finishes what an interrupted attempt left.

    One that says of itself that it lacks nothing is left as it is, but ``afresh``.
    """
    with _locked(owner_url) as connection:
        if afresh or _marks(connection).get(corp_schema(corp)) != _mark("corp"):
            _upgrade_corp(connection, corp)


@contextmanager
def owner_session(owner_url: str) -> Iterator[Session]:
    """One transaction of the owner on the platform tables, in which schemas and roles can be dropped as well."""
    with (
        _locked(owner_url) as connection,
        connection.engine.begin() as transaction,
        Session(transaction, expire_on_commit=False) as session,
    ):
        transaction.execute(text("SET LOCAL lock_timeout = '3s'"))
        yield session


def drop_corp_schema(session: Session, corp: int) -> None:
    """Drop tables, schema and role of a corp; a role that another database of the cluster needs stays."""
    role = corp_schema(corp)
    session.execute(text(f'DROP SCHEMA IF EXISTS "{role}" CASCADE'))
    session.execute(
        text(
            f'DO $$ BEGIN DROP ROLE IF EXISTS "{role}"; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $$'
        )
    )


def turn_months(owner_url: str, *, readings_months: int) -> None:
    """Make the partitions of the months ahead, and drop readings of before so many months; run daily."""
    with _locked(owner_url) as connection:
        clock.set_offset(float(connection.execute(text("SELECT offset_seconds FROM scrm.clock")).scalar_one()))
        month = clock.now().date().replace(day=1)
        for _ in range(readings_months):
            month = (month - dt.timedelta(days=1)).replace(day=1)
        for (corp,) in connection.execute(text("SELECT id FROM scrm.corp ORDER BY id")).all():
            _add_months(connection, corp_schema(corp))
            if readings_months:
                _drop_months(connection, corp_schema(corp), "reading", before=month)


def is_behind(owner_url: str) -> bool:
    """Whether corps are served here that lack a revision; false on an empty database."""
    from scrm.core import revisions

    newest = {line: revisions.head(line) for line in ("platform", "corp")}
    query = text("SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname ~ :ours")
    engine = owner_engine(owner_url)
    with engine.connect() as connection:
        marks = connection.execute(query, {"ours": rf"^({PLATFORM_SCHEMA}|corp_\d+)$"}).all()
    engine.dispose()
    lacking = [
        mark is None or mark.split(" ")[0] != newest["platform" if schema == PLATFORM_SCHEMA else "corp"]
        for schema, mark in marks
    ]
    return any(lacking) and any(schema != PLATFORM_SCHEMA for schema, _ in marks)


def pending(connection: Connection) -> list[str]:
    """Which schemas are not at the newest revision; empty when all is migrated. For `/readyz`, read as scrm_app."""
    marks, wanted = _marks(connection), {line: _newest(line) for line in ("platform", "corp")}
    return [schema for line, schema in _lines(connection) if not marks.get(schema, "").startswith(wanted[line])]


def differences(owner_url: str, *, corps: Collection[int] | None = None) -> list[str]:
    """Where the models and a migrated database differ: the check that no migration was forgotten. All corps if none."""
    from scrm.core import revisions

    found: list[str] = []
    with _locked(owner_url) as connection:
        for line, schema in _lines(connection):
            if line == "corp" and corps is not None and schema not in map(corp_schema, corps):
                continue
            metadata = PlatformBase.metadata if line == "platform" else _in_schema(CorpBase.metadata, schema)
            differing = revisions.differences(connection, schema, metadata, left_out=_in_no_model)
            found.extend(f"{schema}: {difference}" for difference in differing)
    return found


@contextmanager
def _locked(owner_url: str) -> Iterator[Connection]:
    engine = owner_engine(owner_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = '3s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield connection
        finally:
            connection.execute(text("RESET search_path"))
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
    engine.dispose()


def _lines(connection: Connection) -> list[tuple[str, str]]:
    corps = connection.execute(text("SELECT id FROM scrm.corp ORDER BY id")).scalars().all()
    return [("platform", PLATFORM_SCHEMA), *(("corp", corp_schema(corp)) for corp in corps)]


def _marks(connection: Connection) -> dict[str, str]:
    """What each schema has been brought to, as it says itself."""
    query = text("SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname ~ :ours")
    rows = connection.execute(query, {"ours": rf"^({PLATFORM_SCHEMA}|corp_\d+)$"}).all()
    return {schema: mark for schema, mark in rows if mark is not None}


def _newest(line: str) -> str:
    """How the mark of a schema begins that lacks nothing."""
    from scrm.core import revisions

    return _reached(revisions.head(line))


def _mark(line: str) -> str:
    return _with_month(_newest(line))


def _reached(revision: str | None) -> str:
    return f"{revision} {rights.DIGEST} "


def _with_month(reached: str) -> str:
    return f"{reached}{clock.now():%Y%m}"


def _note(connection: Connection, schema: str) -> None:
    query = text(f'SELECT version_num FROM "{schema}".alembic_version')  # nosec B608: a name of ours, corp_<number>
    mark = _with_month(_reached(connection.execute(query).scalar()))
    connection.execute(text(f"COMMENT ON SCHEMA \"{schema}\" IS '{mark}'"))


def _run(connection: Connection, line: str, schema: str) -> None:
    # All of a schema's migrations or none: one that is cut off half-way (a stop, a kill) must be able to run again.
    # On a connection of its own, since the one that holds the lock commits each statement.
    from scrm.core import revisions

    with _alone(connection, schema) as transaction:
        transaction.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        transaction.execute(text("SELECT set_config('search_path', :schema, false)"), {"schema": schema})
        revisions.upgrade(transaction, line, schema)
        # At once: the release before serves meanwhile, and a trigger of this one writes with its rights.
        if line == "platform":
            rights.grant_platform(transaction)
        else:
            rights.grant_corp(transaction, schema)


@contextmanager
def _alone(connection: Connection, schema: str) -> Iterator[Connection]:
    """A transaction that holds all tables of the schema from its beginning.

    Taken one by one as the revisions come to them, they would be locked crosswise with who writes meanwhile. Who holds
    one for long is not waited for: whoever came behind us would wait as long. We let go and try again.
    """
    for left in reversed(range(_ATTEMPTS)):
        with connection.engine.begin() as transaction:
            transaction.execute(text(f"SET LOCAL lock_timeout = '{_MILLISECONDS}ms'"))
            tables = _tables(transaction, schema)
            try:
                if tables:
                    transaction.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))
            except OperationalError as error:
                if not left or not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                    raise
            else:
                transaction.execute(text("SET LOCAL lock_timeout = '3s'"))
                yield transaction
                return
        time.sleep(_PAUSE)


def _tables(connection: Connection, schema: str) -> list[str]:
    """Tables of a schema, partitions by their parents."""
    query = text(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.oid"
    )
    return list(connection.execute(query, {"schema": schema}).scalars())


def _upgrade_corp(connection: Connection, corp: int) -> None:
    role = _prepare_corp_role(connection, corp)
    _run(connection, "corp", role)
    late_indexes.build(connection, role)
    _add_months(connection, role)
    rights.grant_corp(connection, role)
    _note(connection, role)


def _add_months(connection: Connection, schema: str) -> None:
    """Partitions for the last month, this one and the three ahead; the daily housekeeping does the same.

    The last month too: the chat archive reaches back five days.
    """
    first = (clock.now().date().replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    for _ in range(5):
        after = (first + dt.timedelta(days=32)).replace(day=1)
        for table in _BY_MONTH:
            connection.execute(
                text(
                    f'CREATE TABLE IF NOT EXISTS "{schema}".{table}_{first:%Y%m}'
                    f' PARTITION OF "{schema}".{table}'
                    f" FOR VALUES FROM ('{first} 00:00+00') TO ('{after} 00:00+00')"
                )
            )
        first = after


def _prepare_corp_role(connection: Connection, corp: int) -> str:
    role = corp_schema(corp)
    _create_role(connection, role, "NOLOGIN")
    connection.execute(text(f'GRANT "{role}" TO "{APP_ROLE}" WITH INHERIT FALSE, SET TRUE'))
    return role


def _drop_months(connection: Connection, schema: str, table: str, *, before: dt.date) -> None:
    """Drop the months of a table that ended before a day."""
    for name in _partitions(connection, schema, table):
        month = dt.datetime.strptime(name[-6:], "%Y%m").replace(tzinfo=dt.UTC).date()
        if (month + dt.timedelta(days=31)).replace(day=1) <= before:
            connection.execute(text(f'DROP TABLE "{schema}".{name}'))


def _partitions(connection: Connection, schema: str, table: str) -> list[str]:
    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relkind = 'r' AND c.relname ~ :name"
    )
    return list(connection.execute(query, {"schema": schema, "name": rf"^{table}_\d{{6}}$"}).scalars())


def _prepare_roles(connection: Connection, secret_key: str) -> None:
    _create_role(connection, APP_ROLE, "NOLOGIN NOINHERIT")
    password = app_password(secret_key)  # hexadecimal, so safe between quotes; DDL takes no parameters
    connection.execute(text(f"ALTER ROLE \"{APP_ROLE}\" LOGIN NOINHERIT PASSWORD '{password}'"))
    _create_role(connection, PLATFORM_ROLE, "NOLOGIN")
    connection.execute(text(f'GRANT "{PLATFORM_ROLE}" TO "{APP_ROLE}" WITH INHERIT FALSE, SET TRUE'))


def _create_role(connection: Connection, role: str, options: str) -> None:
    # Roles belong to the cluster, so another database's migration may create the same one meanwhile.
    statement = (
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN"
        ' CREATE ROLE "{role}" {options}; END IF;'
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    connection.execute(text(statement.format(role=role, options=options)))


def _in_schema(metadata: MetaData, schema: str) -> MetaData:
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(copy, schema=schema)
    return copy


def _in_no_model(name: str | None, kind: str) -> bool:
    if kind == "column":
        return name in _RETIRED_COLUMNS
    return kind == "table" and name is not None and (name in _RETIRED_TABLES or bool(_PARTITION.fullmatch(name)))
