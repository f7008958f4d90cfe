"""What keeps the service from starting is said in one sentence, before anything has been done."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scrm.core import settings
from scrm.runtime import checks, locks, places
from scrm.runtime.errors import Refused
from tests.support.service import free_port


def _settings(tmp_path: Path, **values: str) -> settings.Settings:
    return settings.read({"SCRM_DATA_DIR": str(tmp_path / "var"), **values})


def test_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"port {port} is taken.*SCRM_PORT"):
            checks.port_free("127.0.0.1", port)


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Refused, match="no address of this machine"):
        checks.port_free("192.0.2.1", 8000)


def test_port_after_a_taken_one_is_chosen_for_the_simulator() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert checks.free_port(taken.getsockname()[1]) != taken.getsockname()[1]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::"])
def test_demo_stays_on_loopback(tmp_path: Path, host: str) -> None:
    config = _settings(tmp_path, SCRM_HOST=host)
    with pytest.raises(Refused, match="--no-demo"):
        checks.demo_stays_home(config, demo=True)
    checks.demo_stays_home(config, demo=False)


def test_full_disk_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE_MB", 10**9)
    with pytest.raises(Refused, match="SCRM_DATA_DIR"):
        checks.disk_space(_settings(tmp_path))


def test_sockets_fit_their_address_however_deep_the_data_lies(tmp_path: Path) -> None:
    deep = tmp_path / ("directory" * 12) / ("directory" * 12)
    there = places.places(deep)
    assert len(os.fsencode(there.postgres_sockets / ".s.PGSQL.5432.lock")) <= 107
    assert len(os.fsencode(there.redis_socket)) <= 107


def test_lock_is_free_again_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = f"""
import os, signal
from pathlib import Path
from scrm.runtime import locks
with locks.held(Path({str(path)!r})) as got:
    assert got
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert not locks.is_held(path)
    with locks.held(path) as got, locks.held(path) as again:
        assert (got, again) == (True, False)
        assert locks.is_held(path)


def test_command_line_ends_with_one_sentence_and_2(tmp_path: Path) -> None:
    env = {**os.environ, "SCRM_DATA_DIR": str(tmp_path / "var"), "SCRM_PORT": "65536"}
    result = subprocess.run(
        [sys.executable, "-m", "scrm.cli", "up"], env=env, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "SCRM_PORT" in result.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"SCRM_DATABASE_URL": "postgresql://nobody:hidden@127.0.0.1:9/none"},
        {"SCRM_REDIS_URL": "redis://127.0.0.1:9/0"},
    ],
)
def test_server_of_ones_own_that_does_not_answer_is_named_at_once(tmp_path: Path, given: dict[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCRM_")}
    env = {**kept, **given, "SCRM_DATA_DIR": str(tmp_path / "var"), "SCRM_PORT": str(free_port())}
    result = subprocess.run(
        [sys.executable, "-m", "scrm.cli", "up"], env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    (name,) = given
    assert name in result.stderr
    assert "hidden" not in result.stderr


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({}, False),
        ({"SCRM_HOST": "0.0.0.0"}, True),
        ({"SCRM_HOST": "0.0.0.0", "SCRM_TRUSTED_PROXIES": "1"}, False),
        ({"SCRM_PUBLIC_URL": "https://scrm.example.com"}, True),
        ({"SCRM_PUBLIC_URL": "https://scrm.example.com", "SCRM_TRUSTED_PROXIES": "1"}, False),
    ],
)
def test_facing_others_without_a_trusted_proxy_is_warned_of(
    tmp_path: Path, values: dict[str, str], warned: bool
) -> None:
    said = checks.warnings(_settings(tmp_path, **values))
    assert bool(said) == warned
    assert all("SCRM_TRUSTED_PROXIES" in line for line in said)
