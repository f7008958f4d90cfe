"""A password that is reset: what ends with it, how long the one-time one is good, and what it looks like afterwards."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from scrm.cli import main
from scrm.core.audit import AuditEvent
from scrm.core.db import platform_transaction
from scrm.identity import accounts, tokens
from scrm.identity.errors import AccountUnknown
from scrm.identity.models import Account, Role
from scrm.operations import housekeeping
from tests.identity.test_login import PASSWORD, account, login
from tests.identity.test_tokens import opens
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

HOUR = 3_600


def one_time(corp: Corp, name: str) -> str:
    full = f"{name}-{corp.corp_id}"
    return accounts.create_account(full, role=Role.MARKETER, corp_id=corp.corp_id)


def test_reset_ends_sessions_and_tokens_and_is_one_row_of_the_trail(shared: Corp) -> None:
    name = account(shared, "suspected")
    browsers = [Console.signed_in(shared.web, name, PASSWORD) for _ in range(2)]
    token = accounts.create_token(name)
    administrator = shared.console(Role.ADMINISTRATOR)
    answer = administrator.status("POST", f"/accounts/{name}/reset-password")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert [one.status("GET", "/me").status_code for one in browsers] == [401, 401]
    assert not opens(shared, token)
    assert login(shared, name).status_code == 401
    assert Console.signed_in(shared.web, name, answer.json()["password"]).get("/me")["must_change_password"] is True
    (row,) = shared.rows(AuditEvent, AuditEvent.verb == "password.reset", AuditEvent.subject == f"account:{name}")
    assert row.facts == {"sessions": 2, "tokens": 1}
    assert row.actor == f"user:{administrator.get('/me')['name']}"
    assert answer.json()["password"] not in str(row.facts)


def test_reset_that_fails_half_way_has_ended_nothing(shared: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    name = account(shared, "half-way")
    browser, token = Console.signed_in(shared.web, name, PASSWORD), accounts.create_token(name)

    def fail(*_arguments: object) -> int:
        raise AccountUnknown(name=name)

    with monkeypatch.context() as patch:
        patch.setattr(tokens, "revoke_all", fail)
        assert CliRunner().invoke(main, ["user", "reset-password", name]).exit_code == 2
    assert browser.status("GET", "/me").status_code == 200 and opens(shared, token)
    assert login(shared, name).status_code == 200


def test_own_password_is_changed_and_not_reset(shared: Corp) -> None:
    administrator = shared.console(Role.ADMINISTRATOR)
    answer = administrator.status("POST", f"/accounts/{administrator.get('/me')['name']}/reset-password")
    assert (answer.status_code, answer.json()["code"]) == (409, "own_password")
    assert administrator.status("GET", "/me").status_code == 200


def test_own_change_leaves_tokens(shared: Corp) -> None:
    name = account(shared, "changing-own")
    here, token = Console.signed_in(shared.web, name, PASSWORD), accounts.create_token(name)
    assert here.status("POST", "/me/password", {"old": PASSWORD, "new": "another-long-one"}).status_code == 204
    assert opens(shared, token)


def test_one_time_password_runs_out_and_then_is_as_wrong_as_any(shared: Corp) -> None:
    once, name = one_time(shared, "slow"), f"slow-{shared.corp_id}"
    with later(71 * HOUR):
        assert login(shared, name, once).status_code == 200
    with later(73 * HOUR):
        over, wrong = login(shared, name, once), login(shared, name, "wrong-password")
        assert over.status_code == wrong.status_code == 401
        assert over.json() == wrong.json() and over.headers.keys() == wrong.headers.keys()
        row = shared.console(Role.ADMINISTRATOR).get("/accounts", q=name)["items"][0]
        assert row["one_time_expired"] is True
        line = next(
            line
            for line in CliRunner().invoke(main, ["user", "list", "--corp", shared.corp_id]).stdout.splitlines()
            if line.startswith(name)
        )
        assert line.endswith("一次性密码已过期 / one-time password expired")
    failed = shared.rows(AuditEvent, AuditEvent.verb == "login.failed", AuditEvent.subject == f"account:{name}")
    assert failed[0].facts == {"one_time_expired": True}


def test_session_that_a_one_time_password_opened_ends_with_it(shared: Corp) -> None:
    once, name = one_time(shared, "idle-once"), f"idle-once-{shared.corp_id}"
    console = Console.signed_in(shared.web, name, once)
    with later(73 * HOUR):
        assert console.status("GET", "/me").status_code == 401
        body = {"old": once, "new": "one-of-my-own"}
        assert console.status("POST", "/me/password", body).status_code == 401
    assert console.status("POST", "/me/password", {"old": once, "new": "one-of-my-own"}).status_code == 204
    with later(73 * HOUR):
        assert console.status("GET", "/me").status_code == 200, "it is a password of one's own now"
        assert login(shared, name, "one-of-my-own").status_code == 200


def test_one_time_password_that_0_1_made_during_the_upgrade_runs_out_too(shared: Corp) -> None:
    once, name = one_time(shared, "between-once"), f"between-once-{shared.corp_id}"
    with platform_transaction() as session:
        session.scalars(select(Account).where(Account.name == name)).one().one_time_until = None
    with later(80 * HOUR):
        assert login(shared, name, once).status_code == 200
        housekeeping.purge_platform()
    with later(153 * HOUR):
        assert login(shared, name, once).status_code == 401
