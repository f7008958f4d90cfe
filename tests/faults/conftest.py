"""What the fault tests have in common."""

from collections.abc import Iterator

import pytest

from tests.faults.installation import Installation, installed


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """The service that the tests of a module hurt in turn; what one of them broke is found by the next."""
    with installed() as found:
        yield found
