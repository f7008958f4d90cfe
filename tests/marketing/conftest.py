"""Desks: of a synced corp of one's own, and of the six people known by name."""

from collections.abc import Iterator

import pytest

from tests.marketing.desk import Desk, open_desk
from tests.support.service import TestCorp as Corp


@pytest.fixture
def desk(synced: Corp) -> Iterator[Desk]:
    yield open_desk(synced)
    synced.sim.misfortunes()


@pytest.fixture
def office(company: Corp) -> Iterator[Desk]:
    """Nobody's customers yet: a test befriends its own and syncs."""
    yield open_desk(company)
    company.sim.misfortunes()
