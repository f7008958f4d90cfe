"""Lists that say what is true of them: which relation matched, why a search found somebody, what is empty and why."""

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import SignIn, a_customer_of, busiest, settled
from tests.support.service import TestCorp as Corp


def test_a_filtered_row_shows_the_relation_that_matched(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 11)
    shop.act(
        "edit_contact", userid=customer["userid"], external_userid=customer["external_userid"], remark="三号楼陈总"
    )
    page = sign_in("compliance", "/customers?q=三号楼陈")
    expect(page.get_by_text("备注匹配：三号楼陈总")).to_be_visible()
    shop.act("delete_contact", userid=customer["userid"], external_userid=customer["external_userid"])
    page.goto("/customers")
    page.get_by_text("流失", exact=True).click()
    row = page.get_by_role("row").filter(has_text="三号楼陈总")
    expect(row.get_by_text("员工删除客户")).to_be_visible()
    page.get_by_role("navigation", name="快捷视图").get_by_text("客户删除员工", exact=True).click()
    expect(page.get_by_text("三号楼陈总")).to_have_count(0)


def test_nothing_under_a_filter_is_not_nothing_at_all(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("compliance", "/messages?who=没有这个人")
    expect(page.get_by_text("没有符合条件的会话")).to_be_visible()
    expect(page.get_by_text("还没有会话")).to_have_count(0)
    page.get_by_role("button", name="清除筛选").click()
    expect(page.get_by_text("没有符合条件的会话")).to_have_count(0)
    page = sign_in("compliance", "/alerts?state=closed&kind=customer_left")
    expect(page.get_by_text("没有符合条件的结果")).to_be_visible()


def test_a_salesperson_sees_own_figures_and_what_was_looked_at(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("sales", "/")
    card = page.locator("section, .s-card").filter(has=page.get_by_role("heading", name="我的客户"))
    for name in ("客户总数", "本周新增", "本周流失", "待继承"):
        expect(card.get_by_text(name)).to_be_visible()
    expect(page.get_by_text("一切正常")).to_have_count(0)
    settled(page)


def test_the_console_speaks_the_browsers_language(chromium: Browser, service: str, shop: Corp) -> None:
    for locale, language, words in (
        ("en-GB", "en-US", "Sign in"),
        ("de-DE", "en-US", "Sign in"),
        ("zh-TW", "zh-CN", "登录"),
    ):
        context = chromium.new_context(base_url=service, locale=locale)
        page = context.new_page()
        page.goto("/login")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("button", name=words, exact=True)).to_be_visible()
        context.close()
