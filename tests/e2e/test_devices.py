"""Sessions and tokens on the screen: one's own, and those of an account as an administrator sees them."""

import requests
from playwright.sync_api import expect

from scrm.identity import accounts
from scrm.identity.models import Role
from tests.e2e.axe import violations
from tests.e2e.conftest import PASSWORD, Open, SignIn, settled
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36"


def signed_in(corp: Corp, name: str) -> Console:
    """Signed in on a browser on Windows as well."""
    http = requests.Session()
    http.headers["User-Agent"] = WINDOWS
    answer = http.post(f"{corp.web}/api/v1/session", json={"name": name, "password": PASSWORD}, timeout=10)
    return Console(corp.web, http, answer.json()["csrf_token"])


def test_other_browser_and_token_are_ended_on_ones_own_page(open_page: Open, shop: Corp) -> None:
    name = "devices.e2e"
    accounts.create_account(name, role=Role.SALES, corp_id=shop.corp_id, password=PASSWORD)
    here, other = (signed_in(shop, name) for _ in range(2))
    token = accounts.create_token(name, called="数据仓库")
    page = open_page("/", cookie=str(here.http.cookies["scrm_session"]))
    page.get_by_role("button", name="账号：").click()
    page.get_by_role("button", name="登录设备").click()
    browsers = page.get_by_role("list", name="登录中的浏览器").get_by_role("listitem")
    expect(browsers).to_have_count(2)
    expect(browsers.filter(has_text="当前浏览器")).to_have_count(1)
    page.get_by_role("button", name="退出 Chrome · Windows").click()
    page.get_by_role("dialog").get_by_role("button", name="退出", exact=True).click()
    expect(browsers).to_have_count(1)
    assert other.status("GET", "/me").status_code == 401
    page.get_by_role("button", name="吊销 数据仓库").click()
    page.get_by_role("dialog").get_by_role("button", name="吊销", exact=True).click()
    expect(page.get_by_text("没有访问令牌")).to_be_visible()
    bearer = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{shop.web}/api/v1/me", headers=bearer, timeout=10).status_code == 401


def test_administrator_ends_a_session_and_resets_a_password(sign_in: SignIn, shop: Corp) -> None:
    name = "suspect.e2e"
    accounts.create_account(name, role=Role.SALES, corp_id=shop.corp_id, password=PASSWORD)
    accounts.create_token(name)
    there = signed_in(shop, name)
    page = sign_in("administrator", f"/members?view=local&q={name}")
    page.get_by_role("button", name=f"管理账号 {name}").click()
    dialog = page.get_by_role("dialog", name=f"账号 {name}")
    expect(dialog.get_by_text("Chrome · Windows")).to_be_visible()
    settled(page)
    assert violations(page) == []
    dialog.get_by_role("button", name="退出 Chrome · Windows").click()
    page.get_by_role("button", name="退出", exact=True).last.click()
    expect(dialog.get_by_text("没有登录中的浏览器")).to_be_visible()
    assert there.status("GET", "/me").status_code == 401
    dialog.get_by_role("button", name="重置密码").click()
    page.get_by_role("dialog").last.get_by_role("button", name="重置密码").click()
    once = dialog.locator(".f-one-time code").inner_text()
    expect(dialog.get_by_text("没有访问令牌")).to_be_visible()
    assert Console.signed_in(shop.web, name, once).get("/me")["must_change_password"] is True
