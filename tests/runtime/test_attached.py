"""Servers for the length of a command."""

import stat
import subprocess
import sys
from pathlib import Path

import psycopg

from scrm.core.settings import settings
from scrm.runtime import places, postgres, processes
from scrm.runtime.servers import attached

_COUNT_UP = """
import psycopg
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
