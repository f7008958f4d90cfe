"""A higher approval limit, asked for by one administrator and confirmed by another, in two browsers."""

import re

from playwright.sync_api import expect

from scrm.identity import accounts
from scrm.identity.models import Role
from tests.e2e.conftest import PASSWORD, Open, SignIn, settled
from tests.support.service import Console
from tests.support.service import TestCorp as Corp


def test_a_limit_is_confirmed_by_the_other_administrator(sign_in: SignIn, open_page: Open, shop: Corp) -> None:
    accounts.create_account("second.e2e", role=Role.ADMINISTRATOR, corp_id=shop.corp_id, userid=None, password=PASSWORD)
    second = str(Console.signed_in(shop.web, "second.e2e", PASSWORD).http.cookies["scrm_session"])
    page = sign_in("administrator", "/broadcasts")
    page.get_by_role("button", name="群发设置").click()
    dialog = page.get_by_role("dialog", name="群发设置")
    dialog.get_by_label("超过多少位客户需要审批").fill("6000")
    expect(dialog.get_by_text(re.compile("须由另一位管理员确认"))).to_be_visible()
    dialog.get_by_role("button", name="保存设置").click()
    expect(dialog.get_by_text("审批上限的修改待确认")).to_be_visible()
    expect(dialog.get_by_role("button", name="撤回申请")).to_be_visible()
    expect(dialog.get_by_role("button", name="驳回")).to_have_count(0)

    other = open_page("/", cookie=second)
    other.get_by_text("1 项群发审批上限的修改待你确认").locator("..").get_by_role("link").click()
    confirm = other.get_by_role("dialog", name="群发设置")
    expect(confirm.get_by_text(re.compile("由 1,000 人提高到 6,000 人"))).to_be_visible()
    confirm.get_by_role("button", name="确认提高到 6,000 人").click()
    expect(confirm.get_by_text("审批上限的修改待确认")).to_have_count(0)
    expect(confirm.get_by_label("超过多少位客户需要审批")).to_have_value("6000")
    settled(other)
