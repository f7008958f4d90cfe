"""An officer asks who saw a customer: the trail in sentences, narrowed, opened, and taken along."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import SignIn, a_customer_of, busiest, settled
from tests.support.service import TestCorp as Corp


def test_officer_finds_who_saw_a_customer(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 8)
    name, external_userid = customer["name"], customer["external_userid"]
    page = sign_in("compliance", f"/customers/{external_userid}")
    expect(page.get_by_role("heading", name=name).first).to_be_visible()
    page.goto(f"/audit?about=customer:{external_userid}")
    sentence = page.get_by_role("button", name=re.compile(f"查看了客户〈{name}")).first
    expect(sentence).to_be_visible()
    sentence.click()
    drawer = page.get_by_role("dialog", name="审计记录")
    expect(drawer.get_by_text("127.0.0.1")).to_be_visible()
    drawer.get_by_text("代码", exact=True).click()
    expect(drawer.get_by_text(f"customer:{external_userid}")).to_be_visible()
    drawer.get_by_role("button", name="只看此人").click()
    expect(page.get_by_label("操作人")).to_have_value("compliance.e2e")
    page.get_by_text("登录", exact=True).first.click()
    settled(page)
    expect(page.get_by_role("button", name="登录").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("main").get_by_role("link", name="导出").click()
    assert download.value.suggested_filename == "audit.csv"
