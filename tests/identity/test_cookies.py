"""Cookies under https: taken from this very host alone, and nobody is signed out by the change."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from scrm.core.db import platform_transaction
from scrm.identity import accounts
from scrm.identity.models import LoginSession
from tests.identity.test_login import PASSWORD, account, login
from tests.support.https import ask, browser, cookies_set, served
from tests.support.service import TestCorp as Corp


@pytest.fixture
def _https(shared: Corp) -> Iterator[None]:
    with served():
        yield


def enter(name: str) -> dict[str, str]:
    answer = ask(browser(), "POST", "/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200
    return cookies_set(answer)


def me(cookie: str) -> int:
    return ask(browser(keeps_cookies=False), "GET", "/api/v1/me", headers={"Cookie": cookie}).status_code


def value(line: str) -> str:
    return line.partition("=")[2].partition(";")[0]


@pytest.mark.usefixtures("_https")
def test_cookies_of_a_sign_in_belong_to_this_host_alone(shared: Corp) -> None:
    found = enter(account(shared, "bound"))
    assert found.keys() == {"__Host-scrm_session", "__Host-scrm_device"}
    for line in found.values():
        parts = line.split("; ")[1:]
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(parts)
        assert not any(part.startswith("Domain") for part in parts)
    assert me(f"__Host-scrm_session={value(found['__Host-scrm_session'])}") == 200


@pytest.mark.usefixtures("_https")
def test_session_that_another_host_plants_under_the_plain_name_opens_nothing(shared: Corp) -> None:
    token = value(enter(account(shared, "planted"))["__Host-scrm_session"])
    assert me(f"scrm_session={token}") == 401


def test_browser_that_was_signed_in_under_the_plain_name_is_moved_over(shared: Corp) -> None:
    token = login(shared, account(shared, "moved")).cookies["scrm_session"]
    with served():
        answer = ask(browser(keeps_cookies=False), "GET", "/api/v1/me", headers={"Cookie": f"scrm_session={token}"})
        assert answer.status_code == 200
        found = cookies_set(answer)
        assert value(found["__Host-scrm_session"]) == token and "Secure" in found["__Host-scrm_session"]
        assert value(found["scrm_session"]) == "" and "Max-Age=0" in found["scrm_session"]
        assert me(f"__Host-scrm_session={token}") == 200
        both = f"__Host-scrm_session={token}; scrm_session=anything"
        assert me(both) == 200, "what is planted beside it is not looked at"
    with platform_transaction() as session:
        mine = LoginSession.token_hash == accounts.token_hash(token)
        session.execute(update(LoginSession).where(mine).values(host_bound=True))
    with served():
        assert me(f"scrm_session={token}") == 401


@pytest.mark.usefixtures("_https")
def test_signing_out_drops_the_cookie_under_both_names(shared: Corp) -> None:
    client, name = browser(), account(shared, "dropping")
    signed_in = ask(client, "POST", "/api/v1/session", json={"name": name, "password": PASSWORD})
    headers = {"X-CSRF-Token": (signed_in.json or {})["csrf_token"]}
    answer = ask(client, "DELETE", "/api/v1/session", headers=headers)
    assert answer.status_code == 204
    found = cookies_set(answer)
    assert [value(found[name]) for name in ("__Host-scrm_session", "scrm_session")] == ["", ""]
    assert "Secure" in found["__Host-scrm_session"], "without it browsers keep the cookie"


@pytest.mark.usefixtures("_https")
def test_state_of_a_sign_in_through_wecom_is_read_under_its_own_name_alone(shared: Corp) -> None:
    answer = ask(browser(), "GET", f"/login/wecom?corp_id={shared.corp_id}&next=/customers")
    found = cookies_set(answer)
    assert answer.status_code == 302 and found.keys() == {"__Host-scrm_oauth"}
    state = answer.headers["Location"].partition("state=")[2].partition("&")[0]
    planted = {"Cookie": f"scrm_oauth={value(found['__Host-scrm_oauth'])}"}
    address = f"/login/wecom/callback?code=x&state={state}"
    refused = ask(browser(keeps_cookies=False), "GET", address, headers=planted)
    assert (refused.status_code, (refused.json or {}).get("detail_en", "")[:60]) == (
        403,
        "Sign-in through WeCom failed: this sign-in is no longer valid"[:60],
    )
