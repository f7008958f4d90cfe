"""Bearer tokens: their end, their list, who takes them back, and what administrators are told before they end."""

import datetime as dt

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import update

from scrm.cli import main
from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import platform_transaction, transaction
from scrm.identity import accounts, tokens
from scrm.identity.models import ApiToken, Role
from scrm.operations import housekeeping
from tests.identity.test_login import account
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

DAY = 86_400


def opens(corp: Corp, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{corp.web}/api/v1/me", headers=headers, timeout=10).status_code == 200


def watch(corp: Corp) -> None:
    with transaction(corp.number) as session:
        tokens.watch(session, {})


def alarms(console: Console) -> list[str]:
    return [row["zh"] for row in console.get("/alarms")["items"] if "令牌" in row["zh"]]


def test_token_ends_after_a_year_unless_told_otherwise(shared: Corp) -> None:
    name = account(shared, "yearly")
    usual, short = accounts.create_token(name), accounts.create_token(name, days=7)
    with later(6 * DAY):
        assert (opens(shared, usual), opens(shared, short)) == (True, True)
    with later(8 * DAY):
        assert (opens(shared, usual), opens(shared, short)) == (True, False)
    with later(366 * DAY):
        assert not opens(shared, usual)


def test_token_that_0_1_made_during_the_upgrade_ends_after_a_year_too(shared: Corp) -> None:
    token = accounts.create_token(account(shared, "between"))
    with platform_transaction() as session:
        mine = update(ApiToken).where(ApiToken.token_hash == accounts.token_hash(token))
        session.execute(mine.values(expires_at=None))
    assert opens(shared, token)
    with later(366 * DAY):
        assert not opens(shared, token)


def test_own_tokens_are_listed_without_what_opens_anything_and_revoked(shared: Corp) -> None:
    console = shared.console(Role.SALES)
    name = console.get("/me")["name"]
    kept, gone = accounts.create_token(name, called="数据仓库"), accounts.create_token(name)
    assert opens(shared, kept)
    rows = console.get("/me/tokens")["items"]
    assert [row["name"] for row in rows] == ["", "数据仓库"]
    assert rows[1]["last_used_at"] is not None and rows[0]["last_used_at"] is None
    left = dt.datetime.fromisoformat(rows[0]["ends_at"]) - clock.now()
    assert dt.timedelta(days=364) < left <= dt.timedelta(days=365)
    for secret in (kept, accounts.token_hash(kept).hex()):
        assert secret not in str(rows)
    assert console.status("DELETE", f"/me/tokens/{rows[0]['id']}").status_code == 204
    assert (opens(shared, kept), opens(shared, gone)) == (True, False)
    again = console.status("DELETE", f"/me/tokens/{rows[0]['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "token_unknown")
    (trail,) = shared.rows(AuditEvent, AuditEvent.verb == "token.revoked", AuditEvent.subject == f"account:{name}")
    assert trail.facts["token"] == f"#{rows[0]['id']}" and gone not in str(trail.facts)


def test_administrator_revokes_a_token_and_nobody_elses(shared: Corp) -> None:
    administrator, name = shared.console(Role.ADMINISTRATOR), account(shared, "revoked")
    token, other = accounts.create_token(name), accounts.create_token(account(shared, "untouched"))
    (row,) = administrator.get(f"/accounts/{name}/tokens")["items"]
    own = administrator.get("/me")["name"]
    assert administrator.status("DELETE", f"/accounts/{own}/tokens/{row['id']}").status_code == 404
    assert administrator.status("DELETE", f"/me/tokens/{row['id']}").status_code == 404
    assert opens(shared, token)
    assert administrator.status("DELETE", f"/accounts/{name}/tokens/{row['id']}").status_code == 204
    assert (opens(shared, token), opens(shared, other)) == (False, True)


def test_administrators_are_told_a_month_before_a_token_ends_until_it_is_replaced(company: Corp) -> None:
    administrator, name = company.console(Role.ADMINISTRATOR), account(company, "ending")
    accounts.create_token(name)
    with later(300 * DAY):
        watch(company)
        assert alarms(company.console(Role.ADMINISTRATOR)) == []
    with later(340 * DAY):
        watch(company)
        there = company.console(Role.ADMINISTRATOR)
        (told,) = alarms(there)
        assert "1 个访问令牌" in told and name in told and "25 天后到期" in told
        (row,) = there.get(f"/accounts/{name}/tokens")["items"]
        assert there.status("DELETE", f"/accounts/{name}/tokens/{row['id']}").status_code == 204
        assert alarms(there) == []
    assert alarms(administrator) == []


def test_ended_token_is_shown_for_a_month_and_removed(shared: Corp) -> None:
    name = account(shared, "shown")
    accounts.create_token(name, days=1)
    with later(2 * DAY):
        housekeeping.purge_platform()
        there = shared.console(Role.ADMINISTRATOR)
        assert [row["ended"] for row in there.get(f"/accounts/{name}/tokens")["items"]] == [True]
        assert there.get("/accounts", q=name)["items"][0]["tokens"] == 0
    with later(32 * DAY):
        housekeeping.purge_platform()
        assert shared.console(Role.ADMINISTRATOR).get(f"/accounts/{name}/tokens")["items"] == []


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def test_operator_makes_lists_and_revokes_tokens(shared: Corp) -> None:
    name = account(shared, "operated")
    kept = run("token", "create", "--user", name, "--name", "报表")
    gone = run("token", "create", "--user", name, "--days", "30")
    newest, oldest = (line.split("\t") for line in run("token", "list", "--user", name).splitlines())
    assert (newest[1], oldest[1]) == ("-", "报表")
    days = dt.datetime.fromisoformat(newest[4]) - dt.datetime.fromisoformat(newest[2])
    assert days == dt.timedelta(days=30)
    run("token", "revoke", "--user", name, "--id", newest[0])
    assert (opens(shared, kept), opens(shared, gone)) == (True, False)


@pytest.mark.parametrize(
    "words",
    [
        ["create", "--days", "731"],
        ["create", "--days", "0"],
        ["create", "--name", "x" * 65],
        ["create", "--name", "a\nb"],
        ["revoke", "--id", "0"],
    ],
)
def test_token_that_cannot_be_is_refused(shared: Corp, words: list[str]) -> None:
    result = CliRunner().invoke(main, ["token", *words, "--user", account(shared, f"odd{hash(str(words)) % 99_999}")])
    assert result.exit_code == 2 and result.stdout == ""
