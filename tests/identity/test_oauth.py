"""Sign-in through WeCom, the simulator playing WeCom."""

import re
from html import unescape

import pytest
import requests

from tests.support.service import TestCorp as Corp


def _browser() -> requests.Session:
    browser = requests.Session()
    browser.trust_env = False
    return browser


def _back_from_wecom(corp: Corp, browser: requests.Session, next_path: str) -> str:
    """Walk to WeCom, choose the first member, and return the address that leads back."""
    there = browser.get(
        f"{corp.web}/login/wecom",
        params={"corp_id": corp.corp_id, "next": next_path},
        allow_redirects=False,
        timeout=10,
    ).headers["Location"]
    page = browser.get(there, timeout=10).text
    (chosen, *_) = re.findall(r'href="([^"]+)"', page)
    answer = browser.get(corp.sim.address + unescape(chosen), allow_redirects=False, timeout=10)
    return answer.headers["Location"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "/ /evil.example",
        "evil.example",
        "",
    ],
)
def test_sign_in_never_leads_to_another_host(synced: Corp, elsewhere: str) -> None:
    browser = _browser()
    back = browser.get(_back_from_wecom(synced, browser, elsewhere), allow_redirects=False, timeout=10)
    assert (back.status_code, back.headers["Location"]) == (302, "/")


def test_sign_in_leads_to_the_page_that_was_wanted_once(synced: Corp) -> None:
    browser = _browser()
    address = _back_from_wecom(synced, browser, "/customers?q=%E6%9D%8E#top")
    first = browser.get(address, allow_redirects=False, timeout=10)
    assert first.headers["Location"] == "/customers?q=%E6%9D%8E#top"
    assert browser.get(f"{synced.web}/api/v1/me", timeout=10).json()["role"] == "sales"
    again = browser.get(address, allow_redirects=False, timeout=10)
    assert again.status_code in range(400, 500)
    assert again.headers["Content-Type"] == "application/problem+json"


def test_sign_in_begun_in_one_browser_does_not_end_in_another(synced: Corp) -> None:
    address = _back_from_wecom(synced, _browser(), "/")
    other = _browser()
    assert other.get(address, allow_redirects=False, timeout=10).status_code in range(400, 500)
    assert other.get(f"{synced.web}/api/v1/me", timeout=10).status_code == 401
