"""Fixtures of the runtime's tests: an installation of one's own, with embedded servers that start when asked for."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrm.core.db import database
from scrm.core.settings import settings
from scrm.runtime import places


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data directory of an installation that has not been started yet."""
    for name in list(os.environ):
        if name.startswith("SCRM_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SCRM_DATA_DIR", str(tmp_path / "var"))
    settings.cache_clear()
    database.dispose()  # other tests of this process have a service of their own
    yield tmp_path / "var"
    database.dispose()
    settings.cache_clear()
    there = places.places(tmp_path / "var")
    places.discard(there)
    subprocess.run(["rm", "-rf", str(there.sockets)], check=True)
