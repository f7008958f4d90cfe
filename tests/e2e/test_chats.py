"""A forbidden word in a chat: said on the simulated phone, found by a rule, seen in its context."""

from playwright.sync_api import expect

from tests.e2e.conftest import SignIn, a_customer_of, busiest
from tests.support.service import TestCorp as Corp


def test_forbidden_word_is_said_found_and_read_in_its_context(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("compliance", "/rules")
    page.get_by_role("button", name="新建质检规则").first.click()
    page.get_by_label("名称", exact=True).fill("私下交易")
    page.get_by_label("词表，每行一个").fill("加我微信\n返点\n返 点")
    page.get_by_role("textbox", name="试一试").fill("加 我 微 信")
    page.get_by_role("button", name="试一试").click()
    expect(page.get_by_text("命中 1 处")).to_be_visible()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("合并 1 个重复的词")).to_be_visible()

    userid = busiest(shop)
    customer = a_customer_of(shop, userid, 7)
    shop.act("send_message", sender=customer["external_userid"], receiver=userid, content="能再便宜一点吗")
    phone = sign_in("administrator", f"/simulator?userid={userid}")
    phone.get_by_text("聊天", exact=True).click()
    phone.get_by_label("和谁聊天").fill(customer["name"])
    phone.get_by_label("和谁聊天").press("Enter")
    phone.get_by_label("说点什么").fill("给您返点，别走公司")
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.get_by_text("给您返点，别走公司")).to_be_visible()

    page.goto("/alerts?kind=word_hit")
    page.get_by_role("row").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="上下文")).to_be_visible()
    expect(page.locator(".f-chat-hit mark").first).to_have_text("返点")
    page.get_by_role("link", name="在会话中查看").click()
    expect(page.get_by_text("本次查看已记入审计日志")).to_be_visible()
    expect(page.locator(".f-chat-hit")).to_contain_text("给您返点，别走公司")


def test_words_lead_to_their_place_in_the_chat(sign_in: SignIn, shop: Corp) -> None:
    userid = busiest(shop)
    customer = a_customer_of(shop, userid, 10)
    for number in range(30):
        content = "胡桃木岩板餐桌" if number == 4 else f"第 {number} 句闲聊"
        shop.act("send_message", sender=userid, receiver=customer["external_userid"], content=content)
    page = sign_in("compliance", "/messages")
    page.get_by_label("搜索消息内容").fill("岩板餐桌")
    page.get_by_role("list", name="搜索结果").get_by_role("button").first.click()
    expect(page.locator(".f-chat-hit")).to_contain_text("胡桃木岩板餐桌")
    expect(page.locator(".f-chat-hit")).to_be_in_viewport()


def test_sales_have_neither_archive_nor_rules(sign_in: SignIn) -> None:
    page = sign_in("sales", "/messages")
    expect(page.get_by_text("没有权限查看此页")).to_be_visible()
