"""What takes two people, in two browsers: a higher approval limit, and a broadcast above it."""

import re

from playwright.sync_api import expect

from scrm.core.db import transaction
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.marketing.broadcasts.setting import POLICY
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


def test_a_broadcast_that_waits_is_given_back_with_a_reason(sign_in: SignIn, open_page: Open, shop: Corp) -> None:
    with transaction(shop.number) as session:
        limit = POLICY.of(session)
        POLICY.put(session, limit.model_copy(update={"approval_above": 0}))
    author = shop.console(Role.MARKETER)
    draft = {"title": "待审批", "text": "您好", "audience": {"everyone": True}}
    number = author.status("POST", "/broadcasts", draft).json()["id"]
    assert author.status("POST", f"/broadcasts/{number}/submit", {}).status_code == 200
    while author.get(f"/broadcasts/{number}")["state"] == "planning":  # the worker's thread may be at it
        shop.drain()
    with transaction(shop.number) as session:
        POLICY.put(session, limit)
    own = open_page(f"/broadcasts/{number}", cookie=str(author.http.cookies["scrm_session"]))
    expect(own.get_by_role("button", name="撤回修改")).to_be_visible()
    expect(own.get_by_role("button", name=re.compile("同意发送"))).to_have_count(0)

    page = sign_in("marketer", f"/broadcasts/{number}")
    waiting = page.get_by_role("region", name="大量群发")
    expect(waiting.get_by_role("button", name=re.compile("同意发送给 [0-9]+ 人"))).to_be_visible()
    waiting.get_by_role("button", name="退回修改").click()
    dialog = page.get_by_role("dialog", name="退回为草稿")
    expect(dialog.get_by_role("button", name="退回修改")).to_be_disabled()
    dialog.get_by_label("说明原因").fill("措辞再改改")
    dialog.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("已退回：措辞再改改")).to_be_visible()
    expect(waiting).to_have_count(0)
    settled(page)
