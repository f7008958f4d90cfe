"""Fixtures of the chat archive's tests."""

import pytest

from tests.support.company import befriend
from tests.support.service import TestCorp as Corp


@pytest.fixture
def customer(archived: Corp) -> str:
    """A customer of Bob's whom the archive knows by name."""
    found = befriend(archived, "bob", "王小明")
    archived.sync()
    return found
