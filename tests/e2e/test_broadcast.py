"""A broadcast from the first word to the report, with the members' phones in between."""

import re
from collections.abc import Callable

from playwright.sync_api import FilePayload, expect

from tests.e2e.conftest import Open, SignIn, busiest, settled
from tests.e2e.places import desk
from tests.support.drawings import drawn
from tests.support.service import TestCorp as Corp

TEXT = "您好，本周末新品到店，欢迎来看看。"


def test_broadcast_is_made_confirmed_by_staff_and_reported(sign_in: SignIn, open_page: Open, shop: Corp) -> None:
    page = sign_in("marketer", "/broadcasts")
    page.get_by_role("button", name="新建群发").first.click()
    page.get_by_label("名称", exact=True).fill("周末新品")
    page.get_by_label("文字", exact=True).fill(TEXT)
    expect(page.get_by_text("员工要在自己的企业微信里点击确认")).to_be_visible()
    expect(page.get_by_role("button", name="提交发送")).to_be_disabled()
    page.get_by_text("全部客户", exact=True).click()
    figure = page.locator(".f-count-main")
    expect(figure).to_contain_text("位客户会收到")
    count = int(re.sub(r"\D", "", figure.inner_text()))
    expect(page.get_by_text("每位客户每月最多收到")).to_be_visible()
    page.get_by_role("button", name="提交发送").click()
    dialog = page.get_by_role("dialog", name=f"向 {count} 位客户群发？")
    dialog.get_by_role("button", name="提交发送").click()
    expect(page.get_by_text("待员工发送").first).to_be_visible()

    userid = busiest(shop)
    phone = open_page(f"/simulator?userid={userid}")
    phone.get_by_text(re.compile(r"群发 \d")).click()
    expect(phone.get_by_text(TEXT).first).to_be_visible()
    phone.get_by_role("button", name="发送", exact=True).first.click()
    expect(phone.get_by_text("已发送：送达").first).to_be_visible()

    page.get_by_role("button", name="刷新结果").click()
    sent = page.get_by_role("row").filter(has_text="已发送")
    expect(sent.first).to_be_visible(timeout=25_000)
    page.get_by_role("button", name=re.compile("提醒全部未发送的")).click()
    expect(page.get_by_text(re.compile("已提醒 [0-9]+ 位员工"))).to_be_visible()

    shop.act("confirm_group_messages")
    page.get_by_role("button", name="刷新结果").click()
    expect(page.get_by_text("已完成", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_text("按客户", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="已送达").first).to_be_visible()


def test_a_text_too_long_is_counted_while_it_is_written(sign_in: SignIn) -> None:
    page = sign_in("marketer", "/broadcasts/new")
    page.get_by_label("名称", exact=True).fill("太长")
    page.get_by_text("全部客户", exact=True).click()
    page.get_by_label("文字", exact=True).fill("长" * 1334)
    expect(page.get_by_text("4,002 / 4,000 字节")).to_be_visible()
    expect(page.get_by_role("button", name="提交发送")).to_be_disabled()


def test_unsaved_changes_are_asked_about_on_every_way_out(sign_in: SignIn) -> None:
    page = sign_in("marketer", "/broadcasts")
    page.get_by_role("button", name="新建群发").first.click()
    page.get_by_label("名称", exact=True).fill("还没写完")
    question = page.get_by_role("dialog", name="有未保存的修改")
    ways_out: list[Callable[[], object]] = [
        lambda: page.get_by_role("link", name="客户", exact=True).click(),
        lambda: page.get_by_role("button", name="返回").click(),
        lambda: page.evaluate("history.back()"),
    ]
    for leave in ways_out:
        leave()
        question.get_by_role("button", name="继续编辑").click()
        expect(question).to_have_count(0)
        expect(page.get_by_label("名称", exact=True)).to_have_value("还没写完")
    page.get_by_label("文字", exact=True).fill(TEXT)
    page.get_by_text("全部客户", exact=True).click()
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_label("文字", exact=True).fill("再想想")  # while it is being kept
    expect(page).to_have_url(re.compile(r"/broadcasts/[0-9]+/edit"))
    settled(page)
    page.get_by_role("link", name="跳到正文").press("Enter")
    expect(page.locator("#main")).to_be_focused()
    expect(page.get_by_label("文字", exact=True)).to_have_value("再想想")
    page.get_by_role("link", name="客户", exact=True).click()
    page.evaluate("history.back()")  # held back twice, and asked once
    question.get_by_role("button", name="继续编辑").click()
    expect(question).to_have_count(0)
    page.get_by_role("link", name="客户", exact=True).click()
    question.get_by_role("button", name="不保存，离开").click()
    expect(page.get_by_role("heading", name="客户", exact=True)).to_be_visible()


def test_every_attachment_of_a_draft_is_kept_ordered_and_sent(sign_in: SignIn, shop: Corp) -> None:
    marketer = desk(shop)
    links = [{"kind": "link", "title": f"链接 {n}", "url": f"https://example.com/{n}"} for n in (1, 2, 3)]
    number = marketer.draft(title="三个附件", attachments=links)["id"]
    page = sign_in("marketer", f"/broadcasts/{number}/edit")
    parts = page.get_by_role("group", name="附件")
    expect(parts.get_by_role("listitem")).to_have_count(3)
    parts.get_by_role("button", name="上移：3. 链接").click()
    expect(page.get_by_role("button", name="上移：2. 链接")).to_be_focused()
    parts.get_by_role("button", name="删除：1. 链接").click()
    page.set_input_files(".f-attachment-add input[type=file]", [_picture("一.png"), _picture("二.png")])
    expect(parts.get_by_role("listitem")).to_have_count(4)
    parts.get_by_role("button", name="添加小程序").click()
    expect(parts.get_by_label("小程序标题")).to_be_focused()
    expect(page.get_by_text("还需完善：附件内容")).to_be_visible()
    parts.get_by_role("button", name="删除：5. 小程序").click()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    kept = marketer.detail(number)["attachments"]
    assert [part.get("title", part["kind"]) for part in kept] == ["链接 3", "链接 2", "image", "image"]


def _picture(name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": drawn(8, 8)}
