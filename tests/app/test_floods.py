"""A stranger with many connections does not stop the service: production's own web process, on loopback."""

import os
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
import requests

from scrm.core.http import MAX_BODY
from scrm.core.settings import settings
from scrm.identity.models import Role
from scrm.marketing.broadcasts.routes import api as marketing
from scrm.runtime import programs
from tests.support import foreign
from tests.support.patience import until
from tests.support.service import Console, free_port, listens
from tests.support.service import TestCorp as Corp

HALF_BODY = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"


@pytest.fixture(scope="module")
def web(service: str) -> Iterator[int]:
    """The port of a web process as `scrm up` starts it."""
    port = free_port()
    argv = next(item.argv for item in programs.service(replace(settings(), port=port)) if item.name == "web")
    process = subprocess.Popen(argv, env={**os.environ, "SCRM_PORT": str(port)}, stderr=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or listens(port), "the web process does not listen")
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def held(port: int, count: int, said: bytes) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(count):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            line.sendall(said)
        yield


def probe(shared: Corp, port: int, console: Console) -> tuple[Counter[int], float]:
    """Twenty callbacks and twenty pages; statuses and the slowest callback."""
    file = shared.sim.corp_file(shared.corp_id)
    app = next(item for item in file["apps"] if item["key"] == "customer")
    other = foreign.ForeignApp(shared.corp_id, app["token"], app["aes_key"])
    statuses: Counter[int] = Counter()
    slowest = 0.0
    for number in range(20):
        began = time.monotonic()
        event = foreign.event("change_external_contact", UserID="x", ExternalUserID=f"wm{time.time_ns()}{number}")
        address = f"http://127.0.0.1:{port}/wecom/callback/{shared.corp_id}/customer"
        statuses[foreign.post(address, other.seal(event)).status_code] += 1
        slowest = max(slowest, time.monotonic() - began)
        answer = console.http.get(f"http://127.0.0.1:{port}/api/v1/customers", timeout=10)
        statuses[answer.status_code] += 1
    return statuses, slowest


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (60, HALF_BODY % b"/api/v1/session"),
        (60, HALF_BODY % b"/wecom/callback/x/customer"),
        (60, b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nX-Half: "),
        (400, b""),
    ],
    ids=["half bodies", "half callbacks", "half headers", "silent connections"],
)
def test_half_sent_requests_hold_up_nobody(shared: Corp, web: int, count: int, said: bytes) -> None:
    console = shared.console(Role.ADMINISTRATOR)
    with held(web, count, said):
        statuses, slowest = probe(shared, web, console)
    print(f"slowest callback {slowest:.3f} s")  # noqa: T201
    assert statuses == {200: 40}


def test_guesses_side_by_side_hold_up_nobody(shared: Corp, web: int) -> None:
    console = shared.console(Role.ADMINISTRATOR)
    answers: Counter[int] = Counter()

    def guess(number: int) -> None:
        body = {"name": f"nobody-{number}", "password": "not-the-password"}
        answers[requests.post(f"http://127.0.0.1:{web}/api/v1/session", json=body, timeout=30).status_code] += 1

    guesses = [threading.Thread(target=guess, args=(number,)) for number in range(40)]
    for one in guesses:
        one.start()
    statuses, slowest = probe(shared, web, console)
    for one in guesses:
        one.join()
    print(f"slowest callback {slowest:.3f} s; guesses {dict(answers)}")  # noqa: T201
    assert statuses == {200: 40}
    assert set(answers) <= {401, 429, 503}
    assert answers[401]


def test_a_stranger_is_refused_before_a_large_body_is_read(web: int) -> None:
    path = next(operation.path for operation in marketing.operations if operation.limit > MAX_BODY)
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web), timeout=5) as line:
        line.sendall(head.encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("text", [b"[" * 500, b'{"a":' * 985, b"[" * 65 + b"]" * 65, b"[" * 20000])
def test_deep_json_is_a_bad_request(service: str, text: bytes) -> None:
    answer = requests.post(
        f"{service}/api/v1/session", data=text, headers={"Content-Type": "application/json"}, timeout=10
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
