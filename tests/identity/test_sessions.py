"""Signed-in browsers: when they end by themselves, who sees them, and who may end them."""

import re
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import func, select

from scrm.core.audit import AuditEvent
from scrm.core.db import platform_transaction
from scrm.core.settings import settings
from scrm.identity import accounts, browsers
from scrm.identity.models import Account, LoginSession, Role
from scrm.operations import housekeeping
from tests.identity.test_login import PASSWORD, account
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

DAY = 86_400
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
EDGE = f"{WINDOWS} Edg/141.0"
INSIDE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0 wxwork/4.1.30 Safari/604.1"


@pytest.fixture
def administrator(shared: Corp) -> Iterator[Console]:
    yield shared.console(Role.ADMINISTRATOR)


def verbs(corp: Corp, name: str) -> list[str]:
    return [row.verb for row in corp.rows(AuditEvent, AuditEvent.subject == f"account:{name}")]


def test_session_ends_a_month_after_its_start_however_often_it_is_seen(shared: Corp) -> None:
    console = Console.signed_in(shared.web, account(shared, "endless"), PASSWORD)
    for days in (6, 12, 18, 24):
        with later(days * DAY):
            assert console.status("GET", "/me").status_code == 200
    with later(29.5 * DAY):
        answer = console.status("GET", "/me")
        assert answer.status_code == 200
        found = re.search(r"scrm_session=.*Max-Age=(\d+)", answer.headers["Set-Cookie"])
        assert found is not None and 0 < int(found[1]) <= DAY / 2, "the cookie ends with the session"
    with later(30 * DAY + 60):
        assert console.status("GET", "/me").status_code == 401


def test_cookie_lives_on_with_a_session_that_is_seen(shared: Corp) -> None:
    console = Console.signed_in(shared.web, account(shared, "living"), PASSWORD)
    assert "Set-Cookie" not in console.status("GET", "/me").headers
    with later(3 * DAY):
        assert "Max-Age=604800" in console.status("GET", "/me").headers["Set-Cookie"]


