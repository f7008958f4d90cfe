"""Before the first revision of a release an installation is backed up, or it is said how; a first start has nothing."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

import scrm.wiring  # noqa: F401  (knows all models)
from scrm.core import migrate
from scrm.core.settings import Settings
from scrm.runtime import backup, postgres, upgrading
from scrm.runtime.errors import Refused
from scrm.runtime.servers import attached
from scrm.wecom import corp_spec, corps
from tests.checks.corp import EXAMPLE


def backups(data_dir: Path) -> list[Path]:
    return sorted((data_dir / "backups").glob("*")) if (data_dir / "backups").exists() else []


def behind(config: Settings) -> None:
    """The corp's schema says of itself what it said before the newest revision."""
    with psycopg.connect(config.database_url) as connection:
        connection.execute("COMMENT ON SCHEMA corp_1 IS '0001 before 202601'")
    assert migrate.is_behind(config.database_url)


def silent(_zh: str, _en: str) -> None:
    pass


def test_first_start_has_nothing_to_back_up_and_a_second_nothing_to_upgrade(data_dir: Path) -> None:
    with attached() as config:
        assert not migrate.is_behind(config.database_url)
        corps.apply(corp_spec.check(EXAMPLE), None)
    with attached() as config:
        assert not migrate.is_behind(config.database_url)
    assert backups(data_dir) == []


def test_backup_is_made_before_the_first_revision_and_can_be_restored(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with attached() as config:
        corps.apply(corp_spec.check(EXAMPLE), None)
        behind(config)
    with attached() as config:
        (made,) = backups(data_dir)
        assert str(made) in capsys.readouterr().err
        assert (made.stat().st_mode & 0o777, made.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert not migrate.is_behind(config.database_url)
        assert backup.restore(config, made).corps == [1]
        for _ in range(upgrading.KEPT + 1):
            behind(config)
            upgrading.upgrade(config, data_dir, silent)
        assert len(backups(data_dir)) == upgrading.KEPT and made not in backups(data_dir)


@pytest.mark.parametrize("lacking", ["room", "pg_dump"])
def test_without_a_backup_nothing_is_changed_and_it_is_said_how(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    with attached() as config:
        corps.apply(corp_spec.check(EXAMPLE), None)
        behind(config)
        with monkeypatch.context() as patched:
            if lacking == "room":
                full = SimpleNamespace(free=300_000_000)
                patched.setattr(shutil, "disk_usage", lambda _: full)
            else:
                patched.setattr(postgres, "_PACKAGE", "no_such_package")
            with pytest.raises(Refused, match=r"scrm backup FILE.*--backed-up"):
                upgrading.upgrade(config, data_dir, silent)
        assert migrate.is_behind(config.database_url) and backups(data_dir) == []
        upgrading.upgrade(config, data_dir, silent, backed_up=True)
        assert not migrate.is_behind(config.database_url) and backups(data_dir) == []


def test_nothing_to_back_up_is_said(data_dir: Path, tmp_path: Path) -> None:
    with attached(migrated=False) as config, pytest.raises(Refused, match="nothing to back up"):
        backup.backup(config, tmp_path / "one.backup")
