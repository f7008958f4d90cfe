"""The service inside a test process: real database, real Redis, the web application on a port."""

import asyncio
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm import wiring
from scrm.app import create_rsgi
from scrm.core.audit import System
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.core.queue.flights import flights
from scrm.core.queue.registry import QUEUES
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.marketing.welcomes.actions import policy as welcome_policy
from scrm.wecom import corp_spec, corps, sync
from tests.support import contract, furnished
from tests.support.patience import Patience, until
from tests.support.simulated import Json, Simulator

PASSWORD = "a-long-test-password"
_numbers = itertools.count(1)
_epochs: dict[str, float] = {}


@dataclass(frozen=True)
class TestCorp:
    """One connected corp: in the simulator, in the database, and by its callbacks on the web application."""

    __test__ = False

    number: int
    corp_id: str
    web: str
    sim: Simulator

    def act(self, verb: str, **arguments: Any) -> Json:
        return self.sim.act(self.corp_id, verb, **arguments)

    def callback_address(self, app: str = "customer") -> str:
        return f"{self.web}/wecom/callback/{self.corp_id}/{app}"

    def drain(self) -> int:
        """Carry out all that is due."""
        total = 0
        while taken := sum(turns.drain(self.number, lane) for lane in self._due_lanes()):
            total += taken
        return total

    def _due_lanes(self) -> list[Lane]:
        """By one look: three rounds for nothing, before and after the work, took a quarter of a drain."""
        for lane in Lane:
            flights.wait_own(self.number, lane)
        asked = [(lane, queue.due(self.number, lane)) for lane in Lane for queue in QUEUES]
        with transaction(self.number) as session:
            named = [(lane, condition) for lane, condition in asked if condition is not None]
            answers = session.execute(turns.question(tuple(condition for _, condition in named))).one()
        due = {lane for (lane, _), holds in zip(named, answers, strict=True) if holds}
        return [lane for lane in Lane if lane in due]

    def sync(self) -> None:
        """One whole sync, start to end."""
        with transaction(self.number) as session:
            sync.start(session, System.SYNC)
        self.drain()

    def wait_delivered(self, *, seconds: float = 15) -> None:
        """Wait until every callback of the simulator has been delivered."""
        patience = Patience(seconds)
        while pending := self.sim.call("GET", f"/corps/{self.corp_id}/deliveries", limit=1)["pending"]:
            patience.go_on(pending, "callbacks were not delivered")
            time.sleep(0.02)

    def settle(self, *, seconds: float = 15) -> None:
        """Wait until every callback of the simulator has been delivered, then carry out all that is due."""
        self.wait_delivered(seconds=seconds)
        self.drain()

    def close(self) -> None:
        """Away with it: what it left undone must not be carried out, and parked, in a later test."""
        corps.withdraw(self.corp_id)
        self.sim.call("DELETE", f"/corps/{self.corp_id}")
        furnished.take_back(self.number)

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        with transaction(self.number) as session:
            return list(session.scalars(select(model).where(*where).order_by(model.id)))

    def scalar(self, query: Callable[[Session], Any]) -> Any:
        with transaction(self.number) as session:
            return query(session)

    def console(self, role: Role, *, userid: str | None = None) -> "Console":
        """A browser signed in with a new account of this role."""
        name = f"{role.value}-{next(_numbers)}-{self.corp_id}"
        password = accounts.create_account(name, role=role, corp_id=self.corp_id, userid=userid, password=PASSWORD)
        return Console.signed_in(self.web, name, password)


@dataclass(frozen=True)
class Console:
    """A signed-in browser, as far as HTTP goes."""

    web: str
    http: requests.Session
    csrf: str

    @classmethod
    def signed_in(cls, web: str, name: str, password: str) -> "Console":
        session = requests.Session()
        session.trust_env = False
        answer = session.post(f"{web}/api/v1/session", json={"name": name, "password": password}, timeout=10)
        assert answer.status_code == 200, answer.text
        return cls(web, session, answer.json()["csrf_token"])

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(f"{self.web}/api/v1{path}", params=query, timeout=10)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    def status(self, method: str, path: str, body: Any = None, *, csrf: bool = True) -> requests.Response:
        headers = {"X-CSRF-Token": self.csrf} if csrf else {}
        return self.http.request(method, f"{self.web}/api/v1{path}", json=body, headers=headers, timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(port: int) -> Iterator[str]:
    """The web application on a loop and threads of this process, in production's server; its address."""
    front = create_rsgi()
    contract.watch(front.flask)
    server = Server(
        front,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
    thread.start()
    until(lambda: listens(port), "the web application does not listen")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(10)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def connected(sim: Simulator, web: str, kind: str, **spec: Any) -> Iterator[TestCorp]:
    """A fresh corp, connected but not synced, for the length of the block."""
    with lent(connect(sim, web, f"{kind}{next(_numbers):06d}{os.getpid():010d}", **spec)) as found:
        yield found


@contextmanager
def lent(found: TestCorp) -> Iterator[TestCorp]:
    """A corp that is put away at the end of the block."""
    try:
        yield found
    finally:
        found.sim.misfortunes()
        found.close()


@contextmanager
def standing(sim: Simulator, web: str, kind: str, **spec: Any) -> Iterator[TestCorp]:
    """A fresh corp whose first sync is done: really for the first of its kind, which the others are copies of.

    The same id, seed and epoch give the same world, to the last id.
    """
    epoch = _epochs.setdefault(kind, time.time())
    with lent(connect(sim, web, f"{kind}{os.getpid():016d}", epoch=epoch, **spec)) as found:
        if furnished.is_kept(kind):
            furnished.furnish(found.number, kind)
        else:
            found.sync()
            furnished.keep(found.number, kind)
        yield found


def connect(sim: Simulator, web: str, corp_id: str, *, untouched: bool = False, **spec: Any) -> TestCorp:
    """Make a corp in the simulator, connect it, and let its callbacks come to ``web``.

    Its schema may be one that another corp has left, whose ids go on; ``untouched`` asks for one whose ids begin at 1.
    """
    sim.create_corp(corp_id, **spec)
    file = sim.corp_file(corp_id)
    for key in [app["key"] for app in file["apps"]] + ["archive"] * ("archive" in file):
        url = f"{web}/wecom/callback/{corp_id}/{key}"
        sim.call("PUT", f"/corps/{corp_id}/apps/{key}/callback", {"url": url})
    wiring.wire()
    if not untouched:
        furnished.hand_over()
    checked = corp_spec.check(file)
    number = corps.apply(checked, corp_spec.archive_values(checked, Path()))
    assert checked.welcome is not None
    with transaction(number) as session:
        welcome_policy.set_policy(session, System.COMMAND_LINE, enabled=True, text=checked.welcome.text)
    return TestCorp(number, corp_id, web, sim)
