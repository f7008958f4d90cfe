"""A customer deletes a member: facts, card, and what the alert is closed with."""

from scrm.identity.models import Role
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.wecom import Wecom


def test_it_tells_the_relation_as_it_stood(house: House, given: Given, wecom: Wecom) -> None:
    given.lost(given.customer("王小明", of="bob", days_ago=2), "bob", by_staff=False)
    console = house.console(Role.COMPLIANCE)
    (row,) = console.get("/alerts", kind="customer_left")["items"]
    assert row["facts"]["kind"] == row["kind"] == "customer_left" and row["hit"] is None
    assert (row["facts"]["followed_days"], row["facts"]["other_followers"]) == (2, [])
    detail = console.get(f"/alerts/{row['id']}")
    assert detail["close_reasons"] == ["beyond_recovery", "contacted", "competitor", "other"]
    card = wecom.answered(AppMessages.send_text_card, AppMessageReceipt(msgid="1", invalid_users=[]))
    assert card["title"] == "客户删除员工提醒"
    assert card["description"].startswith("员工 鲍勃 被客户删除「王小明」\n时间：")
