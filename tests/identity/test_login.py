"""Signing in by password: sessions, lock-out, forged requests."""

import pytest
import requests
from sqlalchemy import delete

from scrm.core.audit import AuditEvent
from scrm.core.db import platform_transaction
from scrm.identity import accounts
from scrm.identity.errors import AccountNameInvalid, AccountNameTaken, AccountUnknown, StaffTaken
from scrm.identity.models import LoginSession, Role
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

PASSWORD = "a-long-test-password"


def login(corp: Corp, name: str, password: str = PASSWORD, **options: object) -> requests.Response:
    body = {"name": name, "password": password}
    return requests.post(f"{corp.web}/api/v1/session", json=body, timeout=10, **options)  # type: ignore[arg-type]


def account(corp: Corp, name: str, role: Role = Role.MARKETER) -> str:
    full = f"{name}-{corp.corp_id}"
    accounts.create_account(full, role=role, corp_id=corp.corp_id, password=PASSWORD)
    return full


def me(corp: Corp, cookie: str) -> int:
    return requests.get(f"{corp.web}/api/v1/me", cookies={"scrm_session": cookie}, timeout=10).status_code


def test_right_password_opens_a_session_that_scripts_cannot_read(shared: Corp) -> None:
    answer = login(shared, account(shared, "right"))
    assert answer.status_code == 200
    assert answer.json()["corp_id"] == shared.corp_id
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert PASSWORD not in answer.text


def test_wrong_password_and_unknown_name_look_the_same(shared: Corp) -> None:
    wrong, unknown = login(shared, account(shared, "wrong"), "another-password"), login(shared, "nobody-at-all")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert "Set-Cookie" not in wrong.headers


def test_many_wrong_passwords_lock_the_account_for_a_while(shared: Corp) -> None:
    name = account(shared, "locked")
    assert [login(shared, name, f"wrong-password-{number}").status_code for number in range(5)] == [401] * 5
    assert login(shared, name).status_code == 429
    assert login(shared, name, "wrong-password").json()["code"] == "account_locked"
    with later(61):
        assert login(shared, name, "wrong-password").status_code == 401
        assert login(shared, name).status_code == 429, "each further failure locks for longer"
    with later(61 + 121):
        assert login(shared, name).status_code == 200
    assert login(shared, name).status_code == 200


def test_every_login_is_in_the_audit_trail(shared: Corp) -> None:
    name = account(shared, "watched")
    login(shared, name, "wrong-password")
    login(shared, name)
    verbs = [row.verb for row in shared.rows(AuditEvent, AuditEvent.subject == f"account:{name}")]
    assert verbs == ["account.created", "login.failed", "login.done"]


def test_session_of_the_browser_is_not_adopted(shared: Corp) -> None:
    """Whoever planted a cookie before sign-in must not share the session after it."""
    name = account(shared, "fixation")
    planted = "planted-by-somebody-else"
    answer = login(shared, name, cookies={"scrm_session": planted})
    token = answer.cookies["scrm_session"]
    assert token != planted
    assert me(shared, planted) == 401
    assert login(shared, name, cookies={"scrm_session": token}).cookies["scrm_session"] != token
    assert me(shared, token) == 401, "the session that the new one takes the place of has ended"
    done = shared.rows(AuditEvent, AuditEvent.verb == "login.done", AuditEvent.subject == f"account:{name}")
    assert done[-1].facts["replaced"] == f"session:{accounts.token_hash(token)[:6].hex()}"


def test_signed_out_session_is_dead_for_everybody(shared: Corp) -> None:
    console = Console.signed_in(shared.web, account(shared, "leaving"), PASSWORD)
    token = console.http.cookies["scrm_session"]
    assert me(shared, token) == 200
    assert console.status("DELETE", "/session").status_code == 204
    assert me(shared, token) == 401


def test_session_ends_by_itself(shared: Corp) -> None:
    console = Console.signed_in(shared.web, account(shared, "idle"), PASSWORD)
    with later(8 * 86_400):
        assert console.status("GET", "/me").status_code == 401


