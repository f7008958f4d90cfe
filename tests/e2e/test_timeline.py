"""A customer's timeline: what all rooms tell, by day, narrowed by a touch, and beside a chat."""

import os
import re
from functools import cache

from playwright.sync_api import Page, Route, expect

from scrm.compliance.alerts.models import Alert
from scrm.compliance.archive.models import Conversation
from scrm.customers.groups.models import GroupMember
from tests.e2e.axe import violations
from tests.e2e.conftest import WIDTH, SignIn, busiest, settled
from tests.e2e.places import desk
from tests.support.patience import until
from tests.support.service import TestCorp as Corp

LOOKS = os.environ.get("LOOKS")  # a folder for pictures


@cache
def a_busy_customer(corp: Corp) -> str:
    """Somebody of whom every room but the handovers has something to tell."""
    userid = busiest(corp)
    customer: str = corp.act("add_contact", userid=userid, name="周知远")["external_userid"]
    others = [row["external_userid"] for row in corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"][:3]]
    corp.act("send_message", sender=userid, receiver=customer, content="您好，样品已寄出。")
    corp.act("send_message", sender=customer, receiver=userid, content="好的，谢谢。")
    corp.act("create_group", owner=userid, name="周知远装修群", members=[customer, *others])
    until(lambda: corp.rows(GroupMember, GroupMember.userid == customer), "the group was not read")
    until(lambda: corp.rows(Conversation, Conversation.peer == customer), "the messages were not pulled")
    desk(corp).send(title="春季上新")
    corp.act("delete_contact", userid=userid, external_userid=customer)
    until(lambda: corp.rows(Alert, Alert.external_userid == customer), "no alert")
    return customer


def opened(sign_in: SignIn, corp: Corp, role: str = "administrator", *, width: int = WIDTH) -> Page:
    page = sign_in(role, f"/customers/{a_busy_customer(corp)}", width=width)
    expect(page.get_by_role("group", name="筛选动态")).to_be_visible()
    settled(page)
    return page


def look(page: Page, name: str) -> None:
    if LOOKS:
        page.screenshot(path=f"{LOOKS}/{name}.png", full_page=True)


def test_all_rooms_tell_and_lead_to_their_records(sign_in: SignIn, shop: Corp) -> None:
    page = opened(sign_in, shop)
    for words in ("群发消息", "与客户的单聊", "触发风险提醒", "客户进入客户群", "添加了客户"):
        expect(page.get_by_text(words).first).to_be_visible()
    look(page, "timeline")
    expect(page.get_by_role("link", name="2 条消息")).to_have_attribute("href", re.compile(r"^/messages\?c=\d+$"))
    expect(page.get_by_role("link", name="周知远装修群").last).to_be_visible()
    expect(page.get_by_role("link", name="春季上新")).to_be_visible()
    page.get_by_role("link", name="员工删除客户").click()
    expect(page).to_have_url(re.compile(r"/alerts/\d+"))


def test_one_source_is_shown_alone_and_one_without_anything_leads_back(sign_in: SignIn, shop: Corp) -> None:
    page = opened(sign_in, shop)
    chips = page.get_by_role("group", name="筛选动态")
    chips.get_by_role("button", name="群发").click()
    expect(chips.get_by_role("button", name="群发")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("添加了客户")).to_have_count(0)
    expect(page.get_by_text("群发消息").first).to_be_visible()
    chips.get_by_role("button", name="继承").click()
    expect(page.get_by_text("这一类还没有动态")).to_be_visible()
    look(page, "timeline-none")
    page.get_by_role("button", name="清除筛选").click()
    expect(page.get_by_text("添加了客户").first).to_be_visible()


def test_who_may_not_read_chats_is_not_offered_them(sign_in: SignIn, shop: Corp) -> None:
    page = opened(sign_in, shop, "marketer")
    chips = page.get_by_role("group", name="筛选动态").get_by_role("button")
    expect(chips).to_have_text(["全部", "资料", "群发", "群聊"])
    expect(page.get_by_text("与客户的单聊")).to_have_count(0)
    expect(page.get_by_text("群发消息").first).to_be_visible()


def test_a_part_that_fails_is_said_and_the_rest_stays(sign_in: SignIn, shop: Corp) -> None:
    page = opened(sign_in, shop)

    def partly(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["items"] = [row for row in told["items"] if row["source"] != "groups"]
        route.fulfill(response=answer, json=told | {"failed": ["groups"], "gathering": ["broadcasts"]})

    page.route("**/timeline?*", partly)
    page.reload()
    expect(page.get_by_role("alert").filter(has_text="群聊暂时读取失败，其他动态不受影响。")).to_be_visible()
    expect(page.get_by_text("更早的群发正在整理，稍后会补全。")).to_be_visible()
    expect(page.get_by_text("添加了客户").first).to_be_visible()
    settled(page)
    look(page, "timeline-partly")
    assert violations(page) == []
    page.unroute("**/timeline?*")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("客户进入客户群").first).to_be_visible()


def test_it_reads_well_on_a_phone_in_the_dark(sign_in: SignIn, shop: Corp) -> None:
    page = opened(sign_in, shop, width=400)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    look(page, "timeline-400")
    page.emulate_media(color_scheme="dark")
    settled(page)
    assert violations(page, colours_alone=True) == []
    look(page, "timeline-400-dark")


def test_beside_a_chat_records_open_in_a_window_of_their_own(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("sales", f"/sidebar?external_userid={a_busy_customer(shop)}#timeline", width=400)
    expect(page.get_by_text("触发风险提醒").first).to_be_visible()
    expect(page.get_by_text("与客户的单聊")).to_have_count(0)
    expect(page.get_by_role("link", name="员工删除客户")).to_have_attribute("target", "_blank")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert violations(page) == []
    look(page, "timeline-sidebar")
