"""The page of a customer group: who came and went, while one looks at it."""

import re

from playwright.sync_api import Page, expect

from scrm.customers.groups.models import GroupChat
from tests.e2e.conftest import SignIn
from tests.support.service import TestCorp as Corp


def a_group(corp: Corp) -> str:
    """A group of its own with a history: somebody was removed from it, and it got another name."""
    people = [row["external_userid"] for row in corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"][:4]]
    owner = corp.rows(GroupChat)[0].owner_userid
    chat_id: str = corp.act("create_group", owner=owner, name="春季新品群", members=people[:2])["chat_id"]
    corp.act("add_group_members", chat_id=chat_id, members=people[2:], join_scene=3)
    corp.act("remove_group_members", chat_id=chat_id, members=people[2:3], quit_scene=1)
    corp.act("update_group", chat_id=chat_id, name="夏季新品群")
    return chat_id


def opened(sign_in: SignIn, corp: Corp, chat_id: str) -> Page:
    page = sign_in("administrator")
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    for _ in range(20):  # WeCom's own detail is old for a moment, and is asked for after it
        page.goto(f"/customers/groups/{chat_id}")
        page.get_by_role("heading").first.wait_for()
        if page.get_by_role("heading", name="夏季新品群").count():
            break
        page.wait_for_timeout(500)
    return page


def test_history_of_a_group_says_who_came_and_went_and_goes_on_by_itself(sign_in: SignIn, shop: Corp) -> None:
    chat_id = a_group(shop)
    page = opened(sign_in, shop, chat_id)
    history = page.get_by_role("region", name="群动态")
    expect(history.get_by_text("被移出群聊")).to_be_visible()
    expect(history.get_by_text("扫群二维码进群").first).to_be_visible()
    expect(history.get_by_text(re.compile("夏季新品群$"))).to_be_visible()
    shop.act("update_group", chat_id=chat_id, name="秋季新品群")
    expect(history.get_by_text("夏季新品群 → 秋季新品群")).to_be_visible(timeout=15_000)


def test_history_is_filtered_and_figures_are_a_table_too(sign_in: SignIn, shop: Corp) -> None:
    page = opened(sign_in, shop, a_group(shop))
    page.get_by_role("combobox", name="动态类型").click()
    page.get_by_title("群解散").click()
    history = page.get_by_role("region", name="群动态")
    expect(history.get_by_text("没有符合条件的结果")).to_be_visible()
    history.get_by_role("button", name="清除筛选").click()
    expect(history.get_by_text("被移出群聊")).to_be_visible()
    page.get_by_text("表格", exact=True).click()
    expect(page.get_by_role("columnheader", name="发言人数")).to_be_visible()


def test_group_that_is_not_there_is_said_in_a_sentence(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("sales", "/customers/groups/wrNobody")
    expect(page.get_by_role("alert")).to_contain_text("没有这个客户群，或不在你的数据范围内。")
