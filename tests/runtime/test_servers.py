"""The embedded servers: reachable by socket alone, closed to strangers, gone with the process that started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from scrm.runtime import postgres, redis
from scrm.runtime.places import Places
from tests.support.patience import until

_HOLDER = """
import time
from scrm.runtime import throwaway
with throwaway.postgres_server() as pg, throwaway.redis_server() as rd:
    print(pg.data, rd.data, flush=True)
    time.sleep(60)
"""


def test_owner_may_create_roles_and_schemas(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE ROLE probe NOLOGIN")
        connection.execute("CREATE SCHEMA probe")
        row = connection.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
        connection.rollback()
    assert row == (False, True)


def test_server_listens_on_no_tcp_port(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT current_setting('listen_addresses'), inet_server_addr()").fetchone()
    assert row == ("", None)


def test_texts_sort_and_fold_without_the_systems_locale(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("SELECT upper('é'), '张三' ~ '^\\w+$', length('企业微信')").fetchone()
    assert row == ("É", True, 4)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_another_account_of_the_machine_is_refused(postgres_places: Places) -> None:
    url = postgres.owner_url(postgres_places)
    stranger = os.fork()  # not a new program: Python itself may lie where the stranger cannot reach it
    if stranger == 0:
        os.setgroups([])
        os.setgid(54321)
        os.setuid(54321)
        try:
            psycopg.connect(url)
        except psycopg.OperationalError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(stranger, 0)[1]) == 7


def test_redis_answers_on_its_socket_alone(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}


def test_servers_die_with_a_killed_holder() -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        pg, rd = (Path(word) for word in holder.stdout.readline().split())
        assert postgres.answers(Places(pg, pg / "s"))
        assert redis.answers(redis.url(Places(rd, rd / "s")))
        holder.send_signal(signal.SIGKILL)
    until(lambda: not _mentioned(pg) and not _mentioned(rd), "the servers outlive their holder")
    subprocess.run(["rm", "-rf", str(pg), str(rd)], check=True)


def _mentioned(path: Path) -> bool:
    needle = os.fsencode(path)
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if needle in entry.read_bytes():
                return True
        except OSError:
            continue
    return False
