"""What the database refuses whoever has the service's login, in raw SQL."""

import datetime as dt
from collections.abc import Iterator

import pytest
from psycopg import Connection, errors
from sqlalchemy import text

from scrm.core import clock, migrate, rights
from scrm.core.db import corp_schema, database, owner_engine, platform_transaction, transaction
from scrm.core.settings import settings
from tests.core.conftest import bare_corp
from tests.support.database import TRUSTED_SECONDS, owner, service_login

Raw = Connection[tuple[object, ...]]
GROWING = ["audit_event", "reading", "message", "message_key", "message_version", "message_recall", "archive_incident"]
BY_MONTH = ["audit_event", "reading", "message"]


@pytest.fixture
def raw(bare: int) -> Iterator[Raw]:
    """The service's login with the role and path of a corp, as an intruder in a worker has them."""
    with service_login() as connection:
        connection.execute(f'SET ROLE "{corp_schema(bare)}"'.encode())
        connection.execute(f'SET search_path TO "{corp_schema(bare)}"'.encode())
        yield connection


@pytest.fixture(scope="module")
def other(bare: int) -> int:
    return bare_corp()


def refused(connection: Raw, statement: str) -> bool:
    try:
        connection.execute(statement.encode())
    except errors.InsufficientPrivilege:
        return True
    return False


