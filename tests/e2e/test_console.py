"""What each role sees and does in the console."""

import re

import pytest
from playwright.sync_api import expect

from scrm.identity import accounts
from scrm.identity.models import Role
from tests.e2e.conftest import PASSWORD, Open, SignIn, a_customer_of, busiest
from tests.support.service import TestCorp as Corp

MENUS = {
    "administrator": [
        "工作台",
        "客户",
        "我的导出",
        "群发",
        "欢迎语",
        "风险提醒",
        "会话存档",
        "质检规则",
        "客户继承",
        "审计日志",
        "组织与成员",
        "同步",
        "回调事件",
        "异常任务",
    ],
    "sales": ["工作台", "客户", "风险提醒", "客户继承"],
    "compliance": [
        "工作台",
        "客户",
        "我的导出",
        "群发",
        "风险提醒",
        "会话存档",
        "质检规则",
        "客户继承",
        "审计日志",
        "组织与成员",
        "回调事件",
    ],
    "marketer": ["工作台", "客户", "我的导出", "群发"],
}


@pytest.mark.parametrize("role", list(MENUS))
def test_each_role_has_its_own_menu(role: str, sign_in: SignIn) -> None:
    page = sign_in(role)
    menu = page.get_by_role("navigation", name="主菜单")
    menu.get_by_role("link").first.wait_for()
    if role == "administrator":
        expect(menu.get_by_role("link", name="同步")).to_have_count(0)
        menu.get_by_role("button", name="运维").click()
    expect(menu.get_by_role("link")).to_have_text(MENUS[role])
    groups = ["客户", "营销", "合规", "设置", "运维"] if role == "administrator" else []
    groups = ["客户", "合规", "设置"] if role == "compliance" else groups
    expect(menu.get_by_role("button")).to_have_text(groups)


def test_user_signs_in_by_name_and_password(open_page: Open, shop: Corp) -> None:
    page = open_page("/login")
    page.get_by_label("账号", exact=True).fill("admin.e2e")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()


def test_new_account_sets_a_password_of_its_own_first(open_page: Open, shop: Corp) -> None:
    once = accounts.create_account("new.e2e", role=Role.SALES, corp_id=shop.corp_id)
    page = open_page("/login")
    page.get_by_label("账号", exact=True).fill("new.e2e")
    page.get_by_label("密码", exact=True).fill(once)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("当前密码").fill(once)
    page.get_by_label("新密码", exact=True).fill("one-of-my-own")
    page.get_by_label("再输一次新密码").fill("one-of-my-own")
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()


def test_wrong_password_is_said_in_a_sentence(open_page: Open, shop: Corp) -> None:
    page = open_page("/login")
    page.get_by_label("账号", exact=True).fill("admin.e2e")
    page.get_by_label("密码", exact=True).fill("wrong-password")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("账号或密码不正确。")).to_be_visible()


def test_deletion_appears_without_a_reload_and_is_closed_with_a_reason(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("compliance", "/alerts")
    userid = busiest(shop)
    page.get_by_role("heading", name="风险提醒").wait_for()
    customer = a_customer_of(shop, userid)
    shop.act("delete_contact", userid=userid, external_userid=customer["external_userid"])
    row = page.get_by_role("row").filter(has_text=customer["name"])
    # Into an empty list it comes at once, into one that is looked at when it is asked for.
    waiting = page.get_by_role("button", name="条新数据")
    expect(row.or_(waiting).first).to_be_visible()
    if waiting.is_visible():
        waiting.click()
    row.first.get_by_role("link").click()
    page.get_by_role("button", name="开始处理").click()
    page.get_by_role("button", name="关闭风险提醒").click()
    dialog = page.get_by_role("dialog", name="关闭这条风险提醒")
    dialog.get_by_text("无效客户").click()
    dialog.get_by_role("button", name="关闭风险提醒").click()
    expect(page.get_by_text("已关闭").first).to_be_visible()


def test_filters_stay_in_the_address(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    customer = a_customer_of(shop, busiest(shop), 3)
    page.get_by_role("searchbox", name="搜索客户").fill(customer["name"])
    page.wait_for_url(re.compile(r"q="))
    expect(page.get_by_role("link", name=customer["name"]).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("searchbox", name="搜索客户")).to_have_value(customer["name"])
    expect(page.get_by_role("link", name=customer["name"]).first).to_be_visible()


def test_customer_page_shows_follows_and_timeline(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 4)
    page = sign_in("administrator", f"/customers/{customer['external_userid']}")
    expect(page.get_by_role("heading", name="跟进人")).to_be_visible()
    expect(page.get_by_text("添加了客户").first).to_be_visible()


def test_new_customer_appears_without_a_reload(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    page.get_by_role("heading", name="客户").wait_for()
    shop.act("add_contact", userid=busiest(shop), name="浏览器新客")
    page.get_by_role("button", name="条新数据").click(timeout=8_000)
    expect(page.get_by_role("link", name="浏览器新客")).to_be_visible()


def test_callback_is_read_and_replayed(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 5)
    shop.act("edit_contact", userid=customer["userid"], external_userid=customer["external_userid"], remark="请回访")
    page = sign_in("administrator", "/callbacks")
    page.get_by_text("edit_external_contact").first.wait_for()
    page.get_by_role("row").filter(has_text="edit_external_contact").first.get_by_role("button").first.click()
    expect(page.get_by_text("<ChangeType>").first).to_be_visible()


def test_sync_shows_its_progress_to_the_end(sign_in: SignIn) -> None:
    page = sign_in("administrator", "/sync")
    page.get_by_role("button", name="开始同步").click()
    expect(page.get_by_text("系统：命令行").or_(page.get_by_text("admin.e2e")).first).to_be_visible(timeout=10_000)
    expect(page.get_by_role("button", name="开始同步")).to_be_enabled(timeout=30_000)


def test_page_without_permission_says_so(sign_in: SignIn) -> None:
    page = sign_in("marketer", "/callbacks")
    expect(page.get_by_text("没有权限查看此页")).to_be_visible()


def test_search_by_keyboard_opens_a_customer(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 6)
    page = sign_in("administrator")
    page.get_by_role("heading", name="工作台").wait_for()
    page.keyboard.press("Control+k")
    page.get_by_placeholder("输入客户昵称").fill(customer["name"])
    expect(page.get_by_role("option").first).to_contain_text(customer["name"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+"))


def test_member_signs_in_through_wecom(open_page: Open, shop: Corp) -> None:
    userid = busiest(shop)
    page = open_page(f"/login/wecom?corp_id={shop.corp_id}&next=/customers")
    page.locator(f"a[href*='{userid}'], button[value='{userid}']").first.click()
    page.wait_for_url(re.compile(r"/customers"))
    expect(page.get_by_role("heading", name="客户")).to_be_visible()
