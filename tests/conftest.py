"""Servers for tests: each pytest process has a PostgreSQL cluster and a Redis of its own, gone when it ends.

A cluster per process instead of a database per process, because roles belong to a cluster: tests make and drop
the role of corp 1 without asking what the neighbour does.
"""

import gc
import os
from collections.abc import Iterator
from functools import cache

import pytest

from scrm.core import migrate
from scrm.core.db import database
from scrm.core.settings import settings
from scrm.identity import passwords
from scrm.runtime import postgres, redis, throwaway
from scrm.runtime.places import Places
from tests.support import simulated
from tests.support.company import SPEC
from tests.support.database import TRUSTED_SECONDS
from tests.support.service import TestCorp as Corp
from tests.support.service import connected, free_port, serving, standing
from tests.support.simulated import Simulator

# A run holds some hundred thousand objects to its end; to look at all of them so often finds no more garbage.
gc.set_threshold(25_000, 10, 10)

POPULATION = {"staff": 12, "customers": 60, "groups": 4, "seed": 7}

# Files that take longest start first, so that the other processes have the rest to do meanwhile.
_LONG = ("tests/faults/", "tests/runtime/test_up", "tests/checks/", "tests/wecom/test_sync", "tests/core/test_tenancy")


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as cores: tests wait for the service's processes a third of the time."""
    if given := os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return int(given)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return max(cores * 3 // 2, 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((place for place, start in enumerate(_LONG) if item.nodeid.startswith(start)), len(_LONG))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def postgres_places() -> Iterator[Places]:
    """The running throwaway cluster of this process."""
    with throwaway.postgres_server() as there:
        yield there


@pytest.fixture(scope="session")
def postgres_url(postgres_places: Places) -> str:
    """Owner's URL of this process's own, empty database; the same as SCRM_DATABASE_URL in production."""
    return postgres.create_database(postgres_places, "scrm_test")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """URL of this process's own Redis."""
    with throwaway.redis_server() as there:
        yield redis.url(there)


@pytest.fixture(scope="session")
def installed(postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The migrated service of this process: settings and tables, and nothing that runs."""
    port = free_port()
    os.environ.update(
        SCRM_DATABASE_URL=postgres_url,
        SCRM_REDIS_URL=redis_url,
        SCRM_SECRET_KEY="a secret key of the tests, long enough",
        SCRM_DATA_DIR=str(tmp_path_factory.mktemp("data")),
        SCRM_PUBLIC_URL=f"http://127.0.0.1:{port}",
        SCRM_PORT=str(port),
        SCRM_DEMO="",
        SCRM_SIMULATOR_URL="",
    )
    settings.cache_clear()
    migrate.upgrade(postgres_url, settings().secret_key)
    database.configure(trusted_seconds=TRUSTED_SECONDS)
    yield
    database.configure()


@pytest.fixture(scope="session")
def quick_passwords() -> Iterator[None]:
    """Hundreds of accounts with one password: a hash takes a thirtieth of a second each time it is asked the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "made", cache(passwords.made))
        patch.setattr(passwords, "agrees", cache(passwords.agrees))
        yield


@pytest.fixture(scope="session")
def service(installed: None, quick_passwords: None) -> Iterator[str]:
    """The service of this process with its web application; its address."""
    with serving(settings().port) as address:
        yield address


@pytest.fixture(scope="session")
def sim() -> Iterator[Simulator]:
    """The WeCom simulator of this process."""
    with simulated.running() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def shared(service: str, sim: Simulator) -> Iterator[Corp]:
    """A synced corp of twelve people and sixty customers that the tests of a module only read."""
    with connected(sim, service, "wr", population=POPULATION) as found:
        found.sync()
        yield found


@pytest.fixture
def company(service: str, sim: Simulator) -> Iterator[Corp]:
    """The six people of `tests.support.company`, connected but not synced."""
    with connected(sim, service, "wc", **SPEC) as found:
        yield found


@pytest.fixture
def corp(service: str, sim: Simulator) -> Iterator[Corp]:
    """A fresh corp of twelve people, sixty customers and four groups, connected but not synced."""
    with connected(sim, service, "ww", population=POPULATION) as found:
        yield found


@pytest.fixture
def synced(service: str, sim: Simulator) -> Iterator[Corp]:
    """A fresh corp of twelve people, sixty customers and four groups whose first sync is done."""
    with standing(sim, service, "ws", population=POPULATION) as found:
        yield found


@pytest.fixture
def archived(service: str, sim: Simulator) -> Iterator[Corp]:
    """The six people of `tests.support.company` with a chat archive, synced."""
    habits = {**SPEC["habits"], "archive_notify_seconds": 0.05}
    with standing(sim, service, "wa", **{**SPEC, "archive": True, "habits": habits}) as found:
        yield found
