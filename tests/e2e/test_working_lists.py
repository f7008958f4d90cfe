"""Lists to work in: many rows, keys, a panel beside them, and the way back to where one was."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, busiest, settled
from tests.support.service import TestCorp as Corp

_SEEN = """() => {
  const box = document.querySelector('.l-table-box').getBoundingClientRect()
  const rows = [...document.querySelectorAll('tr[data-key]')].map((row) => row.getBoundingClientRect())
  return rows.filter((row) => row.top >= box.top && row.bottom <= box.bottom).length
}"""


def _opened(page: Page) -> str:
    return page.locator("tr[aria-current]").get_attribute("data-key") or ""


@pytest.mark.parametrize(("size", "rows"), [((1440, 900), 16), ((1366, 768), 11)])
def test_screen_shows_many_rows_and_the_head_stays(
    sign_in: SignIn, shop: Corp, size: tuple[int, int], rows: int
) -> None:
    page = sign_in("administrator", "/customers")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    settled(page)
    assert page.evaluate(_SEEN) >= rows
    page.get_by_role("region", name="客户列表").press("End")
    expect(page.get_by_role("columnheader").first).to_be_in_viewport()


def test_way_back_from_a_record_leads_to_page_place_and_panel(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    for number in (2, 3):
        page.get_by_role("button", name="下一页").click()
        expect(page.get_by_text(f"第 {number} 页")).to_be_visible()
    settled(page)
    box = page.locator(".l-table-box")
    box.evaluate("(box) => box.scrollTo({ top: 120 })")
    row = page.get_by_role("row").nth(12)
    name = row.get_by_role("link").inner_text()
    row.get_by_role("link").click()
    panel = page.get_by_role("complementary", name="客户详情")
    expect(panel.get_by_role("heading", name="跟进人")).to_be_visible()
    chosen = _opened(page)
    top = box.evaluate("(box) => box.scrollTop")
    assert top > 0
    panel.get_by_role("link", name="打开详情页").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    page.get_by_role("heading", name="跟进人").wait_for()
    page.go_back()
    expect(panel.get_by_role("heading", name="跟进人")).to_be_visible()
    expect(page.get_by_text("第 3 页")).to_be_visible()
    assert _opened(page) == chosen
    expect(page.locator("tr[aria-current]").get_by_role("link")).to_have_text(name)
    assert box.evaluate("(box) => box.scrollTop") == top
    page.reload()
    expect(page.locator("tr[aria-current]").get_by_role("link")).to_have_text(name)
    expect(page.get_by_text("第 3 页")).to_be_visible()
    page.get_by_role("button", name="上一页").click()
    expect(page.get_by_text("第 2 页")).to_be_visible()
    expect(panel).to_have_count(0)


def test_keys_go_from_row_to_row_with_the_panel_and_without(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    links = page.locator("tr[data-key]").get_by_role("link")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="客户详情")
    expect(panel.get_by_text("2 / 20")).to_be_visible()
    page.keyboard.press("j")
    expect(panel.get_by_text("3 / 20")).to_be_visible()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(panel.get_by_text("1 / 20")).to_be_visible()
    settled(page)
    assert violations(page, newest=True) == []
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="搜索客户")).to_be_focused()


def test_new_rows_wait_until_they_are_asked_for(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    first = page.locator("tr[data-key]").first
    before = first.get_attribute("data-key")
    shop.act("add_contact", userid=busiest(shop), name="后来的客户")
    waiting = page.get_by_role("button", name="条新数据")
    expect(waiting).to_be_visible()
    assert first.get_attribute("data-key") == before
    waiting.click()
    expect(page.get_by_role("link", name="后来的客户")).to_be_visible()
    expect(waiting).to_have_count(0)


def test_density_columns_and_page_size_are_chosen(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    page.get_by_role("button", name="密度").click()
    settled(page)
    assert violations(page, newest=True) == []
    page.get_by_role("radio", name="紧凑").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="列", exact=True).click()
    page.get_by_role("checkbox", name="添加方式").uncheck()
    settled(page)
    assert violations(page, newest=True) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="列", exact=True)).to_be_focused()
    page.reload()
    settled(page)
    expect(page.get_by_role("columnheader", name="添加方式")).to_have_count(0)
    assert page.evaluate(_SEEN) == 20
    page.evaluate("localStorage.removeItem('scrm.list.customers')")
    page.get_by_role("combobox", name="每页条数").click()
    page.get_by_title("50 条/页").click()
    expect(page.locator("tr[data-key]")).to_have_count(50)
    expect(page).to_have_url(re.compile(r"limit=50"))


def test_filters_are_chips_that_are_taken_off_one_by_one(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    page.get_by_role("button", name="筛选", exact=True).click()
    page.get_by_role("combobox", name="跟进状态").click()
    page.get_by_title("跟进中").click()
    page.get_by_role("combobox", name="客户类型").click()
    page.get_by_title("微信客户", exact=True).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("跟进状态： 跟进中")).to_be_visible()
    page.get_by_role("button", name="去掉筛选：跟进状态").click()
    expect(page).to_have_url(re.compile(r"\?type=1$"))
    page.get_by_role("button", name="清除筛选").click()
    expect(page).to_have_url(re.compile(r"/customers$"))


def test_narrow_screen_gives_a_row_all_of_itself_and_the_way_back_closes_it(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers", width=400)
    settled(page)
    page.locator("tr[data-key]").nth(1).get_by_role("link").click()
    panel = page.get_by_role("dialog", name="客户详情")
    expect(panel.get_by_role("heading", name="跟进人")).to_be_visible()
    settled(page)
    assert violations(page, newest=True) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.go_back()
    expect(panel).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/customers$"))


def test_conditions_of_the_kind_filter_sort_and_add_a_column(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers")
    settled(page)
    total = page.locator(".l-count").inner_text()
    page.get_by_role("button", name="筛选", exact=True).click()
    form = page.get_by_role("dialog", name="添加筛选")
    form.get_by_role("combobox", name="选择字段").fill("标签")
    page.keyboard.press("Enter")
    expect(form.get_by_role("button", name="添加条件")).to_be_disabled()
    values = form.get_by_role("combobox", name="取值")
    for tag in ("沙发", "床垫"):
        values.fill(tag)
        page.locator(".ant-select-item-option", has_text=tag).first.click()
    page.keyboard.press("Escape")
    settled(page)
    assert violations(page, newest=True) == []
    form.get_by_role("button", name="添加条件").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text(re.compile(r"标签 任一： ?沙发、床垫"))).to_be_visible()
    expect(page.locator(".l-count")).not_to_have_text(total)
    page.get_by_role("button", name="排序").click()
    page.get_by_role("radio", name="添加时间 ↑").click()
    expect(page).to_have_url(re.compile(r"sort=first_added_at"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="添加时间")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="列", exact=True).click()
    page.get_by_role("checkbox", name="微信类型").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("cell", name=re.compile("^(微信|企业微信)用户$")).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("cell", name=re.compile("^(微信|企业微信)用户$")).first).to_be_visible()
    page.evaluate("localStorage.removeItem('scrm.list.customers')")
    page.get_by_role("button", name="去掉筛选：标签").click()
    expect(page.locator(".l-count")).to_have_text(total)


def test_condition_that_means_nothing_is_told_and_can_be_taken_off(sign_in: SignIn, shop: Corp) -> None:
    broken = '{"field":"shoe_size","op":"is","value":"43"}'
    page = sign_in("administrator", f"/customers?filter={broken}")
    expect(page.get_by_role("alert").get_by_text("field_unknown")).to_be_visible()
    page.get_by_role("button", name="去掉筛选：shoe_size").click()
    expect(page.locator("tr[data-key]").first).to_be_visible()


def test_view_is_saved_shared_with_the_team_changed_and_deleted(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("administrator", "/customers?status=active&userid=" + busiest(shop))
    settled(page)
    page.get_by_role("button", name="保存视图").click()
    form = page.get_by_role("dialog", name="保存视图")
    expect(form.get_by_text("不会存入视图：跟进人")).to_be_visible()
    settled(page)
    assert violations(page, newest=True) == []
    form.get_by_role("textbox", name="视图名称").fill("正在跟进")
    form.get_by_role("radio", name="团队").click()
    form.get_by_role("button", name="保存").click()
    views = page.get_by_role("navigation", name="快捷视图")
    tab = views.get_by_role("link", name="团队：正在跟进")
    expect(tab).to_have_attribute("aria-current", "true")
    expect(page.get_by_text(re.compile("跟进状态 是： ?跟进中"))).to_be_visible()
    other = sign_in("compliance", "/customers")
    other.get_by_role("link", name="团队：正在跟进").click()
    expect(other.get_by_text(re.compile("跟进状态 是： ?跟进中"))).to_be_visible()
    expect(other.get_by_role("button", name="修改视图")).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="修改视图").click()
    form = page.get_by_role("dialog", name="修改视图")
    form.get_by_role("textbox", name="视图名称").fill("还在跟进")
    form.get_by_role("button", name="更新").click()
    expect(views.get_by_role("link", name="团队：还在跟进")).to_be_visible()
    form.get_by_role("button", name="删除").click()
    page.get_by_role("dialog", name="删除视图").get_by_role("button", name="删除").click()
    expect(views.get_by_role("link", name="团队：还在跟进")).to_have_count(0)
