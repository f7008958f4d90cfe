"""Servers for the length of a command: those that run already, or embedded ones started for it."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.exc import DBAPIError

from scrm.core.db import database, is_transient
from scrm.core.doorbell import doorbell
from scrm.core.settings import Settings, settings
from scrm.runtime import checks, child, locks, places, postgres, processes, redis, upgrading
from scrm.runtime.errors import Refused
from scrm.runtime.places import Places
from scrm.runtime.secret import make_secret_key

_PATIENCE_SECONDS = 60
_VARIABLES = ("SCRM_DATABASE_URL", "SCRM_REDIS_URL", "SCRM_DATA_DIR")


@contextmanager
def attached(*, migrated: bool = True) -> Iterator[Settings]:
    """Settings with the addresses of running servers, for the length of the block; see `_attached`.

    Raises `Refused` with one sentence, also where the database does not answer.
    """
    try:
        with _attached(migrated=migrated) as config:
            yield config
            doorbell.ring_out()
    except DBAPIError as error:
        if not is_transient(error):
            raise
        raise Refused(
            "数据库没有应答：请检查 SCRM_DATABASE_URL 及数据库是否在运行",
            "the database does not answer; check SCRM_DATABASE_URL and whether the database is running",
        ) from error


@contextmanager
def _attached(*, migrated: bool) -> Iterator[Settings]:
    """Use what runs, start what does not.

    Where the settings name no database or Redis, the embedded ones are used: those of a running `scrm up`, else of
    another command, else started here and stopped afterwards. A database started here is brought up to date first,
    unless ``migrated`` is False.
    """
    given = settings()
    if given.database_url and given.redis_url and given.secret_key:
        yield given
        return
    there = places.places(given.data_dir)
    checks.disk_space(given)
    places.prepare(there)
    make_secret_key(given)
    before = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
    with _embedded(there, given) as ours:
        os.environ["SCRM_DATA_DIR"] = str(there.data)
        os.environ["SCRM_DATABASE_URL"] = given.database_url or postgres.owner_url(there)
        os.environ["SCRM_REDIS_URL"] = given.redis_url or redis.url(there)
        settings.cache_clear()
        try:
            if ours and migrated:
                upgrading.upgrade(settings(), there.data, _say)
            yield settings()
        finally:
            database.dispose()  # its connections lead to servers that are about to stop
            for name in _VARIABLES:
                os.environ.pop(name, None)
            os.environ.update(before)
            settings.cache_clear()


def _say(zh: str, en: str) -> None:
    sys.stderr.write(f"{zh} / {en}\n")


@contextmanager
def _embedded(there: Places, given: Settings) -> Iterator[bool]:
    """Servers that answer, for the length of the block; yields whether they were started for it."""
    if locks.is_held(there.run / "up.lock"):
        _await_service(there, given)
        yield False
        return
    # Commands that need servers of their own take turns; `scrm up` waits for the last of them.
    with locks.held(there.run / "use.lock", seconds=_PATIENCE_SECONDS) as got, ExitStack() as started:
        if not got:
            raise Refused(
                "另一个 scrm 命令仍在使用数据库，请稍后再试", "another scrm command is using the database; try again"
            )
        _start(there, given, started)
        yield True


def _start(there: Places, given: Settings, started: ExitStack) -> None:
    if not given.database_url:
        cluster = postgres.prepare(there)
        account = (cluster.account.uid, cluster.account.gid) if cluster.account else None
        argv = child.argv(postgres.command(cluster), account=account, death_signal=signal.SIGINT)
        started.enter_context(processes.running(argv, there.log / "postgres.log", stop=signal.SIGINT))
        postgres.wait_ready(there)
    if not given.redis_url:
        argv = child.argv(redis.command(there))
        started.enter_context(processes.running(argv, there.log / "redis.log", stop=signal.SIGTERM))
        redis.wait_ready(there)


def _await_service(there: Places, given: Settings) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (
        (given.database_url or postgres.answers(there)) and (given.redis_url or redis.answers(redis.url(there)))
    ):
        if time.monotonic() > deadline or not locks.is_held(there.run / "up.lock"):
            raise Refused(
                "服务正在启动或停止，请稍后再试", "the service is starting or stopping; try again in a moment"
            )
        time.sleep(0.1)
