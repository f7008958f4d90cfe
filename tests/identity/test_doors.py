"""Limits of guessing at the door itself: by address, and of a name that is guessed at from everywhere."""

import importlib
import threading
from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import delete
from werkzeug.test import Client, TestResponse

from scrm.core.db import platform_transaction
from scrm.core.errors import Busy
from scrm.identity import attempts, oauth, passwords
from scrm.identity.models import LoginAttempts
from tests.identity.test_attempts import refused_in_trail
from tests.identity.test_login import PASSWORD, account
from tests.support.service import TestCorp as Corp


@pytest.fixture(autouse=True)
def _fresh(shared: Corp) -> None:
    with platform_transaction() as session:
        session.execute(delete(LoginAttempts))


def browser() -> Client:
    return Client(importlib.import_module("wsgi").application)


def guess(client: Client, address: str, name: str, password: str = "wrong-password", **headers: str) -> TestResponse:
    body = {"name": name, "password": password}
    return client.post("/api/v1/session", json=body, environ_base={"REMOTE_ADDR": address}, headers=headers)


def shape(answer: TestResponse) -> tuple[int, Any, list[str]]:
    """All that one who guesses can tell of an answer, save how long there is to wait."""
    said = {name: value for name, value in (answer.json or {}).items() if name != "retry_after"}
    return answer.status_code, said, sorted(answer.headers.keys())


def test_address_that_tries_many_names_is_told_to_wait_and_another_one_is_served(shared: Corp) -> None:
    name, here, there = account(shared, "elsewhere"), "198.51.100.7", "198.51.100.8"
    with platform_transaction() as session:
        for number in range(58):
            assert attempts.count(session, attempts.buckets(here, f"before-{number}", None)) is None
    answers = [guess(browser(), here, f"name-{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 429, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 20
    assert (answers[-1].json or {})["code"] == "account_locked"
    assert guess(browser(), here, name, PASSWORD).status_code == 429
    pretended = guess(browser(), here, name, PASSWORD, **{"X-Forwarded-For": there})
    assert pretended.status_code == 429, "whoever is no trusted proxy names no address"
    assert guess(browser(), there, name, PASSWORD).status_code == 200


def test_name_that_is_guessed_at_from_everywhere_lets_its_own_browser_in_alone(shared: Corp) -> None:
    """And a name of nobody's is answered alike, guess for guess."""
    name, own = account(shared, "wanted-everywhere"), browser()
    assert guess(own, "203.0.113.250", name, PASSWORD).status_code == 200
    for number in range(18):
        known, unknown = (guess(browser(), f"203.0.113.{number}", who) for who in (name, "nobody-everywhere"))
        assert shape(known) == shape(unknown)
        assert known.status_code == (401 if number < 15 else 429)
    assert abs(int(known.headers["Retry-After"]) - int(unknown.headers["Retry-After"])) <= 5
    assert guess(browser(), "203.0.113.99", name, PASSWORD).status_code == 429
    assert guess(browser(), "203.0.113.250", name, PASSWORD).status_code == 429, "the address alone proves nothing"
    assert refused_in_trail(shared, name) == []
    assert guess(own, "203.0.113.98", name, PASSWORD).status_code == 200
    assert refused_in_trail(shared, name) == [{"attempts": 5}]


def test_guess_that_was_not_compared_is_none(shared: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    name, here = account(shared, "in-a-crowd"), "198.51.100.20"
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "_PATIENCE", 0.01)
        patch.setattr(passwords, "_places", threading.BoundedSemaphore(1))
        assert passwords._places.acquire()
        assert [guess(browser(), here, name, PASSWORD).status_code for _ in range(8)] == [503] * 8
    assert guess(browser(), here, name, PASSWORD).status_code == 200


def test_slow_wecom_leaves_threads_for_those_who_bring_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth, "_PATIENT_SECONDS", 0.01)
    with ExitStack() as asking:
        for _ in range(4):
            asking.enter_context(oauth._asking())
        with pytest.raises(Busy), oauth._asking():
            pass
    with oauth._asking():
        pass
