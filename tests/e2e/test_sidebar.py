"""The chat sidebar in a plain browser, as narrow as in WeCom."""

from playwright.sync_api import expect

from tests.e2e.conftest import SignIn, a_customer_of, busiest
from tests.support.service import TestCorp as Corp


def test_sidebar_shows_the_customer_of_the_chat(sign_in: SignIn, shop: Corp) -> None:
    customer = a_customer_of(shop, busiest(shop), 7)
    page = sign_in("sales", f"/sidebar?external_userid={customer['external_userid']}", width=400)
    expect(page.get_by_text(customer["name"], exact=True).first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 400


def test_sidebar_says_when_the_customer_is_not_visible(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("sales", "/sidebar?external_userid=wmNobodyAtAll", width=400)
    expect(page.get_by_text("没有这位客户").first).to_be_visible()
