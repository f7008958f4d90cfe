"""Callbacks while something else is broken, busy, or being changed; and 10,000 that were made by a liar."""

import io
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests
import structlog
import yaml
from redis.connection import AbstractConnection

from scrm.app.front.front import CONSOLE_THREADS
from scrm.core.db import corp_schema
from scrm.identity.models import Role
from scrm.wecom import callback, corps
from scrm.wecom.models import InboxRow
from tests.support import database, foreign
from tests.support.foreign import Envelope
from tests.support.patience import until
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.support.weather import paused_redis
from tests.wecom.test_callback import added, other_side

NEW_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def call(corp: Corp, sealed: Envelope, *, method: str = "POST", app: str = "customer") -> int:
    """Ask the WSGI application without a server between; the status."""
    statuses: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"/{corp.corp_id}/{app}",
        "QUERY_STRING": sealed.query_string,
        "CONTENT_LENGTH": str(len(sealed.body)),
        "wsgi.input": io.BytesIO(sealed.body),
    }

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        statuses.append(status)

    b"".join(callback.application(environ, start_response))
    return int(statuses[0][:3])


def mutated(dice: random.Random, sealed: Envelope) -> Envelope:
    """The callback with one to three things wrong with it."""
    query, body = dict(sealed.query), bytearray(sealed.body)
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(max(len(body), 1))
        kind = dice.randrange(9)
        if kind == 0 and body:
            body[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            body[place:place] = dice.randbytes(dice.randint(1, 40))
        elif kind == 2:
            del body[place : place + dice.randint(1, 200)]
        elif kind == 3:
            body[place:place] = dice.choice(
                [b"<a>" * 2_000, b"]]>", b"<!DOCTYPE x>", b"&#0;", b"\xff\xfe", b"<![CDATA["]
            )
        elif kind == 4:
            body += body[place:] * dice.randint(1, 3)
        elif kind == 5:
            query[dice.choice(list(query) or ["nonce"])] = dice.choice(["", "\0", "签", "%zz", "9" * 400, "é"])
        elif kind == 6 and query:
            del query[dice.choice(list(query))]
        elif kind == 7:
            body = bytearray(dice.randbytes(dice.randint(0, 3_000)))
        else:
            query["x" * dice.randint(1, 50)] = "y"
    return Envelope(query, bytes(body))


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_mutated_bodies_get_a_4xx_and_one_line_each(corp: Corp, count: int) -> None:
    seed = int(os.environ.get("SEED", "20240607"))
    dice, app = random.Random(seed), other_side(corp)
    honest = [app.seal(added(f"wm{number}")) for number in range(20)]
    statuses: Counter[int] = Counter()
    with structlog.testing.capture_logs() as lines:
        for _ in range(count):
            statuses[call(corp, mutated(dice, dice.choice(honest)), method=dice.choice(["POST"] * 9 + ["GET"]))] += 1
    stored = len(corp.rows(InboxRow))
    assert set(statuses) <= {200, 400, 403, 413}, f"seed {seed}: {statuses}"
    assert statuses[400] > count / 10 and statuses[403] > count / 10, f"seed {seed}: {statuses}"
    assert stored <= len(honest), f"seed {seed}: {stored} rows of {len(honest)} honest callbacks"
    rejections = [line for line in lines if line["event"] == "callback.rejected"]
    assert len(rejections) == count - statuses[200], f"seed {seed}"


def test_callback_does_not_wait_for_redis(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = [other_side(corp).seal(added(f"wm{number}")) for number in range(5)]
    released, read = threading.Event(), AbstractConnection.read_response

    def late(connection: AbstractConnection, *arguments: Any, **options: Any) -> Any:
        released.wait()
        return read(connection, *arguments, **options)

    with paused_redis():
        monkeypatch.setattr(AbstractConnection, "read_response", late)  # whoever waits for Redis waits for ever
        try:
            for envelope in sealed:
                assert foreign.post(corp.callback_address(), envelope, timeout=60).status_code == 200
        finally:
            released.set()
    assert len(corp.rows(InboxRow)) == 5


def test_lost_database_gets_503_and_the_repetition_is_stored(corp: Corp) -> None:
    app = other_side(corp)
    assert foreign.post(corp.callback_address(), app.seal(added("wm0"))).status_code == 200
    with database.away():
        lost = foreign.post(corp.callback_address(), app.seal(added("wm1")))
        assert (lost.status_code, lost.json()["code"]) == (503, "database_unavailable")
    assert foreign.post(corp.callback_address(), app.seal(added("wm1"))).status_code == 200
    assert len(corp.rows(InboxRow)) == 2


def test_connection_that_died_while_idle_costs_nothing(corp: Corp) -> None:
    app = other_side(corp)
    with requests.Session() as browser, database.asked():
        for number in range(3):
            sealed = app.seal(added(f"wm{number}"))
            answer = browser.post(f"{corp.callback_address()}?{sealed.query_string}", sealed.body, timeout=5)
            assert answer.status_code == 200
            database.throw_out()


def test_new_keys_hold_without_a_restart(corp: Corp, tmp_path: Path) -> None:
    old = other_side(corp)
    file = corp.sim.corp_file(corp.corp_id)
    for app in file["apps"]:
        if app["key"] == "customer":
            app.update(token="newtoken", aes_key=NEW_KEY)
    path = tmp_path / "corp.yaml"
    path.write_text(yaml.safe_dump(file))
    # Another process, since the one that applies forgets its own credentials at once.
    apply = (
        "import sys, pathlib; from scrm.wecom import corp_spec, corps;"
        " corps.apply(*corp_spec.read_file(pathlib.Path(sys.argv[1])))"
    )
    subprocess.run([sys.executable, "-c", apply, str(path)], check=True, timeout=60)
    new, address = foreign.ForeignApp(corp.corp_id, "newtoken", NEW_KEY), corp.callback_address()
    assert corps.FRESH_SECONDS <= 1, "they are promised within two seconds"
    until(lambda: foreign.post(address, new.seal(added("wm1"))).status_code == 200, "the new keys do not hold")
    assert foreign.post(corp.callback_address(), old.seal(added("wm2"))).status_code == 403


def test_saturated_console_leaves_callbacks_alone(corp: Corp) -> None:
    """Every place of the console is taken by a request that waits for the database; credentials grow old meanwhile."""
    console, app = corp.console(Role.COMPLIANCE), other_side(corp)
    statuses: Counter[int] = Counter()

    def browse() -> None:
        own = Console(console.web, requests.Session(), console.csrf)
        own.http.cookies.update(console.http.cookies)
        statuses[own.status("GET", "/customers").status_code] += 1

    browsers = [threading.Thread(target=browse) for _ in range(CONSOLE_THREADS + 12)]
    with database.locked(f"{corp_schema(corp.number)}.customer"):
        for browser in browsers:
            browser.start()
        time.sleep(1.5)
        for number in range(20):
            assert foreign.post(corp.callback_address(), app.seal(added(f"wm{number}"))).status_code == 200
            if number == 0:
                waiting = sum(browser.is_alive() for browser in browsers)
                assert waiting >= CONSOLE_THREADS, "the callback waited until the console had a place"
            time.sleep(0.1)
    for browser in browsers:
        browser.join()
    assert len(corp.rows(InboxRow)) == 20
    assert statuses[503] >= 8
    assert statuses[200] + statuses[503] == len(browsers)
