"""Backup and restore: everything comes back, nothing half done, and never under another key."""

import stat
from pathlib import Path

import psycopg
import pytest

import scrm.wiring  # noqa: F401  (knows all models, which the comparison needs)
from scrm.core import migrate
from scrm.core.settings import Settings, secret_key_file, settings
from scrm.runtime import locks, places, postgres
from scrm.runtime.backup import backup, restore
from scrm.runtime.errors import Refused
from scrm.runtime.servers import attached
from scrm.wecom import corp_spec, corps
from tests.checks.corp import EXAMPLE


def test_restored_database_is_the_one_backed_up(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with attached() as config:
        first = _corp(config, "ww1111111111111111")
        assert backup(config, file).corps == [first]
        _corp(config, "ww2222222222222222")
        _rename(config, first, "后来的名字")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with attached() as config:
        restore(config, file)
        assert _names(config) == {"ww1111111111111111": "示例公司"}
        app = corps.find_app("ww1111111111111111", "customer")
        assert app is not None
        assert app.secret == "secret-of-the-app"
        assert migrate.differences(config.database_url) == []


def test_restore_onto_an_empty_machine_needs_only_file_and_key(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with attached() as config:
        _corp(config, "ww1111111111111111")
        backup(config, file)
        key = config.secret_key
    _start_anew(data_dir)
    secret_key_file(data_dir).write_text(key)
    settings.cache_clear()
    with attached() as config:
        restore(config, file)
        assert _names(config) == {"ww1111111111111111": "示例公司"}


def test_large_object_of_anybody_stands_in_no_way(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with attached() as config:
        _corp(config, "ww1111111111111111")
        # As it stands in a database where the functions were open to all: the owner may not read it.
        superuser = config.database_url.replace(f"//{postgres.OWNER}@", "//postgres@")
        with psycopg.connect(superuser) as connection:
            connection.execute("SELECT lo_create(77)")
            connection.execute("CREATE SCHEMA of_another; CREATE TABLE of_another.thing (id int)")
        assert backup(config, file).corps == [1]


def test_backup_of_another_key_is_refused_and_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with attached() as config:
        corp = _corp(config, "ww1111111111111111")
        backup(config, file)
        _rename(config, corp, "现在的名字")
    secret_key_file(data_dir).write_text("x" * 40)
    settings.cache_clear()
    with attached() as config, pytest.raises(Refused, match="another secret key"):
        restore(config, file)
    with attached() as config:
        assert _names(config) == {"ww1111111111111111": "现在的名字"}


def test_cut_backup_is_refused_and_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    with attached() as config:
        _corp(config, "ww1111111111111111")
        backup(config, file)
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        with pytest.raises(Refused):
            restore(config, file)
        assert _names(config) == {"ww1111111111111111": "示例公司"}


def test_running_service_keeps_its_database(data_dir: Path, tmp_path: Path) -> None:
    with attached() as config:
        up = locks.held(places.places(data_dir).run / "up.lock")
        with up, pytest.raises(Refused, match="stop it before"):
            restore(config, tmp_path / "any.backup")


def test_existing_file_is_not_overwritten(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    file.write_text("precious")
    with attached() as config, pytest.raises(Refused, match="exists already"):
        backup(config, file)
    assert file.read_text() == "precious"


def test_foreign_file_is_refused(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("no backup")
    with attached() as config, pytest.raises(Refused, match="no backup"):
        restore(config, file)


def _corp(config: Settings, corp_id: str) -> int:
    migrate.upgrade(config.database_url, config.secret_key)
    return corps.apply(corp_spec.check(EXAMPLE | {"corp_id": corp_id}), None)


def _rename(config: Settings, corp: int, name: str) -> None:
    with psycopg.connect(config.database_url) as connection:
        connection.execute("UPDATE scrm.corp SET name = %s WHERE id = %s", [name, corp])


def _names(config: Settings) -> dict[str, str]:
    with psycopg.connect(config.database_url) as connection:
        return dict(connection.execute("SELECT corp_id, name FROM scrm.corp").fetchall())


def _start_anew(data_dir: Path) -> None:
    there = places.places(data_dir)
    places.discard(there)
    places.prepare(there)
