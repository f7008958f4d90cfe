"""Signing in through WeCom: the state is spent once, by the browser that began, and leads nowhere else."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests import Response

from scrm.identity import accounts, oauth
from scrm.identity.models import Role
from scrm.wecom.port.errors import OutcomeUnknown, Unreachable
from scrm.wecom.port.messages import JsTickets
from tests.support.service import TestCorp as Corp

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
def known(company: Corp) -> Corp:
    company.sync()
    return company


def begin(corp: Corp, browser: requests.Session, *, path: str = "/customers", agent: str = "Mozilla/5.0") -> str:
    """Where WeCom is asked to let somebody sign in."""
    query = {"corp_id": corp.corp_id, "next": path}
    headers = {"User-Agent": agent}
    answer = browser.get(f"{corp.web}/login/wecom", params=query, headers=headers, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def choose(address: str, who: str) -> str:
    """Sign in at WeCom as somebody; where WeCom sends the browser back to."""
    address = address.partition("#")[0]
    answer = requests.get(f"{address}&as={who}", allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def back(browser: requests.Session, address: str) -> Response:
    return browser.get(address, allow_redirects=False, timeout=10)


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "Mozilla/5.0 wxwork/4.1"])
def test_member_comes_in_and_lands_where_it_wanted(known: Corp, agent: str) -> None:
    browser = requests.Session()
    answer = back(browser, choose(begin(known, browser, agent=agent), "bob"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/customers")
    me = browser.get(f"{known.web}/api/v1/me", timeout=10).json()
    assert (me["userid"], me["role"], me["display_name"], me["corp_id"]) == ("bob", "sales", "鲍勃", known.corp_id)


def test_second_sign_in_finds_the_same_account_whatever_its_role(known: Corp) -> None:
    name = f"officer-{known.corp_id}"
    accounts.create_account(
        name, role=Role.COMPLIANCE, corp_id=known.corp_id, userid="anna.li", password="a-long-test-password"
    )
    browser = requests.Session()
    assert back(browser, choose(begin(known, browser), "Anna.Li")).status_code == 302
    me = browser.get(f"{known.web}/api/v1/me", timeout=10).json()
    assert (me.get("name"), me.get("role")) == (name, "compliance"), me


def test_replayed_state_is_refused(known: Corp) -> None:
    browser = requests.Session()
    address = choose(begin(known, browser), "bob")
    cookies = browser.cookies.copy()
    assert back(browser, address).status_code == 302
    again = requests.Session()
    again.cookies.update(cookies)
    answer = back(again, address)
    assert (answer.status_code, answer.json()["code"]) == (403, "oauth_failed")
    assert "scrm_session" not in again.cookies


def test_replayed_code_under_a_fresh_state_is_refused(known: Corp) -> None:
    browser = requests.Session()
    used = dict(parse_qsl(urlsplit(choose(begin(known, browser), "bob")).query))
    back(browser, f"{known.web}/login/wecom/callback?code={used['code']}&state={used['state']}")
    state = dict(parse_qsl(urlsplit(choose(begin(known, browser), "bob")).query))["state"]
    answer = back(browser, f"{known.web}/login/wecom/callback?code={used['code']}&state={state}")
    assert (answer.status_code, answer.json()["code"]) == (403, "oauth_failed")


def test_state_belongs_to_the_browser_that_began(known: Corp) -> None:
    """Else somebody could be signed in to an account of the attacker's."""
    attacker, victim = requests.Session(), requests.Session()
    begin(known, victim)
    answer = back(victim, choose(begin(known, attacker), "bob"))
    assert answer.status_code == 403
    assert "scrm_session" not in victim.cookies


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?code=%00&state=%00"])
def test_made_up_return_is_refused(known: Corp, query: str) -> None:
    assert back(requests.Session(), f"{known.web}/login/wecom/callback{query}").status_code in {400, 403}


def test_who_is_no_member_stays_outside(known: Corp) -> None:
    stranger = known.act("add_contact", userid="bob", quiet=True)["external_userid"]
    browser = requests.Session()
    answer = back(browser, choose(begin(known, browser, agent="wxwork"), f"external:{stranger}"))
    assert (answer.status_code, answer.json()["code"]) == (403, "oauth_failed")
    assert "scrm_session" not in browser.cookies