def test_shorter_setting_holds_for_sessions_of_before(shared: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console.signed_in(shared.web, account(shared, "shortened"), PASSWORD)
    with later(25 * 3600):
        assert console.status("GET", "/me").status_code == 200
        monkeypatch.setenv("SCRM_SESSION_DAYS", "1")
        settings.cache_clear()
        try:
            assert console.status("GET", "/me").status_code == 401
        finally:
            monkeypatch.undo()
            settings.cache_clear()


def test_sessions_that_ran_out_are_removed(shared: Corp) -> None:
    name = account(shared, "removed")
    Console.signed_in(shared.web, name, PASSWORD)
    count = select(func.count()).join(Account, Account.id == LoginSession.account_id).where(Account.name == name)
    with later(31 * DAY):
        housekeeping.purge_platform()
    with platform_transaction() as session:
        assert session.scalar(count.select_from(LoginSession)) == 0
        kept = session.scalars(select(Account.last_seen_at).where(Account.name == name)).one()
    assert kept is not None


def test_own_browsers_are_listed_and_ended_one_by_one(shared: Corp) -> None:
    name = account(shared, "several")
    here, there = (Console.signed_in(shared.web, name, PASSWORD) for _ in range(2))
    for console, agent in ((here, EDGE), (there, INSIDE)):
        console.http.headers["User-Agent"] = agent
        with later(400):
            console.get("/me")
    rows = here.get("/me/sessions")["items"]
    mine = next(row for row in rows if row["current"])
    (other,) = (row for row in rows if not row["current"])
    assert (mine["browser"], mine["system"], mine["way"], mine["address"]) == (
        "edge", "windows", "password", "127.0.0.1",
    )  # fmt: skip
    assert (other["browser"], other["system"]) == ("wecom", "ios")
    assert str(here.http.cookies["scrm_session"]) not in str(rows)
    assert here.status("DELETE", f"/me/sessions/{other['id']}").status_code == 204
    assert (there.status("GET", "/me").status_code, here.status("GET", "/me").status_code) == (401, 200)
    again = here.status("DELETE", f"/me/sessions/{other['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "session_unknown")
    assert verbs(shared, name)[-1] == "session.ended"
    (told,) = shared.console(Role.COMPLIANCE).get("/audit", q="session.ended", actor=f"user:{name}")["items"]
    assert told["zh"] == f"〈{name}〉退出了账号〈{name}〉的一个登录"


def test_all_other_browsers_are_ended_at_once(shared: Corp) -> None:
    name = account(shared, "others")
    here, *others = (Console.signed_in(shared.web, name, PASSWORD) for _ in range(3))
    assert here.status("POST", "/me/sessions/end-others").json() == {"ended": 2}
    assert [one.status("GET", "/me").status_code for one in others] == [401, 401]
    assert len(here.get("/me/sessions")["items"]) == 1
    assert verbs(shared, name)[-1] == "sessions.others_ended"


def test_session_of_somebody_else_is_not_ended_by_its_number(shared: Corp) -> None:
    victim, attacker = (shared.console(Role.SALES) for _ in range(2))
    (row,) = victim.get("/me/sessions")["items"]
    assert attacker.status("DELETE", f"/me/sessions/{row['id']}").status_code == 404
    own = attacker.get("/me")["name"]
    administrator = shared.console(Role.ADMINISTRATOR)
    assert administrator.status("DELETE", f"/accounts/{own}/sessions/{row['id']}").status_code == 404
    assert victim.status("GET", "/me").status_code == 200


def test_administrator_sees_and_ends_a_browser_of_an_account(shared: Corp, administrator: Console) -> None:
    member = shared.console(Role.MARKETER)
    name = member.get("/me")["name"]
    (row,) = administrator.get(f"/accounts/{name}/sessions")["items"]
    assert (row["current"], row["address"]) == (False, "127.0.0.1")
    assert administrator.status("DELETE", f"/accounts/{name}/sessions/{row['id']}").status_code == 204
    assert member.status("GET", "/me").status_code == 401
    (looked,) = administrator.get("/audit", about=f"account:{name}", what="reading")["items"]
    assert looked["verb"] == "account.access_read"


def test_accounts_of_another_corp_are_unknown_here(shared: Corp, company: Corp) -> None:
    stranger = company.console(Role.ADMINISTRATOR)
    member = shared.console(Role.SALES)
    name, (row,) = member.get("/me")["name"], member.get("/me/sessions")["items"]
    assert stranger.status("GET", f"/accounts/{name}/sessions").status_code == 404
    assert stranger.status("DELETE", f"/accounts/{name}/sessions/{row['id']}").status_code == 404
    assert stranger.status("GET", f"/accounts/{name}/tokens").status_code == 404
    assert stranger.status("POST", f"/accounts/{name}/reset-password").status_code == 404
    assert member.status("GET", "/me").status_code == 200


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.SALES, Role.MARKETER])
def test_only_administrators_look_into_the_access_of_others(shared: Corp, role: Role) -> None:
    console, name = shared.console(role), shared.console(Role.SALES).get("/me")["name"]
    for method, path in (
        ("GET", "sessions"),
        ("DELETE", "sessions/1"),
        ("GET", "tokens"),
        ("DELETE", "tokens/1"),
        ("POST", "reset-password"),
    ):
        assert console.status(method, f"/accounts/{name}/{path}").status_code == 403


@pytest.mark.parametrize("number", ["0", str(2**63), "9" * 400])
def test_number_that_is_none_ends_nothing(shared: Corp, number: str) -> None:
    console = shared.console(Role.SALES)
    for kind in ("sessions", "tokens"):
        answer = console.status("DELETE", f"/me/{kind}/{number}")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (WINDOWS, ("chrome", "windows")),
        (EDGE, ("edge", "windows")),
        (INSIDE, ("wecom", "ios")),
        ("Mozilla/5.0 (Linux; Android 15) MicroMessenger/8.0", ("wechat", "android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", ("firefox", "macos")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", ("safari", "macos")),
        ("python-requests/2.34", ("other", "other")),
        ("", ("other", "other")),
        ("<script>alert(1)</script>\x07" * 1000, ("other", "other")),
    ],
)
def test_browser_is_told_by_words_of_our_own(agent: str, told: tuple[str, str]) -> None:
    assert browsers.told(agent) == told


def test_one_session_is_asked_for_by_a_token_too(shared: Corp) -> None:
    """A program has no session of its own: none of those listed is the one that asks."""
    name = account(shared, "program")
    Console.signed_in(shared.web, name, PASSWORD)
    bearer = {"Authorization": f"Bearer {accounts.create_token(name)}"}
    answer = requests.get(f"{shared.web}/api/v1/me/sessions", headers=bearer, timeout=10)
    assert [row["current"] for row in answer.json()["items"]] == [False]
