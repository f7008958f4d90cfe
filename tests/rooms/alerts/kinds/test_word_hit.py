"""A rule finds words in a chat: facts, who may see the alert, the card, and what it is closed with."""

from scrm.identity.models import Role
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.wecom import Wecom
from tests.support import moved_clock


def test_it_tells_the_words_and_where_they_stand(house: House, given: Given, wecom: Wecom) -> None:
    customer = given.customer("王小明", of="bob")
    console = house.console(Role.COMPLIANCE, userid="frida")
    rule = {"name": "私下交易", "severity": "high", "words": "返点"}
    assert console.status("POST", "/rules", rule).status_code == 201
    msgid = given.said("bob", customer, "给您返点")
    (row,) = console.get("/alerts", kind="word_hit")["items"]
    facts = row["facts"]
    assert facts == {"kind": "word_hit", **row["hit"]}
    assert (facts["rule_name"], facts["words"], facts["msgid"]) == ("私下交易", ["返点"], msgid)
    detail = console.get(f"/alerts/{row['id']}")
    assert (detail["department"], detail["added_at"], detail["other_followers"]) == ("", None, [])
    assert detail["close_reasons"] == ["false_alarm", "staff_reminded", "misconduct", "other"]
    assert house.console(Role.SALES, userid="Anna.Li").get("/alerts")["items"] == []  # reads alerts, but no chats
    with moved_clock.later(31):
        card = wecom.answered(AppMessages.send_text_card, AppMessageReceipt(msgid="1", invalid_users=[]))
    assert card["title"] == "敏感词命中提醒" and card["url"].endswith("/alerts?kind=word_hit")
    assert card["description"].startswith("质检规则「私下交易」等有新的敏感词命中")
