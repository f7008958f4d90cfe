"""Floods against the whole service while real callbacks come and a user reads: both go on, memory is bounded."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from scrm.app import console
from tests.faults.flood import KINDS
from tests.faults.installation import Installation
from tests.support import foreign
from tests.support.simulated import Simulator

CALLBACKS = 320
A_SECOND = 20
# Large answers have 256 places of 256 KB, the bodies of others 64 KB times 1,024: no flood here takes all of both.
GROWTH = 200  # MB


@dataclass
class Town:
    """One corp, its app as another implementation would seal for it, and the tokens of two users."""

    service: Installation
    app: foreign.ForeignApp
    token: str
    another: str


@dataclass
class Probe:
    """What the callbacks and the user met, and the memory of the web server meanwhile, in MB."""

    callbacks: list[float]
    statuses: Counter[int]
    pages: Counter[int]
    slowest_page: float
    memory: list[float]


@pytest.fixture(scope="module")
def town(installation: Installation, sim: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    corp_id = f"wwflood{os.getpid():010d}"
    population = {"staff": 20, "customers": 2_000, "groups": 4, "seed": 3}
    installation.connect(sim, corp_id, tmp_path_factory.mktemp("corp"), population=population)
    file = next(item for item in sim.corp_file(corp_id)["apps"] if item["key"] == "customer")
    tokens = []
    for name in ("resident", "neighbour"):
        installation.command("user", "create", name, "--role", "administrator", "--corp", corp_id)
        tokens.append(installation.command("token", "create", "--user", name).split()[-1])
    yield Town(installation, foreign.ForeignApp(corp_id, file["token"], file["aes_key"]), *tokens)
    sim.call("DELETE", f"/corps/{corp_id}")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_flood_holds_up_neither_callbacks_nor_users(town: Town, kind: str | None) -> None:
    before = memory(town.service)
    seconds = CALLBACKS / A_SECOND + 2
    environment = {**os.environ, "TOKEN": town.another, "ASSET": largest_asset()}
    argv = [sys.executable, "-m", "tests.faults.flood", str(kind), str(town.service.port), str(seconds)]
    flood = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) if kind is not None else None
    time.sleep(2)
    found = probed(town)
    said = flood.communicate(timeout=60)[0] if flood is not None else "no flood"
    time.sleep(3)
    waits = sorted(found.callbacks)
    p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    sys.stdout.write(
        f"{kind}: {len(waits)} callbacks p50/p99/max {p50:.3f}/{p99:.3f}/{waits[-1]:.3f} s {dict(found.statuses)},"
        f" pages {dict(found.pages)} slowest {found.slowest_page:.2f} s,"
        f" memory {before:.0f}/{max(found.memory):.0f}/{memory(town.service):.0f} MB; the flood: {said}\n"
    )
    assert found.statuses == {200: CALLBACKS}
    assert set(found.pages) == {200}
    assert p99 < 1
    assert max(found.memory) - before < GROWTH


def probed(town: Town) -> Probe:
    """Callbacks at a steady rate, whether or not those before have been answered; a page every quarter of a second."""
    found = Probe([], Counter(), Counter(), 0.0, [])
    over = threading.Event()
    others = [threading.Thread(target=watch, args=(town, found, over)) for watch in (read, weigh)]
    for other in others:
        other.start()
    address = f"{town.service.web}/wecom/callback/{town.app.corp_id}/customer"
    began = time.monotonic()

    def call(number: int) -> None:
        customer = f"wm{time.time_ns()}{number}"
        sealed = town.app.seal(foreign.event("edit_external_contact", UserID="x", ExternalUserID=customer))
        time.sleep(max(began + number / A_SECOND - time.monotonic(), 0))
        asked = time.monotonic()
        try:
            status = foreign.post(address, sealed).status_code
        except requests.RequestException:
            status = 0
        found.callbacks.append(time.monotonic() - asked)
        found.statuses[status] += 1

    with ThreadPoolExecutor(16) as senders:
        list(senders.map(call, range(CALLBACKS)))
    over.set()
    for other in others:
        other.join()
    return found


def read(town: Town, found: Probe, over: threading.Event) -> None:
    while not over.wait(0.25):
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {town.token}"}
        try:
            status = requests.get(f"{town.service.web}/api/v1/customers", headers=headers, timeout=30).status_code
        except requests.RequestException:
            status = 0
        found.slowest_page = max(found.slowest_page, time.monotonic() - began)
        found.pages[status] += 1


def weigh(town: Town, found: Probe, over: threading.Event) -> None:
    while not over.wait(0.05):
        found.memory.append(memory(town.service))


def memory(service: Installation) -> float:
    """What the web server's processes have in memory, in MB."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in service.pids("web"))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def largest_asset() -> str:
    return max((console.DIST / "assets").iterdir(), key=lambda path: path.stat().st_size).name
