"""A resignation played on the simulator's phone, handed over in the console, accepted on the successor's phone."""

import re
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open, SignIn, busiest
from tests.support.service import TestCorp as Corp


def _staff(corp: Corp) -> dict[str, str]:
    """Names of those who are no party to the other tests, by userid; the ones with most customers first."""
    staff = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["staff"]
    free = [row for row in staff if row["in_service"] and row["userid"] != busiest(corp) and not row["leads"]]
    free.sort(key=lambda row: -row["customers"])
    return {row["userid"]: row["name"] for row in free}


def _pick(page: Page, name: str) -> None:
    page.get_by_label("接替成员（多人时平均分配）").click()
    _search(page, name)
    expect(page.locator(".ant-select-selection-item", has_text=name)).to_be_visible()
    page.get_by_text("的客户选择接替成员").click()


def _search(page: Page, name: str) -> None:
    """Type a name and take the one that the server finds; the list before it would be replaced under the mouse."""
    with page.expect_response(lambda answer: "/staff?" in answer.url and quote(name) in answer.url):
        page.keyboard.type(name)
    expect(page.locator(".ant-select-item-option").filter(has_not_text=name)).to_have_count(0)
    page.keyboard.press("Enter")


def test_resignation_is_played_handed_over_and_accepted(sign_in: SignIn, open_page: Open, shop: Corp) -> None:
    (leaver, leaver_name), (successor, successor_name), *_ = _staff(shop).items()
    console = sign_in("compliance", "/handovers")
    expect(console.get_by_role("heading", name="客户继承")).to_be_visible()

    phone = open_page(f"/simulator?userid={leaver}")
    phone.get_by_role("button", name="离职", exact=True).click()
    phone.get_by_role("dialog").get_by_role("button", name="离职", exact=True).click()

    console.get_by_role("link", name=leaver_name).click()
    console.get_by_role("button", name="分配接替成员").click()
    _pick(console, successor_name)
    confirm = console.get_by_role("button", name=re.compile("确认分配"))
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(console.get_by_text("继承中").first).to_be_visible()
    expect(console.get_by_text("等待继承").first).to_be_visible()

    phone = open_page(f"/simulator?userid={successor}")
    phone.get_by_text("继承", exact=True).click()
    phone.get_by_role("button", name="客户拒绝").first.click()
    expect(console.get_by_text("客户拒绝").first).to_be_visible()
    phone.get_by_role("button", name="24 小时到").click()
    expect(phone.get_by_text("没有等待继承的客户")).to_be_visible()
    expect(console.get_by_role("region", name="交接汇总").get_by_text("已继承").first).to_be_visible()
    expect(console.get_by_text("等待继承")).to_have_count(0)

    console.get_by_role("button", name="关闭客户继承").click()
    console.get_by_label("关闭原因").fill("客户拒绝继承，已电话回访")
    console.get_by_role("dialog").get_by_role("button", name="关闭客户继承").click()
    expect(console.get_by_text("已关闭").first).to_be_visible()
    expect(console.get_by_text("关闭了这项客户继承：客户拒绝继承，已电话回访")).to_be_visible()


def test_on_job_transfer_begins_from_the_same_page(sign_in: SignIn, shop: Corp) -> None:
    *_, (giver, giver_name) = [item for item in _staff(shop).items() if _customers(shop, item[0])]
    page = sign_in("administrator", "/handovers")
    page.get_by_role("button", name="在职继承").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("按员工筛选").or_(dialog.get_by_role("combobox")).first.click()
    _search(page, giver_name)
    expect(dialog.get_by_text(f"全部 {_customers(shop, giver)} 位客户")).to_be_visible()
    dialog.get_by_label("继承时告诉客户的话").fill("以后由新同事为您服务")
    dialog.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name=f"{giver_name} 的在职继承")).to_be_visible()
    expect(page.get_by_text("以后由新同事为您服务")).to_be_visible()


def _customers(corp: Corp, userid: str) -> int:
    items = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    return sum(1 for row in items if row["userid"] == userid and row["status"] == "following")
