"""The frame: a menu in groups that fold, a rail of icons, the sheet of keys."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, settled


@pytest.fixture(autouse=True)
def _as_at_first(sign_in: SignIn) -> Iterator[None]:
    """The browser of a role is that of all tests: what it remembers of the menu is forgotten afterwards."""
    yield
    page = sign_in("administrator", "/devices")
    page.evaluate("['scrm.rail', 'scrm.menu'].forEach((name) => localStorage.removeItem(name))")


def test_groups_fold_and_stay_folded_except_for_the_page_that_is_shown(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    menu = page.get_by_role("navigation", name="主菜单")
    menu.get_by_role("button", name="合规").click()
    expect(menu.get_by_role("link", name="风险提醒")).to_have_count(0)
    page.reload()
    expect(menu.get_by_role("button", name="合规")).to_have_attribute("aria-expanded", "false")
    expect(menu.get_by_role("link", name="风险提醒")).to_have_count(0)
    page.goto("/alerts")
    expect(menu.get_by_role("link", name="风险提醒")).to_have_attribute("aria-current", "page")
    menu.get_by_role("link", name="客户", exact=True).click()
    menu.get_by_role("button", name="合规").click()
    expect(menu.get_by_role("link", name="风险提醒")).to_be_visible()


def test_technical_page_opens_its_part_of_the_settings(sign_in: SignIn) -> None:
    page = sign_in("administrator", "/tasks")
    menu = page.get_by_role("navigation", name="主菜单")
    expect(menu.get_by_role("link", name="异常任务")).to_have_attribute("aria-current", "page")


def test_rail_of_icons_gives_the_page_room_and_keeps_every_name(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    settled(page)
    page.keyboard.press("Control+\\")
    menu = page.get_by_role("navigation", name="主菜单")
    box = page.get_by_role("complementary").first.bounding_box()
    assert box is not None and box["width"] == 56
    expect(menu.get_by_role("link", name="异常任务")).to_be_visible()
    assert violations(page, newest=True) == []
    page.reload()
    settled(page)
    box = page.get_by_role("complementary").first.bounding_box()
    assert box is not None and box["width"] == 56
    page.get_by_role("button", name="展开菜单").click()
    expect(page.get_by_role("button", name="收起菜单")).to_be_visible()


def test_question_mark_opens_the_keys_and_does_not_where_somebody_types(sign_in: SignIn) -> None:
    page = sign_in("sales", "/customers")
    settled(page)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="快捷键")
    expect(sheet.get_by_text("下一条")).to_be_visible()
    settled(page)
    assert violations(page, newest=True) == []
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.get_by_role("searchbox").press("?")
    expect(page.get_by_role("searchbox")).to_have_value(re.compile(r"\?"))
    expect(sheet).to_have_count(0)


def test_demo_says_so_in_the_top_bar(sign_in: SignIn) -> None:
    page = sign_in("marketer")
    pill = page.get_by_role("link", name="演示环境 · 打开模拟器")
    expect(pill).to_have_attribute("href", "/simulator")
