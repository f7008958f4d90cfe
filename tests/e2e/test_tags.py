"""A marketer makes tags, a salesperson puts them on a customer and finds the customer by them."""

import json
import re

from playwright.sync_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.conftest import PASSWORD, PEOPLE, SignIn, a_customer_of, busiest, settled
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


def clean(page: Page) -> None:
    """Nothing for axe to find in light, dark and narrow, and nothing beyond the edge of a phone."""
    settled(page)
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    settled(page)
    found["dark"] = violations(page)
    page.set_viewport_size({"width": 400, "height": 800})
    settled(page)
    found["narrow"] = violations(page)
    assert not any(found.values()), json.dumps(found, ensure_ascii=False, indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def make(corp: Corp, name: str, *tags: str) -> None:
    marketer = Console.signed_in(corp.web, PEOPLE["marketer"], PASSWORD)
    assert marketer.status("POST", "/tags/groups", {"name": name, "tags": list(tags)}).status_code == 201


def test_tags_are_made_renamed_moved_and_deleted(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("marketer", "/customers")
    page.get_by_role("button", name="客户标签").click()
    expect(page.get_by_role("heading", name="客户标签")).to_be_visible()
    page.get_by_role("button", name="新建标签组").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="创建").click()
    expect(dialog.get_by_text("请填写名称")).to_be_visible()
    dialog.get_by_label("标签组名称").fill("客户意向")
    dialog.get_by_label("标签，每行一个").fill("高意向\n低意向\n")
    dialog.get_by_role("button", name="创建").click()
    group = page.get_by_role("region", name="客户意向", exact=True)
    expect(group.get_by_role("listitem")).to_have_text([re.compile("高意向"), re.compile("低意向")])
    group.get_by_role("button", name="添加标签").click()
    dialog.get_by_label("标签名称").fill("低意向 ")
    dialog.get_by_role("button", name="创建").click()
    expect(page.get_by_text("这个组里已有同名的标签")).to_be_visible()
    dialog.get_by_label("标签名称").fill("中意向")
    dialog.get_by_role("button", name="创建").click()
    group.get_by_role("button", name="上移“中意向”").click()
    order = [re.compile("高意向"), re.compile("中意向"), re.compile("低意向")]
    expect(group.get_by_role("listitem")).to_have_text(order)
    group.get_by_role("button", name="修改“低意向”的名称").click()
    dialog.get_by_label("标签名称").fill("暂无意向")
    dialog.get_by_role("button", name="保存").click()
    expect(group.get_by_text("暂无意向")).to_be_visible()
    clean(page)
    group.get_by_role("button", name="删除“暂无意向”").click()
    expect(page.get_by_text("没有客户带有这个标签")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(group.get_by_role("listitem")).to_have_count(2)


def test_a_customer_is_tagged_by_pinyin_and_found_by_the_tag(sign_in: SignIn, shop: Corp) -> None:
    make(shop, "行业", "制造业", "餐饮业")
    customer = a_customer_of(shop, busiest(shop), 4)
    page = sign_in("sales", f"/customers/{customer['external_userid']}")
    worn = page.get_by_role("group", name="标签", exact=True)
    worn.get_by_role("button", name="修改自建标签").click()
    choice = worn.get_by_role("combobox", name="选择自建标签")
    choice.fill("cany")
    choice.press("Enter")
    expect(worn.get_by_title("餐饮业")).to_be_visible()
    worn.get_by_role("button", name="完成").click()
    expect(worn.get_by_title(re.compile("^行业 . 餐饮业，.+ 于 .+ 添加$"))).to_be_visible()
    clean(page)
    page.goto("/customers")
    page.get_by_role("button", name="筛选", exact=True).click()
    filters = page.get_by_role("combobox", name="标签")
    filters.fill("cyy")
    filters.press("Enter")
    expect(page.get_by_text("共 1 位")).to_be_visible()
    page.goto("/customers/tags")
    group = page.get_by_role("region", name="行业", exact=True)
    group.get_by_role("link", name="1 位客户").click()
    expect(page.get_by_text("共 1 位")).to_be_visible()
    page.goto(f"/customers/{customer['external_userid']}")
    worn.get_by_role("button", name="修改自建标签").click()
    choice.press("Backspace")
    worn.get_by_role("button", name="完成").click()
    expect(worn.get_by_text("餐饮业")).to_have_count(0)


def test_sidebar_shows_and_puts_on_tags(sign_in: SignIn, shop: Corp) -> None:
    make(shop, "来源", "展会")
    customer = a_customer_of(shop, busiest(shop), 5)["external_userid"]
    page = sign_in("sales", f"/sidebar?external_userid={customer}")
    page.set_viewport_size({"width": 400, "height": 800})
    worn = page.get_by_role("group", name="标签", exact=True)
    worn.get_by_role("button", name="修改自建标签").click()
    choice = worn.get_by_role("combobox", name="选择自建标签")
    choice.fill("zhan")
    choice.press("Enter")
    worn.get_by_role("button", name="完成").click()
    expect(worn.get_by_title(re.compile("^来源 . 展会，"))).to_be_visible()
    settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_who_may_not_make_tags_reads_them(sign_in: SignIn, shop: Corp) -> None:
    make(shop, "地区", "华东")
    page = sign_in("compliance", "/customers/tags")
    expect(page.get_by_role("region", name="地区", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="新建标签组")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^删除"))).to_have_count(0)
    expect(page.get_by_text("企业微信管理后台")).to_be_visible()
