"""A salesperson says who works where, shares a company with a colleague, and hands it on."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, settled


def entered(page: Page, kind: str, name: str) -> None:
    page.goto("/customers")
    page.get_by_role("button", name="新建客户").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(kind, exact=True).click()
    dialog.get_by_label("名称").fill(name)
    dialog.get_by_role("button", name="创建").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def choose(page: Page, label: str, words: str) -> None:
    box = page.get_by_role("dialog").get_by_label(label, exact=True)
    box.click()
    box.fill(words)
    page.locator(".ant-select-item-option", has_text=words).first.click()


def test_contact_is_linked_and_the_company_shared_and_handed_on(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("sales", "/customers")
    entered(page, "个人", "浏览器里的钱经理")
    entered(page, "公司", "浏览器里的关联公司")
    links = page.get_by_role("region", name="联系人与关联公司")
    expect(links.get_by_text("还没有关联")).to_be_visible()
    links.get_by_role("button", name="添加关联").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="添加关联").click()
    expect(dialog.get_by_text("请选择客户")).to_be_visible()
    choose(page, "客户", "浏览器里的钱经理")
    dialog.get_by_label("部门").fill("采购部")
    dialog.get_by_label("职位").fill("经理")
    dialog.get_by_role("button", name="添加关联").click()
    expect(links.get_by_role("link", name="浏览器里的钱经理")).to_be_visible()
    expect(links.get_by_text("采购部 · 经理")).to_be_visible()
    expect(links.get_by_text("主联系人")).to_be_visible()  # the first is
    links.get_by_role("button", name="编辑：浏览器里的钱经理").click()
    dialog.get_by_label("职位").fill("总监")
    dialog.get_by_role("button", name="保存").click()
    expect(links.get_by_text("采购部 · 总监")).to_be_visible()

    page.get_by_role("button", name="共享").click()
    expect(dialog.get_by_text("还没有共享给任何人")).to_be_visible()
    settled(page)
    _look(page, tmp_path / "share")
    dialog.get_by_label("共享给", exact=True).click()
    me = page.get_by_role("banner").inner_text()
    options = page.locator(".ant-select-item-option")
    expect(options.nth(1)).to_be_visible()
    option = next(one for one in options.all() if one.inner_text() not in me)
    name = option.inner_text()
    option.click()
    dialog.get_by_role("button", name="共享", exact=True).click()
    expect(dialog.get_by_text("可查看 · 长期有效")).to_be_visible()
    dialog.get_by_role("button", name=f"取消与{name}的共享").click()
    expect(dialog.get_by_text("还没有共享给任何人")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()

    settled(page)
    _look(page, tmp_path / "page")
    links.get_by_role("button", name=re.compile("^删除与")).click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(links.get_by_text("还没有关联")).to_be_visible()
    page.get_by_role("button", name="转交").click()
    dialog.get_by_role("button", name="转交").click()
    expect(dialog.get_by_text("请选择成员")).to_be_visible()
    dialog.get_by_role("button", name="取消").click()


def _look(page: Page, at: Path) -> None:
    """Nothing that a screen reader trips over, in light, dark, and at 400 px."""
    found = {"light": violations(page)}
    page.screenshot(path=f"{at}-light.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    settled(page)
    found["dark"] = violations(page)
    page.screenshot(path=f"{at}-dark.png", full_page=True)
    page.set_viewport_size({"width": 400, "height": 800})
    settled(page)
    found["narrow"] = violations(page)
    page.screenshot(path=f"{at}-narrow.png", full_page=True)
    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
