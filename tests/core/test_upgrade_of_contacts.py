"""Contacts of 0.1 get rows of their own while callbacks come in, whoever is killed at whatever step."""

import pytest

from scrm.core import migrate
from scrm.core.db import corp_schema
from scrm.core.settings import settings
from tests.support import upgrading
from tests.support.database import owner
from tests.support.upgrading import Callbacks

CUSTOMERS = 10_000


@pytest.fixture
def before(bare: int) -> int:
    """A corp of 0.1 with thousands of customers."""
    upgrading.rebuilt(bare, upgrading.FIRST)
    upgrading.fill(bare, CUSTOMERS)
    return bare


def test_nothing_is_lost_while_callbacks_come_in_and_whoever_upgrades_is_killed(before: int) -> None:
    callbacks = Callbacks(before, CUSTOMERS)
    whole = upgrading.digest(before, "customer", {})
    with callbacks.coming_in():
        upgrading.killed(before, 0.2)  # within the revisions: all of them are undone
        migrate.upgrade(settings().database_url, settings().secret_key)
        callbacks.upgraded = True
        seen = {upgrading.reached(before)}
        for _ in range(3):
            upgrading.killed_on_the_way(before)
            seen.add(upgrading.reached(before))
        upgrading.finished(before)
    assert len(seen) == 4 and None not in seen, "killed within the move"
    assert upgrading.is_through(before) and migrate.differences(settings().database_url, corps=[before]) == []
    told = callbacks.told
    assert len(told) > 50 and any("NEW" in name for name in told)
    assert upgrading.digest(before, "wecom_contact", told) == upgrading.digest(before, "customer", told)
    assert whole[0] == CUSTOMERS and upgrading.digest(before, "wecom_contact", {})[0] == CUSTOMERS
    assert upgrading.stale(before, told) == []
    assert upgrading.unpointed(before) == 0
    with owner() as connection:
        query = f"SELECT count(*) FROM {corp_schema(before)}.wecom_contact"
        assert connection.execute(query.encode()).fetchone() == (CUSTOMERS + sum("NEW" in name for name in told),)
