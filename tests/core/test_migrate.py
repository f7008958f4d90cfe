"""Migrations: models and database agree, and an interrupted or repeated run ends where one run does."""

import pytest
from sqlalchemy import text

from scrm.core import migrate
from scrm.core.db import corp_schema, platform_transaction
from scrm.core.settings import settings
from scrm.customers.file.models import TEXT_VERSION
from scrm.wecom import corps
from tests.core.conftest import bare_corp
from tests.support.database import owner


def tables(schema: str) -> set[str]:
    with owner() as connection:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
        return {str(row[0]) for row in connection.execute(query, (schema,)).fetchall()}


def test_migrated_database_is_what_the_models_say(bare: int) -> None:
    assert migrate.differences(settings().database_url, corps=[bare]) == []
    with platform_transaction() as session:
        assert migrate.pending(session.connection()) == []


def test_account_is_written_with_and_without_the_columns_that_go(bare: int) -> None:
    """The release before this one may serve while migrations run: it names them."""
    columns = {"name": "'{0}'", "corp_no": str(bare), "role": "'sales'", "must_change_password": "false"}
    with owner() as connection:
        for name, more in (("with", {"failed_logins": "1", "locked_until": "now()"}), ("without", {})):
            row = {**columns, **more, "created_at": "now()"}
            values = ", ".join(row.values()).format(f"{name}-{bare}")
            query = f"INSERT INTO scrm.account ({', '.join(row)}) VALUES ({values}) RETURNING failed_logins"
            assert connection.execute(query.encode()).fetchone() == (1 if more else 0,)
        connection.execute(b"DELETE FROM scrm.account WHERE name LIKE 'with%'")


def test_forgotten_migration_is_noticed(bare: int) -> None:
    schema = corp_schema(bare)
    with owner() as connection:
        connection.execute(f'ALTER TABLE "{schema}".tag ADD COLUMN forgotten text'.encode())
        try:
            (difference,) = migrate.differences(settings().database_url, corps=[bare])
        finally:
            connection.execute(f'ALTER TABLE "{schema}".tag DROP COLUMN forgotten'.encode())
    assert schema in difference and "forgotten" in difference


def test_second_run_changes_nothing(bare: int) -> None:
    before = tables(corp_schema(bare))
    migrate.upgrade(settings().database_url, settings().secret_key)
    migrate.create_corp_schema(settings().database_url, bare)
    migrate.create_corp_schema(settings().database_url, bare, afresh=True)
    assert tables(corp_schema(bare)) == before


def test_interrupted_corp_is_finished_by_the_next_run(service: str) -> None:
    corp = bare_corp()
    schema = corp_schema(corp)
    with owner() as connection:
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    migrate.upgrade(settings().database_url, settings().secret_key)
    assert {"customer", "outbox", "wecom_inbox", "audit_event"} <= tables(schema)
    assert migrate.differences(settings().database_url, corps=[corp]) == []


def test_service_may_use_what_a_revision_made_from_its_commit_on(bare: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The release before serves meanwhile: a trigger of this one writes with its rights."""

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    schema = corp_schema(bare)
    with owner() as connection:
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(migrate, "_add_months", cut_off)
        migrate.create_corp_schema(settings().database_url, bare)
    with owner() as connection:
        query = f"SELECT has_table_privilege('{schema}', '{schema}.topic_touch', 'INSERT')"
        assert connection.execute(query.encode()).fetchone() == (True,)
    migrate.create_corp_schema(settings().database_url, bare)


def test_corp_that_was_not_finished_is_not_served(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(url: str, corp: int) -> None:
        raise KeyboardInterrupt

    before = corps.numbers()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(migrate, "create_corp_schema", interrupted)
        bare_corp()
    assert corps.numbers() == before
    migrate.upgrade(settings().database_url, settings().secret_key)


def test_months_ahead_have_their_partition(bare: int) -> None:
    migrate.turn_months(settings().database_url, readings_months=36)
    assert len([name for name in tables(corp_schema(bare)) if name.startswith("audit_event_2")]) >= 4


def test_service_role_owns_nothing(bare: int) -> None:
    with owner() as connection:
        query = text("SELECT count(*) FROM pg_class WHERE relowner = 'scrm_app'::regrole").text.encode()
        assert connection.execute(query).fetchone() == (0,)


@pytest.mark.parametrize("of_before", [False, True])
def test_index_of_a_large_table_is_built_after_the_revisions(bare: int, of_before: bool) -> None:
    schema, name = corp_schema(bare), "ix_customer_stale_text"
    with owner() as connection:
        connection.execute(f"DROP INDEX {schema}.{name}".encode())
        if of_before:
            connection.execute(f"CREATE INDEX {name} ON {schema}.customer (id) WHERE text_version < 1".encode())
    migrate.create_corp_schema(settings().database_url, bare, afresh=True)
    assert migrate.differences(settings().database_url, corps=[bare]) == []
    with owner() as connection:
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND indexname = %s"
        ((made,),) = connection.execute(query, [schema, name]).fetchall()
    assert str(made).endswith(f"WHERE (text_version < {TEXT_VERSION})")
