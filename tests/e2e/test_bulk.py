"""Many rows at once: chosen, looked at, done and taken back."""

import pytest
from playwright.sync_api import Page, expect

from scrm.identity.models import Role
from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, settled
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

TAG = "批量试标"


@pytest.fixture(scope="module")
def tagged(shop: Corp) -> Console:
    console = shop.console(Role.ADMINISTRATOR)
    made = console.status("POST", "/tags/groups", {"name": "批量", "tags": [TAG]})
    assert made.status_code == 201, made.text
    return console


def wearing(console: Console) -> int:
    (tag,) = [tag for group in console.get("/tags")["items"] for tag in group["tags"] if tag["name"] == TAG]
    total: int = console.get("/customers", tag_id=tag["tag_id"])["total"]
    return total


def begun(page: Page, count: int) -> None:
    """Put the tag on what is chosen, and confirm the number that is said."""
    page.get_by_role("button", name="打标签").click()
    dialog = page.get_by_role("dialog", name="打标签")
    dialog.get_by_role("combobox", name="添加自建标签").click()
    page.get_by_title(TAG).click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="下一步").click()
    dialog.get_by_role("button", name=f"确认，处理 {count} 项").click()
    expect(dialog.get_by_text(f"成功 {count} 项")).to_be_visible(timeout=60_000)


def test_chosen_customers_are_tagged_and_it_is_undone(sign_in: SignIn, shop: Corp, tagged: Console) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    boxes = page.locator("tr[data-key]").get_by_role("checkbox")
    for place in (0, 1, 2):
        boxes.nth(place).check()
    expect(page.get_by_text("已选 3 项")).to_be_visible()
    page.get_by_role("button", name="下一页").click()
    settled(page)
    boxes.first.check()
    expect(page.get_by_text("已选 4 项")).to_be_visible()
    assert violations(page) == []
    begun(page, 4)
    assert wearing(tagged) == 4
    dialog = page.get_by_role("dialog", name="打标签")
    assert violations(page) == []
    dialog.get_by_role("button", name="撤销").click()
    expect(dialog.get_by_text("已恢复 4 项")).to_be_visible(timeout=60_000)
    assert wearing(tagged) == 0
    dialog.get_by_role("button", name="关闭").last.click()
    expect(page.get_by_text("已选")).to_have_count(0)


def test_all_that_a_filter_finds_but_one(sign_in: SignIn, shop: Corp, tagged: Console) -> None:
    page = sign_in("administrator", '/customers?filter={"field":"tags","op":"not_empty"}')
    settled(page)
    total = int(page.locator(".l-count").inner_text())
    assert total > 20
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.get_by_role("button", name=f"选择全部 {total} 项").click()
    page.locator("tr[data-key]").get_by_role("checkbox").first.uncheck()
    expect(page.get_by_text(f"已选 {total - 1} 项")).to_be_visible()
    begun(page, total - 1)
    assert wearing(tagged) == total - 1
    dialog = page.get_by_role("dialog", name="打标签")
    dialog.get_by_role("button", name="撤销").click()
    expect(dialog.get_by_text(f"已恢复 {total - 1} 项")).to_be_visible(timeout=60_000)
    assert wearing(tagged) == 0


def test_key_chooses_the_row_and_a_filter_that_says_no_field_chooses_not_all(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers?q=a")
    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("已选 1 项")).to_be_visible()
    expect(page.get_by_text("不能用于全选")).to_be_visible()
    expect(page.get_by_role("button", name="选择全部")).to_have_count(0)
