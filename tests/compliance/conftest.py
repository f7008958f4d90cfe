"""Fixtures of the tests of handovers and of the chat archive."""

import pytest

from tests.support.company import befriend
from tests.support.service import TestCorp as Corp


@pytest.fixture
def customer(archived: Corp) -> str:
    """A customer of Bob's whom the archive knows by name."""
    found = befriend(archived, "bob", "王小明")
    archived.sync()
    return found


@pytest.fixture
def known(company: Corp) -> Corp:
    """Bob of 销售一组 has four customers and a group; Anna leads, dora is in 客服部."""
    for name in ("王一", "王二", "王三", "王四"):
        befriend(company, "bob", name)
    company.act("create_group", owner="bob", name="老客群", quiet=True)
    company.sync()
    return company
