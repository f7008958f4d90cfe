"""The company whose alerts these tests raise."""

import pytest

from tests.rooms.given import Given


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()
