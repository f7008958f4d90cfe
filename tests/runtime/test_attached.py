"""Servers for the length of a command."""

import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from scrm import wiring
from scrm.core import migrate
from scrm.core.db import database, platform_transaction
from scrm.core.settings import settings
from scrm.runtime import places, postgres, processes
from scrm.runtime.errors import Refused
from scrm.runtime.servers import attached

_COUNT_UP = """
import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError
from scrm.runtime.servers import attached
with attached() as config, psycopg.connect(config.database_url) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS visits (n int)")
    connection.execute("INSERT INTO visits VALUES (1)")
"""


def test_command_starts_servers_and_leaves_none_behind(data_dir: Path) -> None:
    with attached() as config, psycopg.connect(config.database_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("scrm_owner",)
        assert config.redis_url.startswith("unix://")
    assert not postgres.answers(places.places(data_dir))
    assert not processes.mentioning(str(places.places(data_dir).cluster.resolve()))
    assert settings().database_url == ""


def test_secret_key_is_made_once_and_readable_by_its_owner_alone(data_dir: Path) -> None:
    with attached() as config:
        first = config.secret_key
    with attached() as config:
        assert config.secret_key == first
    assert len(first) >= 32
    assert stat.S_IMODE((data_dir / "secret_key").stat().st_mode) == 0o600


def test_commands_at_the_same_time_take_turns(data_dir: Path) -> None:
    both = [subprocess.Popen([sys.executable, "-c", _COUNT_UP]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    with attached() as config, psycopg.connect(config.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM visits").fetchone() == (2,)


def test_database_that_does_not_answer_is_one_sentence(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRM_DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:9/none")
    monkeypatch.setenv("SCRM_REDIS_URL", "redis://127.0.0.1:9/0")
    monkeypatch.setenv("SCRM_SECRET_KEY", "k" * 32)
    settings.cache_clear()
    with pytest.raises(Refused) as refused, attached(), platform_transaction():
        pass
    assert "SCRM_DATABASE_URL" in str(refused.value) and "secret" not in str(refused.value)
    database.dispose()


def test_migration_cut_off_half_way_runs_again(data_dir: Path) -> None:
    wiring.wire()
    with attached(migrated=False) as config, psycopg.connect(config.database_url, autocommit=True) as connection:
        # A table in the way makes the migration fail in its middle, as a killed server would.
        connection.execute("CREATE SCHEMA corp_1")
        connection.execute("CREATE TABLE corp_1.wecom_call (n int)")
        migrate.upgrade(config.database_url, config.secret_key)
        with pytest.raises(ProgrammingError):
            migrate.create_corp_schema(config.database_url, 1)
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'corp_1'").fetchall()
        assert tables == [("wecom_call",)]
        connection.execute("DROP TABLE corp_1.wecom_call")
        migrate.create_corp_schema(config.database_url, 1)
        assert connection.execute("SELECT to_regclass('corp_1.alert') IS NOT NULL").fetchone() == (True,)