@pytest.mark.parametrize(
    "header", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "令牌".encode()}]
)
def test_changing_request_without_its_token_is_refused(shared: Corp, header: dict[str, str | bytes]) -> None:
    console = Console.signed_in(
        shared.web, account(shared, f"csrf{hash(str(header)) % 9999}", Role.ADMINISTRATOR), PASSWORD
    )
    answer = console.http.post(f"{shared.web}/api/v1/sync-runs", headers=header, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_token_wrong")


def test_token_of_another_session_does_not_fit(shared: Corp) -> None:
    name = account(shared, "twice", Role.ADMINISTRATOR)
    first, second = (Console.signed_in(shared.web, name, PASSWORD) for _ in range(2))
    mixed = Console(first.web, first.http, second.csrf)
    assert mixed.status("DELETE", "/session").status_code == 403
    assert first.status("DELETE", "/session").status_code == 204


def test_bearer_token_needs_no_csrf_token_and_is_shown_once(shared: Corp) -> None:
    name = account(shared, "robot", Role.ADMINISTRATOR)
    bearer = {"Authorization": f"Bearer {accounts.create_token(name)}"}
    assert requests.get(f"{shared.web}/api/v1/me", headers=bearer, timeout=10).json()["name"] == name
    wrong = {"Authorization": "Bearer " + "x" * 43}
    answer = requests.get(f"{shared.web}/api/v1/me", headers=wrong, timeout=10)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="scrm"')
    changed = requests.post(
        f"{shared.web}/api/v1/me/password", headers=bearer, json={"old": "x", "new": "y"}, timeout=10
    )
    assert changed.json()["code"] != "csrf_token_wrong"


def test_changed_password_signs_out_all_other_browsers(shared: Corp) -> None:
    name = account(shared, "changing")
    here, there = (Console.signed_in(shared.web, name, PASSWORD) for _ in range(2))
    for new, status in (("short", 422), (name, 422), (PASSWORD, 422)):
        assert here.status("POST", "/me/password", {"old": PASSWORD, "new": new}).status_code == status
    assert here.status("POST", "/me/password", {"old": "wrong", "new": "another-long-one"}).status_code == 401
    assert here.status("POST", "/me/password", {"old": PASSWORD, "new": "another-long-one"}).status_code == 204
    assert here.status("GET", "/me").status_code == 200
    assert there.status("GET", "/me").status_code == 401
    assert login(shared, name).status_code == 401


def test_one_time_password_must_be_changed(shared: Corp) -> None:
    name = f"fresh-{shared.corp_id}"
    once = accounts.create_account(name, role=Role.MARKETER, corp_id=shared.corp_id)
    here = Console.signed_in(shared.web, name, once)
    assert here.get("/me")["must_change_password"] is True
    assert here.status("GET", "/customers").status_code == 403
    assert here.status("POST", "/me/password", {"old": once, "new": "one-of-my-own"}).status_code == 204
    assert here.get("/me")["must_change_password"] is False
    assert here.status("GET", "/customers").status_code == 200


def test_account_names_are_unique_and_plain(shared: Corp) -> None:
    name = account(shared, "only")
    with pytest.raises(AccountNameTaken):
        accounts.create_account(name, role=Role.SALES, corp_id=shared.corp_id)
    for bad in ("", "有", "a b", "x" * 65, "a/b"):
        with pytest.raises(AccountNameInvalid):
            accounts.create_account(bad, role=Role.SALES, corp_id=shared.corp_id)
    with pytest.raises(AccountUnknown):
        accounts.create_token("nobody-at-all")


def test_second_account_of_a_member_is_refused_by_the_members_name(shared: Corp) -> None:
    role, corp_id = Role.SALES, shared.corp_id
    accounts.create_account(f"one-{corp_id}", role=role, corp_id=corp_id, userid="Staff001")
    with pytest.raises(StaffTaken) as refused:
        accounts.create_account(f"two-{corp_id}", role=role, corp_id=corp_id, userid="STAFF001")
    assert "STAFF001" in refused.value.message_zh


def test_request_does_not_wait_for_a_session_that_is_being_ended(shared: Corp) -> None:
    cookie = login(shared, account(shared, "ending")).cookies["scrm_session"]
    with later(301), platform_transaction() as session:
        session.execute(delete(LoginSession).where(LoginSession.token_hash == accounts.token_hash(cookie)))
        assert me(shared, cookie) == 200, "it stands until whoever ends it has committed"
    assert me(shared, cookie) == 401
