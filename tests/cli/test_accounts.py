"""`scrm user`, `scrm token`: what an operator does for an account works at once."""

import pytest
import requests
from click.testing import CliRunner

from scrm.cli import main
from scrm.core.audit import AuditEvent, System
from scrm.identity.models import Role
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def sign_in(corp: Corp, name: str, password: str) -> int:
    body = {"name": name, "password": password}
    return requests.post(f"{corp.web}/api/v1/session", json=body, timeout=10).status_code


def test_reset_password_signs_out_and_opens_once_more(shared: Corp) -> None:
    console = shared.console(Role.SALES)
    name = console.get("/me")["name"]
    password = run("user", "reset-password", name)
    assert console.status("GET", "/me").status_code == 401
    assert sign_in(shared, name, "a-long-test-password") == 401
    again = Console.signed_in(shared.web, name, password)
    assert again.get("/me")["must_change_password"] is True
    assert again.status("GET", "/customers").status_code == 403


def test_disabled_account_opens_nothing_until_it_is_enabled(shared: Corp) -> None:
    console = shared.console(Role.SALES)
    name = console.get("/me")["name"]
    token = run("token", "create", "--user", name)
    run("user", "disable", name)
    assert console.status("GET", "/me").status_code == 401
    assert by_token(shared, token) == 401
    assert sign_in(shared, name, "a-long-test-password") == 401
    run("user", "enable", name)
    assert sign_in(shared, name, "a-long-test-password") == 200


def test_role_sessions_and_list_of_an_account(shared: Corp) -> None:
    console = shared.console(Role.SALES, userid="Staff002")
    name = console.get("/me")["name"]
    assert run("user", "role", name, "compliance") == f"{name}: compliance"
    assert console.get("/me")["role"] == "compliance"
    line = next(line for line in run("user", "list", "--corp", shared.corp_id).splitlines() if line.startswith(name))
    assert line.split("\t")[1:5] == [shared.corp_id, "compliance", "Staff002", "may_sign_in"]
    run("user", "end-sessions", name)
    assert console.status("GET", "/me").status_code == 401


def test_revoked_tokens_open_nothing(shared: Corp) -> None:
    name = shared.console(Role.SALES).get("/me")["name"]
    tokens = [run("token", "create", "--user", name) for _ in range(2)]
    assert [by_token(shared, token) for token in tokens] == [200, 200]
    assert "2 tokens revoked" in run("token", "revoke", "--user", name)
    assert [by_token(shared, token) for token in tokens] == [401, 401]


def by_token(corp: Corp, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{corp.web}/api/v1/me", headers=headers, timeout=10).status_code


def test_account_that_is_none_is_one_sentence(service: str) -> None:
    for words in (
        ["user", "reset-password"],
        ["user", "disable"],
        ["user", "enable"],
        ["user", "end-sessions"],
        ["token", "revoke", "--user"],
    ):
        result = CliRunner().invoke(main, [*words, "nobody"])
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def held(corp: Corp, userid: str) -> str:
    """A sync finds that the one member with an account has gone; the number of what it holds."""
    corp.act("resign", userid=userid, quiet=True)
    corp.sync()
    line, member = run("user", "held", "--corp", corp.corp_id).splitlines()
    assert member.split("\t")[0].strip() == userid and member.endswith("left")
    assert line.startswith(corp.corp_id) and "1/1" in line
    return line.split("\t")[1]


@pytest.mark.parametrize(("way", "status"), [("--confirm", 401), ("--reject", 200)])
def test_held_departures_are_decided(company: Corp, way: str, status: int) -> None:
    company.sync()
    bob = company.console(Role.SALES, userid="bob")
    number = held(company, "bob")
    refused = CliRunner().invoke(main, ["user", "held", way, number])
    assert refused.exit_code == 2 and "--corp" in refused.stderr
    run("user", "held", "--corp", company.corp_id, way, number)
    assert bob.status("GET", "/me").status_code == status
    assert "nothing is held" in run("user", "held", "--corp", company.corp_id)
    verb = "departures.confirmed" if way == "--confirm" else "departures.rejected"
    (trail,) = company.rows(AuditEvent, AuditEvent.verb == verb)
    assert trail.actor == System.COMMAND_LINE.audit_name
    again = CliRunner().invoke(main, ["user", "held", "--corp", company.corp_id, way, number])
    assert again.exit_code == 2 and len(again.stderr.splitlines()) == 1


def test_held_departure_of_the_last_administrator_waits_for_another_one(company: Corp) -> None:
    company.sync()
    company.console(Role.ADMINISTRATOR, userid="bob")
    number = held(company, "bob")
    words = ["user", "held", "--corp", company.corp_id, "--confirm", number]
    refused = CliRunner().invoke(main, words)
    assert refused.exit_code == 2 and "name another one first" in refused.stderr
    company.console(Role.ADMINISTRATOR)
    run(*words)
