"""What is entered is not lost by closing, by a session that ends, by an upgrade or without a network."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import PASSWORD, PEOPLE, Open, SignIn, settled
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


def a_new_rule(page: Page) -> None:
    page.get_by_role("button", name="新建质检规则").first.click()
    page.get_by_label("名称", exact=True).fill("没有保存的规则")


def test_closing_a_form_with_unsaved_work_asks_first(sign_in: SignIn) -> None:
    page = sign_in("compliance", "/rules")
    settled(page)
    page.get_by_role("button", name="新建质检规则").first.click()
    expect(page.get_by_label("名称", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("名称", exact=True)).to_have_count(0)
    expect(page.get_by_text("有未保存的修改")).to_have_count(0)

    a_new_rule(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="继续编辑").click()
    expect(page.get_by_label("名称", exact=True)).to_have_value("没有保存的规则")

    page.keyboard.press("Escape")
    page.get_by_role("button", name="不保存，离开").click()
    expect(page.get_by_label("名称", exact=True)).to_have_count(0)


def test_signing_in_over_the_page_keeps_what_was_entered(open_page: Open, shop: Corp) -> None:
    console = Console.signed_in(shop.web, PEOPLE["compliance"], PASSWORD)
    page = open_page("/rules", cookie=str(console.http.cookies["scrm_session"]))
    settled(page)
    a_new_rule(page)
    assert console.status("DELETE", "/session").ok

    over = page.get_by_role("dialog", name="登录已过期")
    expect(over).to_be_visible()
    expect(over.get_by_label("账号")).to_have_value(PEOPLE["compliance"])
    page.wait_for_timeout(400)  # antd fades it in
    assert violations(page) == []
    over.get_by_label("密码", exact=True).fill("not this one")
    over.get_by_role("button", name="登录", exact=True).click()
    expect(over.get_by_role("alert")).to_be_visible()
    over.get_by_label("密码", exact=True).fill(PASSWORD)
    over.get_by_role("button", name="登录", exact=True).click()
    expect(over).to_have_count(0)

    expect(page.get_by_label("名称", exact=True)).to_have_value("没有保存的规则")
    page.get_by_label("词表，每行一个").fill("保存得上")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("质检规则已保存，从现在起生效")).to_be_visible()


def test_a_page_of_an_older_console_says_that_it_is_old(sign_in: SignIn) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    page.route(re.compile(r"/assets/SyncPage-.*\.js$"), lambda route: route.fulfill(status=404))
    menu = page.get_by_role("navigation", name="主菜单")
    menu.get_by_role("button", name="运维").click()
    menu.get_by_role("link", name="同步").click()
    expect(page.get_by_text("页面已更新，请刷新")).to_be_visible()
    assert violations(page) == []
    page.unroute_all()
    page.get_by_role("button", name="刷新页面").click()
    expect(page.get_by_role("heading", name="同步", exact=True)).to_be_visible()


def test_without_a_network_the_page_says_so_until_it_is_back(sign_in: SignIn) -> None:
    page = sign_in("administrator", "/tasks")
    settled(page)
    said = page.get_by_text("网络已断开")
    page.context.set_offline(True)
    try:
        expect(said).to_be_visible()
    finally:
        page.context.set_offline(False)
    expect(said).to_have_count(0)
