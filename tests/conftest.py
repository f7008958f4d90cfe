"""Servers for tests: each pytest process has a PostgreSQL cluster and a Redis of its own, gone when it ends.

A cluster per process instead of a database per process, because roles belong to a cluster: tests make and drop
the role of corp 1 without asking what the neighbour does.
"""

from collections.abc import Iterator

import pytest

from scrm.runtime import postgres, redis, throwaway
from scrm.runtime.places import Places


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
