"""A salesperson enters a company and by what it is known, and finds it again."""

import json
import re

from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, a_customer_of, busiest, settled
from tests.support.service import TestCorp as Corp

COMPANY = "上海浏览器贸易有限公司"


def test_company_is_entered_known_by_its_number_and_found_by_the_last_four(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("sales", "/customers")
    page.get_by_role("button", name="新建客户").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="创建").click()
    expect(dialog.get_by_text("请填写名称")).to_be_visible()
    dialog.get_by_label("名称").fill(COMPANY)
    dialog.get_by_role("button", name="创建").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(page.get_by_role("heading", name=COMPANY)).to_be_visible()
    known = page.get_by_role("region", name="联系方式与证照")
    known.get_by_label("号码或地址").fill("12345")
    known.get_by_role("button", name="添加").click()
    expect(page.get_by_text("这不是电话号码")).to_be_visible()
    known.get_by_label("号码或地址").fill("021-6543 9876")
    known.get_by_label("号码或地址").press("Enter")
    expect(known.get_by_text("021****9876")).to_be_visible()
    page.goto("/customers?q=9876")
    page.get_by_role("link", name=COMPANY).click()
    page.get_by_role("link", name="打开详情页").click()
    known.get_by_role("button", name=re.compile("^删除")).click()
    expect(known.get_by_text("还没有记录")).to_be_visible()
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


def test_address_of_before_becomes_our_own(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 4)
    page = sign_in("administrator", f"/customers/{customer['external_userid']}")
    expect(page.get_by_role("heading", name="跟进人")).to_be_visible()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    page.reload()
    expect(page.get_by_role("heading", name="跟进人")).to_be_visible()
