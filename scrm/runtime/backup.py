"""Backup and restore: one file with the whole database, for which the secret key is kept apart.

The file is a tar archive of ``manifest.json`` and ``database.dump`` (pg_dump's custom format, compressed). It holds
customers' data, so it is written with mode 0600. It does not hold the secret key: whoever finds the file can read rows,
but opens neither stored credentials nor sealed callback bodies. A restore demands the key that belongs to the backup.
"""

import datetime as dt
import hashlib
import hmac
import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from scrm import __version__
from scrm.core import clock, migrate
from scrm.core.db import plain_url
from scrm.core.settings import Settings, secret_key_file
from scrm.runtime import locks, places, postgres, processes
from scrm.runtime.errors import Refused

FORMAT = 1
_MANIFEST = "manifest.json"
_DUMP = "database.dump"
# Ours alone: a large object, or another schema, of whomever else uses the database may be out of the owner's reach.
_DUMPED = ("--format=custom", "--no-owner", "--no-large-objects", "--schema=scrm", "--schema=corp_*")
_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",  # nosec B105: the name of a variable
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str  # ISO 8601, UTC
    version: str
    key_fingerprint: str
    server: int  # major version of PostgreSQL
    corps: list[int]


def backup(config: Settings, path: Path) -> Manifest:
    """Write a consistent backup while the service runs or stands still; never leaves half a file."""
    if path.exists():
        raise Refused(f"{path} 已存在：请换一个文件名", f"{path} exists already; choose another name")
    if not path.absolute().parent.is_dir():
        raise Refused(f"目录 {path.absolute().parent} 不存在", f"there is no directory {path.absolute().parent}")
    with psycopg.connect(plain_url(config.database_url)) as connection:
        server = connection.info.server_version // 10000
        if connection.execute("SELECT to_regnamespace('scrm') IS NULL").fetchone() == (True,):
            raise Refused("还没有可以备份的数据", "there is nothing to back up yet")
        corps = _corps(connection)
    manifest = Manifest(
        format=FORMAT,
        made_at=clock.now().astimezone(dt.UTC).isoformat(timespec="seconds"),
        version=__version__,
        key_fingerprint=fingerprint(config.secret_key),
        server=server,
        corps=corps,
    )
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=path.absolute().parent) as folder:
            dump = Path(folder) / _DUMP
            _run(config, server, "pg_dump", [*_DUMPED, f"--file={dump}"])
            (Path(folder) / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                with tarfile.open(fileobj=file, mode="w") as archive:
                    archive.add(Path(folder) / _MANIFEST, _MANIFEST)
                    archive.add(dump, _DUMP)
                file.flush()
                os.fsync(file.fileno())
        partial.rename(path)
    except OSError as error:
        raise Refused(f"无法写入 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def restore(config: Settings, path: Path) -> Manifest:
    """Replace the whole database by a backup, in one transaction; the service must stand still."""
    there = places.places(config.data_dir)
    if locks.is_held(there.run / "up.lock"):
        raise Refused("服务正在运行：请先停止服务再恢复", "the service is running; stop it before you restore")
    with tempfile.TemporaryDirectory() as folder:
        manifest = _unpack(path, Path(folder))
        _check_key(config, manifest)
        with psycopg.connect(plain_url(config.database_url), autocommit=True) as connection:
            _refuse_if_in_use(connection)
            server = connection.info.server_version // 10000
            if server < manifest.server:
                raise Refused(
                    f"此备份来自 PostgreSQL {manifest.server}，不能恢复到 {server}",
                    f"this backup is from PostgreSQL {manifest.server} and cannot go into {server}",
                )
            schemas = ["scrm", *(f"corp_{corp}" for corp in _corps(connection))]
        # Roles belong to the cluster and are in no dump: they come first, the rights in the dump refer to them.
        migrate.prepare_roles(config.database_url, config.secret_key, manifest.corps)
        script = Path(folder) / "restore.sql"
        _run(config, server, "pg_restore", ["--no-owner", f"--file={script}", str(Path(folder) / _DUMP)])
        drop = "; ".join(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE' for schema in schemas)
        arguments = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _run(config, server, "psql", [*arguments, f"--command={drop}", f"--file={script}"])
    migrate.upgrade(config.database_url, config.secret_key, afresh=True)
    return manifest


def fingerprint(secret_key: str) -> str:
    """Sixteen characters that tell whether two keys are the same, and nothing else about them."""
    return hmac.new(secret_key.encode(), b"scrm backup", hashlib.sha256).hexdigest()[:16]


def _check_key(config: Settings, manifest: Manifest) -> None:
    if not hmac.compare_digest(manifest.key_fingerprint, fingerprint(config.secret_key)):
        raise Refused(
            f"此备份属于另一个密钥：请把它放到 {secret_key_file(config.data_dir)}，或设置 SCRM_SECRET_KEY",
            "this backup belongs to another secret key;"
            f" put the key of that time into {secret_key_file(config.data_dir)} or set SCRM_SECRET_KEY",
        )


def _unpack(path: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(path) as archive:
            for name in (_MANIFEST, _DUMP):
                archive.extract(name, folder, filter="data")
        manifest = Manifest(**json.loads((folder / _MANIFEST).read_text()))
    except OSError as error:
        raise Refused(f"无法读取 {path}：{error.strerror}", f"cannot read {path}: {error.strerror}") from None
    except (tarfile.TarError, KeyError, ValueError, TypeError):
        raise Refused(f"{path} 不是 scrm backup 的备份文件", f"{path} is no backup made by scrm backup") from None
    if manifest.format != FORMAT:
        raise Refused(
            f"{path} 由更新的版本（{manifest.version}）生成：请先升级",
            f"{path} was made by a newer version ({manifest.version}); upgrade first",
        )
    return manifest


def _refuse_if_in_use(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'scrm_app'"
    row = connection.execute(query).fetchone()
    if row and row[0]:
        raise Refused(
            "服务仍连接着数据库：请先停止服务再恢复", "the service is connected to this database; stop it first"
        )


def _corps(connection: psycopg.Connection[tuple[object, ...]]) -> list[int]:
    if connection.execute("SELECT to_regclass('scrm.corp') IS NOT NULL").fetchone() != (True,):
        return []
    rows = connection.execute(sql.SQL("SELECT id FROM scrm.corp ORDER BY id")).fetchall()
    return [int(str(row[0])) for row in rows]


def _run(config: Settings, server: int, name: str, arguments: list[str]) -> None:
    # The connection travels in the environment: a password on the command line can be read by everyone.
    target = conninfo_to_dict(plain_url(config.database_url))
    env = processes.environment() | {_ENVIRONMENT[key]: str(value) for key, value in target.items()}
    argv = [str(postgres.tool(name, server)), *arguments]
    result = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["?"])[0]
        raise Refused(f"{name} 失败：{reason}", f"{name} failed: {reason}")
