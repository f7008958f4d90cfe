"""An installation is brought up to date, and backed up before the first revision of a release touches it.

Nothing is backed up where there is nothing to lose: a first start, and each start of a release after its first, cost
one look. Where no backup can be made, nothing is changed, and it is said what to do.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg

from scrm import __version__
from scrm.core import clock, migrate
from scrm.core.db import plain_url
from scrm.core.settings import Settings
from scrm.runtime.checks import LEAST_FREE_MB
from scrm.runtime.errors import Refused

KEPT = 2  # backups of this kind; older ones go, since they hold what has been erased meanwhile
_PREFIX = "before-"
Say = Callable[[str, str], None]


def upgrade(config: Settings, data: Path, say: Say, *, backed_up: bool = False) -> None:
    """Bring the schemas up to date; ``backed_up``: the operator has seen to a backup. Raises `Refused`."""
    if not backed_up and migrate.is_behind(config.database_url):
        path = _back_up(config, data / "backups")
        say(f"升级前已备份到 {path}", f"backed up to {path} before the upgrade")
    migrate.upgrade(config.database_url, config.secret_key)


def _back_up(config: Settings, folder: Path) -> Path:
    from scrm.runtime import backup  # tarfile and its kin, which a start without an upgrade need not load

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{_PREFIX}{__version__}-{clock.now():%Y%m%d-%H%M%S%f}.backup"
    try:
        _room(config, folder)
        backup.backup(config, path)
    except Refused as why:
        raise Refused(
            f"升级前无法自动备份（{why.zh}）：请用 scrm backup FILE 备份到别处，再用 scrm up --backed-up 启动",
            f"no backup could be made before the upgrade ({why.en});"
            " make one elsewhere by scrm backup FILE, then start with scrm up --backed-up",
        ) from None
    for old in sorted(folder.glob(f"{_PREFIX}*.backup"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def _room(config: Settings, folder: Path) -> None:
    """As much as the database takes, though most of it is compressed away."""
    with psycopg.connect(plain_url(config.database_url)) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    needed = int(row[0]) // 1_000_000 + LEAST_FREE_MB if row is not None else LEAST_FREE_MB
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < needed:
        raise Refused(
            f"{folder} 只剩 {free} MB，需要 {needed} MB", f"{folder} has {free} MB left, {needed} MB are needed"
        )
