"""Guessing at passwords: what is counted, whom a lock keeps out, and that no refused guess is forgotten."""

import datetime as dt
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import delete, select, text, update

from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import Session, platform_transaction
from scrm.identity import attempts, login
from scrm.identity.models import LoginAttempts, Role
from scrm.operations import housekeeping
from tests.identity.test_login import PASSWORD, account
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp


@pytest.fixture(autouse=True)
def _fresh(shared: Corp) -> None:
    with platform_transaction() as session:
        session.execute(delete(LoginAttempts))


def count(address: str, name: str) -> int:
    """Seconds to wait; 0 where the guess may be made."""
    with platform_transaction() as session:
        locked = attempts.count(session, attempts.buckets(address, name, None))
    return 0 if locked is None else int(locked.facts["retry_after"])


def guess(corp: Corp, browser: requests.Session, name: str, password: str = "wrong-password") -> requests.Response:
    body = {"name": name, "password": password}
    return browser.post(f"{corp.web}/api/v1/session", json=body, timeout=10)


def lock(corp: Corp, name: str) -> requests.Response:
    """Guess until the name is locked from here; the refusal."""
    with requests.Session() as stranger:
        for _ in range(20):
            answer = guess(corp, stranger, name)
            if answer.status_code == 429:
                return answer
    raise AssertionError("never locked")


def test_an_address_is_locked_whatever_names_it_tries() -> None:
    assert not any(count("203.0.113.1", f"name-{number}") for number in range(60))
    assert count("203.0.113.1", "another") > 0
    assert count("203.0.113.2", "another") == 0


def test_one_line_has_many_addresses_of_version_six_and_one_count() -> None:
    assert not any(count(f"2001:db8::{number:x}", f"six-{number}") for number in range(60))
    assert count("2001:db8::ffff", "six") > 0


def test_a_name_is_locked_however_many_addresses_guess_at_it() -> None:
    assert not any(count(f"203.0.113.{number}", "Wanted") for number in range(15))
    assert count("203.0.113.99", "wanted") > 0


def test_a_lock_ends_by_itself() -> None:
    while not count("203.0.113.3", "patient"):
        pass
    wait = count("203.0.113.3", "patient")
    with later(wait + 1):
        assert count("203.0.113.3", "patient") == 0


def test_a_browser_that_was_signed_in_before_is_not_locked_out(shared: Corp) -> None:
    name = account(shared, "device")
    with requests.Session() as known, requests.Session() as other:
        assert guess(shared, known, name, PASSWORD).status_code == 200
        lock(shared, name)
        assert guess(shared, other, name, PASSWORD).status_code == 429
        assert guess(shared, known, name, PASSWORD).status_code == 200


def test_one_accounts_browser_is_a_stranger_to_another_account(shared: Corp) -> None:
    name, mine = account(shared, "wanted"), account(shared, "mine")
    lock(shared, name)
    with requests.Session() as known:
        assert guess(shared, known, mine, PASSWORD).status_code == 200
        assert guess(shared, known, name, PASSWORD).status_code == 429


def test_a_locked_name_and_a_locked_unknown_name_look_the_same(shared: Corp) -> None:
    known, unknown = lock(shared, account(shared, "real")), lock(shared, "nobody-at-all")
    said = [
        {name: value for name, value in answer.json().items() if name != "retry_after"} for answer in (known, unknown)
    ]
    assert said[0] == said[1] and said[0]["code"] == "account_locked"
    assert known.headers.keys() == unknown.headers.keys()
    assert abs(int(known.headers["Retry-After"]) - int(unknown.headers["Retry-After"])) <= 5


def test_a_failure_takes_as_long_whether_the_name_is_known_or_not(shared: Corp) -> None:
    """However fast the database is with the trail of a known one."""
    with requests.Session() as browser:
        for name in (account(shared, "timed"), "nobody-timed"):
            assert min(guess(shared, browser, name).elapsed for _ in range(4)).total_seconds() >= login.EVEN_SECONDS


def test_ones_own_password_cannot_be_guessed_at_from_a_session(shared: Corp) -> None:
    console = shared.console(Role.SALES)
    body = {"old": "wrong-password", "new": "another-long-password"}
    codes = [console.status("POST", "/me/password", body).json()["code"] for _ in range(6)]
    assert codes == ["credentials_wrong"] * 5 + ["account_locked"]


def refused_in_trail(corp: Corp, name: str) -> list[object]:
    where = (AuditEvent.verb == "login.refused", AuditEvent.subject == f"account:{name}")
    return [row.facts for row in corp.rows(AuditEvent, *where)]


def test_refused_guesses_are_told_in_one_row_by_the_next_sign_in(shared: Corp) -> None:
    name = account(shared, "summed")
    with requests.Session() as known:
        guess(shared, known, name, PASSWORD)
        lock(shared, name)
        lock(shared, name)
        assert refused_in_trail(shared, name) == []
        guess(shared, known, name, PASSWORD)
    assert refused_in_trail(shared, name) == [{"attempts": 2}]


def test_refused_guesses_are_told_where_nobody_signs_in_again(shared: Corp) -> None:
    name = account(shared, "forsaken")
    lock(shared, name)
    with platform_transaction() as session:
        session.execute(update(LoginAttempts).values(at=clock.now() - dt.timedelta(days=3)))
    housekeeping.purge_platform()
    housekeeping.purge_platform()
    assert refused_in_trail(shared, name) == [{"attempts": 1}]
    with platform_transaction() as session:
        assert session.scalars(select(LoginAttempts)).all() == []


def locked_by(act: Callable[[], object], held: bytes, between: Callable[[Session], object]) -> None:
    """Have ``act`` wait for a row that is held, and do something else meanwhile."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as thread:
        with platform_transaction() as session:
            session.scalars(select(LoginAttempts).where(LoginAttempts.key == held).with_for_update()).all()
            done = thread.submit(act)
            while not done.done() and not session.scalar(waiting):
                time.sleep(0.01)
            with platform_transaction() as other:
                between(other)
        done.result(10)


def test_guesses_side_by_side_neither_wait_crosswise_nor_lose_a_row() -> None:
    names = (f"side{number}" for number in range(1000))
    found = next(
        ordered
        for name in names
        if (ordered := sorted(attempts.buckets("", name, None), key=lambda bucket: bucket.key))[-1].kind == "pair"
    )
    low, middle, high = (bucket.key for bucket in found)

    def counted() -> None:
        with platform_transaction() as session:
            assert attempts.count(session, found) is None

    def given_back() -> None:
        with platform_transaction() as session:
            attempts.give_back(session, found)

    counted()
    row = select(LoginAttempts.key).where(LoginAttempts.key == high).with_for_update(skip_locked=True)
    free: list[bytes | None] = []
    locked_by(given_back, low, lambda other: free.append(other.scalar(row)))
    assert free == [high], "taken out of order"
    counted()
    locked_by(counted, middle, lambda other: other.execute(delete(LoginAttempts).where(LoginAttempts.key == high)))
