"""Dialogs and drawers: accessible, within the screen, closed by Escape, and the focus goes back to where it was."""

import json
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.dialects.postgresql import insert

from scrm.compliance.archive.models import UnknownType
from scrm.core import clock
from scrm.core.db import transaction
from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, a_customer_of, busiest, settled
from tests.e2e.places import address
from tests.support.service import TestCorp as Corp

ColorScheme = Literal["light", "dark"]

DIALOGS = [
    ("/customers", "搜索客户、页面"),
    ("/customers/number", "查看完整号码"),
    ("/broadcasts", "群发设置"),
    ("/broadcasts/one", "取消群发"),
    ("/broadcasts/later", "退回修改"),
    ("/broadcasts/one/edit", "提交发送"),
    ("/handovers", "时限设置"),
    ("/handovers", "在职继承"),
    ("/handovers/one", "分配接替成员"),
    ("/handovers/one", "关闭客户继承"),
    ("/rules", "新建质检规则"),
    ("/simulator", "入职"),
    ("/simulator", "离职"),
    ("/simulator", "添加客户"),
    ("/simulator", "备注或标签"),
]


@pytest.mark.parametrize(("path", "opener"), DIALOGS)
def test_dialog_is_accessible_and_gives_the_focus_back(path: str, opener: str, sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", address(shop, path))
    settled(page)
    button = page.get_by_role("button", name=opener).first
    expect(button).to_be_enabled()
    _open_and_close(page, button)


@pytest.mark.parametrize("path", ["/callbacks"])
def test_drawer_of_a_row_is_accessible_and_gives_the_focus_back(path: str, sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 2)
    shop.act("delete_contact", userid=customer["userid"], external_userid=customer["external_userid"])
    page = sign_in("administrator", path)
    settled(page)
    _open_and_close(page, page.get_by_role("row").get_by_role("button").first)


@pytest.mark.parametrize("path", ["/alerts", "/customers", "/broadcasts"])
def test_panel_of_a_row_is_accessible_beside_and_over_the_list_and_gives_the_focus_back(
    path: str, sign_in: SignIn, shop: Corp
) -> None:
    customer = a_customer_of(shop, busiest(shop), 2)
    shop.act("delete_contact", userid=customer["userid"], external_userid=customer["external_userid"])
    address(shop, "/broadcasts/one")
    page = sign_in("administrator", path)
    settled(page)
    link = page.get_by_role("row").get_by_role("link").first
    link.press("Enter")
    panel = page.get_by_role("complementary", name="详情")
    expect(panel.get_by_role("button", name="关闭", exact=True)).to_be_visible()
    settled(page)
    assert violations(page, newest=True) == []
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(link).to_be_focused()
    page.set_viewport_size({"width": 1000, "height": 800})
    _open_and_close(page, link)


def test_alert_is_closed_in_a_dialog_above_its_panel(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 3)
    shop.act("delete_contact", userid=customer["userid"], external_userid=customer["external_userid"])
    page = sign_in("compliance", "/alerts")
    settled(page)
    page.get_by_role("row").get_by_role("link").first.press("Enter")
    page.get_by_role("button", name="开始处理").click()
    _open_and_close(page, page.get_by_role("button", name="关闭风险提醒"), name="关闭这条风险提醒")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (400, "dark")])
def test_details_of_the_archive_are_accessible_and_scroll_where_much_is_wrong(
    sign_in: SignIn, shop: Corp, width: int, scheme: ColorScheme
) -> None:
    unknown = [{"msgtype": f"hologram{n:02}", "messages": 100 - n, "last_at": clock.now()} for n in range(30)]
    with transaction(shop.number) as session:
        session.execute(insert(UnknownType).on_conflict_do_nothing(), unknown)
    page = sign_in("compliance", "/messages")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    settled(page)
    page.get_by_role("button", name="详情").press("Enter")
    expect(page.get_by_text("最近拉取", exact=True)).to_be_in_viewport()
    settled(page)
    region = page.get_by_role("region", name="拉取情况")
    box = region.bounding_box()
    assert box is not None and box["y"] + box["height"] <= 800
    region.press("End")
    expect(page.get_by_text("hologram29")).to_be_in_viewport()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _open_and_close(page: Page, button: Locator, name: str | None = None) -> None:
    """By the keyboard alone."""
    button.press("Enter")
    dialog = page.get_by_role("dialog", name=name) if name else page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    settled(page)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 400, "height": 800})
    settled(page)
    found["dark, narrow"] = violations(page)
    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_lists_and_menus_open_on_the_screen(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    page.get_by_role("button", name="筛选", exact=True).click()
    page.get_by_role("combobox", name="跟进状态").click()
    expect(page.get_by_title("已被继承")).to_be_in_viewport()
    settled(page)
    assert violations(page, newest=True) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="账号：").click()
    expect(page.get_by_text("退出登录")).to_be_in_viewport()
    assert violations(page) == []