@pytest.mark.parametrize("role", ["corp", "platform", "none"])
def test_no_temporary_table_and_no_large_object(raw: Raw, role: str) -> None:
    if role != "corp":
        raw.execute(b"RESET ROLE" if role == "none" else b"SET ROLE scrm_platform")
    assert refused(raw, "CREATE TEMP TABLE audit_event (id bigint)")
    for call in (
        "lo_create(0)",
        "lo_creat(-1)",
        "lo_from_bytea(0, 'x')",
        "lo_put(1, 0, 'x')",
        "lo_import('/etc/hostname')",
        "lo_open(1, 131072)",
        "lo_get(1)",
        "lo_unlink(1)",
        "lowrite(0, 'x')",
    ):
        assert refused(raw, f"SELECT {call}"), call
    assert raw.execute(b"SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)


@pytest.mark.parametrize("table", GROWING)
def test_what_proves_something_only_grows(raw: Raw, table: str) -> None:
    row = raw.execute(
        b"SELECT a.attname FROM pg_attribute a WHERE attrelid = %s::regclass AND attnum = 2", [table]
    ).fetchone()
    assert row is not None
    for statement in (
        "UPDATE {} SET {} = {}",
        "DELETE FROM {}",
        "TRUNCATE {}",
        "DROP TABLE {}",
        "SELECT 1 FROM {} FOR UPDATE",
    ):
        assert refused(raw, statement.format(table, row[0], row[0])), statement
    assert not refused(raw, f"SELECT 1 FROM {table}")


@pytest.mark.parametrize("table", BY_MONTH)
def test_rows_enter_by_the_table_and_not_by_a_partition(raw: Raw, table: str) -> None:
    for part in (f"{table}_default", f"{table}_{clock.now():%Y%m}"):
        for statement in (
            "INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT * FROM {}",
            "UPDATE {} SET at = now()",
            "DELETE FROM {}",
            "TRUNCATE {}",
        ):
            assert refused(raw, statement.format(part, table)), (part, statement)
    migrate.turn_months(settings().database_url, readings_months=36)
    assert refused(raw, f"INSERT INTO {table}_default OVERRIDING SYSTEM VALUE SELECT * FROM {table}")


def test_moment_of_the_trail_cannot_be_moved_by_moving_the_clock(raw: Raw) -> None:
    raw.execute(b"SET ROLE scrm_platform")
    for statement in (
        "UPDATE scrm.clock SET offset_seconds = -1",
        "DELETE FROM scrm.clock",
        "UPDATE scrm.alembic_version SET version_num = '0001'",
    ):
        assert refused(raw, statement), statement


def test_revision_of_a_corp_is_the_owners(raw: Raw) -> None:
    assert refused(raw, "UPDATE alembic_version SET version_num = '0001'")


def test_temporary_table_of_one_corp_is_gone_for_the_next(bare: int, other: int) -> None:
    with _temporary_allowed():
        for trusted in (0.0, 60.0):
            database.configure(pool_size=1, max_overflow=0, trusted_seconds=trusted)
            with transaction(bare) as session:
                pid = session.scalar(text("SELECT pg_backend_pid()"))
                session.execute(text("CREATE TEMP TABLE audit_event AS SELECT 'hidden' AS verb"))
                # Even where it stands, the corp's own table is the one that is meant.
                assert session.scalar(text("SELECT count(*) FROM audit_event WHERE verb = 'hidden'")) == 0
            with transaction(other) as session:
                assert session.scalar(text("SELECT pg_backend_pid()")) == pid
                assert session.scalar(text("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")) == 0
    database.configure(trusted_seconds=TRUSTED_SECONDS)


def test_connection_forgets_what_its_user_set(bare: int, other: int) -> None:
    database.configure(pool_size=1, max_overflow=0)
    with transaction(bare) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        session.execute(text(f"SET ROLE {corp_schema(other)}"))
        session.execute(text("SET work_mem = '77MB'"))
        session.execute(text("SELECT pg_advisory_lock(77)"))
    with database.engine.connect() as connection:
        asked = "SELECT pg_backend_pid(), current_user, current_setting('work_mem'), current_setting('search_path')"
        same, user, memory, path = connection.execute(text(asked)).one()
        assert (same, user, path) == (pid, "scrm_app", "pg_catalog,pg_temp") and memory != "77MB"
        assert (
            connection.scalar(
                text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = :pid"), {"pid": pid}
            )
            == 0
        )
    database.configure(trusted_seconds=TRUSTED_SECONDS)


def test_what_could_not_be_taken_away_is_said(bare: int) -> None:
    engine = owner_engine(settings().database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert rights.too_wide(connection) == []
        with _temporary_allowed():
            (found,) = rights.too_wide(connection)
            assert found == "REVOKE TEMPORARY ON DATABASE scrm_test FROM PUBLIC"
            rights.narrow(connection)
            assert rights.too_wide(connection) == []
    engine.dispose()


def test_functions_that_only_a_superuser_can_take_away_are_named(bare: int, postgres_url: str) -> None:
    superuser = postgres_url.replace("//scrm_owner@", "//postgres@")
    engine = owner_engine(settings().database_url)
    with Connection.connect(superuser, autocommit=True) as above, engine.connect() as connection:
        above.execute(b"GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC")
        try:
            rights.narrow(connection.execution_options(isolation_level="AUTOCOMMIT"))
            (found,) = rights.too_wide(connection)
            assert found == "REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC"
        finally:
            above.execute(b"REVOKE EXECUTE ON FUNCTION lo_create(oid) FROM PUBLIC")
        assert rights.too_wide(connection) == []
    engine.dispose()


def test_legitimate_rows_still_enter(bare: int) -> None:
    """Rights of a month ahead: a message of next month enters by the table."""
    ahead = clock.now() + dt.timedelta(days=40)
    with transaction(bare) as session:
        columns = "msgid, at, seq, publickey_ver, conversation_id, sender, sender_kind, msgtype, body, words, bigrams"
        session.execute(
            text(
                f"INSERT INTO message ({columns}, digest, archived_at)"
                " VALUES ('m', :at, '1', 1, 1, 's', 'staff', 'text', '{}', '', '{}', '', :at)"
            ),
            {"at": ahead},
        )
    with platform_transaction() as session:
        assert session.scalar(text("SELECT offset_seconds FROM scrm.clock")) is not None


class _temporary_allowed:
    """A database whose owner could not take it away, for the length of the block."""

    def __enter__(self) -> None:
        with owner() as connection:
            connection.execute(b"GRANT TEMPORARY ON DATABASE scrm_test TO PUBLIC")

    def __exit__(self, *_: object) -> None:
        with owner() as connection:
            connection.execute(b"REVOKE TEMPORARY ON DATABASE scrm_test FROM PUBLIC")


def test_requests_are_planned_for_what_they_ask_however_often(bare: int) -> None:
    """A plan for any value, which PostgreSQL takes up from the sixth time on, may read a table for one row of it."""
    asked = text("SELECT count(*) FROM pg_class WHERE relname = :name")
    used = text("SELECT count(*), sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE '%relname%'")
    database.configure(pool_size=1, max_overflow=0, statement_timeout_ms=10_000)
    for number in range(20):
        with transaction(bare) as session:
            session.scalar(asked, {"name": f"table{number}"})
    with database.engine.connect() as connection:
        prepared, generic = connection.execute(used).one()
    assert prepared > 0 and generic == 0
    database.configure(trusted_seconds=TRUSTED_SECONDS)