@pytest.mark.parametrize("how", ["left", "disabled", "account disabled"])
def test_who_is_out_is_told_so_by_a_code_and_a_sentence_of_its_own(known: Corp, how: str) -> None:
    """Said after WeCom has told who it is, so no stranger learns who works here."""
    name = f"out-{known.corp_id}"
    accounts.create_account(name, role=Role.SALES, corp_id=known.corp_id, userid="bob")
    browser, reader = requests.Session(), requests.Session()
    addresses = [choose(begin(known, one), "bob") for one in (browser, reader)]
    if how == "left":
        known.act("resign", userid="bob", quiet=True)
    elif how == "disabled":
        known.act("disable_staff", userid="bob")
    else:
        accounts.set_one_disabled(name, disabled=True)
    answer = back(browser, addresses[0])
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (401, "not_in_service")
    assert problem["detail_zh"].startswith("无法登录：你") and "administrator" in problem["detail_en"]
    reader.headers["Accept"] = BROWSER
    page = back(reader, addresses[1])
    assert (page.status_code, page.headers["Content-Type"]) == (401, "text/html; charset=utf-8")
    assert problem["detail_zh"] in page.text
    assert not {"scrm_session"} & {*browser.cookies.keys(), *reader.cookies.keys()}


@pytest.mark.parametrize(
    ("path", "status"),
    [("?corp_id=%3Cscript%3E", 404), ("/callback?code=x&state=%3Cscript%3E", 403)],
)
def test_refused_browser_shows_the_sentence_and_nothing_that_was_typed_in(known: Corp, path: str, status: int) -> None:
    page = requests.get(f"{known.web}/login/wecom{path}", headers={"Accept": BROWSER}, timeout=10)
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert 'href="/login"' in page.text and "<script" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_member_whom_no_sync_has_met_is_told_so(company: Corp) -> None:
    browser = requests.Session()
    answer = back(browser, choose(begin(company, browser), "bob"))
    assert answer.status_code == 403
    assert "sync" in answer.json()["detail_en"]


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_sign_in_leads_to_no_other_host(known: Corp, path: str) -> None:
    browser = requests.Session()
    answer = back(browser, choose(begin(known, browser, path=path), "bob"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_unknown_corp_is_not_found(known: Corp) -> None:
    answer = requests.get(f"{known.web}/login/wecom?corp_id=none", allow_redirects=False, timeout=10)
    assert answer.status_code == 404


def test_page_of_ours_is_signed_and_no_other(known: Corp) -> None:
    browser = requests.Session()
    back(browser, choose(begin(known, browser), "bob"))
    signed = browser.get(
        f"{known.web}/api/v1/jssdk-signature", params={"url": f"{known.web}/sidebar?x=1#top"}, timeout=10
    )
    assert len(signed.json()["config_signature"]) == 40
    for headers in ({}, {"Host": "evil.example"}):  # whatever the request calls us
        other = browser.get(
            f"{known.web}/api/v1/jssdk-signature",
            params={"url": "https://evil.example/"},
            headers=headers,
            cookies=browser.cookies.get_dict(),
            timeout=10,
        )
        assert (other.status_code, other.json()["code"]) == (422, "page_not_ours")


def test_one_time_password_that_was_not_used_does_not_hold_up_who_came_through_wecom(known: Corp) -> None:
    accounts.create_account(f"fresh-{known.corp_id}", role=Role.SALES, corp_id=known.corp_id, userid="anna.li")
    browser = requests.Session()
    back(browser, choose(begin(known, browser), "anna.li"))
    assert browser.get(f"{known.web}/api/v1/me", timeout=10).json()["must_change_password"] is False
    assert browser.get(f"{known.web}/api/v1/customers", timeout=10).status_code == 200


class Tickets:
    """WeCom's answers to the question for tickets: of corp 1 none, until it is let go."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.let_go = threading.Event()

    def __call__(self, corp: int) -> SimpleNamespace:
        return SimpleNamespace(login=SimpleNamespace(get_js_tickets=lambda: self.answer(corp)))

    def answer(self, corp: int) -> JsTickets:
        self.asked.append(corp)
        if corp == 1 and not self.let_go.is_set():
            self.let_go.wait(10)
            raise OutcomeUnknown("silent")
        return JsTickets(config="c", agent_config="a", expires_in=7200)


def test_wecom_that_is_silent_to_one_corp_keeps_no_threads_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, tickets = Tickets(), oauth._Tickets()
    monkeypatch.setattr(oauth, "wecom", answers)
    monkeypatch.setattr(oauth, "_PATIENT_SECONDS", 0.05)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(tickets.get, 1)
        while not answers.asked:
            time.sleep(0.001)
        assert tickets.get(2) is tickets.get(2)
        for _ in range(3):
            with pytest.raises(Unreachable):
                tickets.get(1)
        answers.let_go.set()
        with pytest.raises(OutcomeUnknown):
            first.result(10)
    with pytest.raises(Unreachable):
        tickets.get(1)
    assert answers.asked == [1, 2], "asked again while it is known to fail"
    monkeypatch.setattr(oauth, "_FAILED_SECONDS", 0.0)
    assert tickets.get(1).config == "c"
