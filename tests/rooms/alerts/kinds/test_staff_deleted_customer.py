"""A member deletes a customer: facts, card, and what the alert is closed with."""

from scrm.identity.models import Role
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.wecom import Wecom


def test_it_tells_the_relation_as_it_stood(house: House, given: Given, wecom: Wecom) -> None:
    customer = given.customer("王小明", of=["bob", "dora"], remark="大客户 13812345678", state="展会", days_ago=3)
    given.lost(customer, "bob")
    console = house.console(Role.COMPLIANCE)
    (row,) = console.get("/alerts", kind="staff_deleted_customer")["items"]
    facts = row["facts"]
    assert facts["kind"] == row["kind"] == "staff_deleted_customer" and row["hit"] is None
    assert (facts["department"], facts["channel"], facts["other_followers"]) == ("销售一组", "展会", ["朵拉"])
    assert facts["followed_days"] == 3
    detail = console.get(f"/alerts/{row['id']}")
    assert {name: detail[name] for name in facts if name != "kind"} == {
        name: value for name, value in facts.items() if name != "kind"
    }
    assert detail["close_reasons"] == ["mistake_recovered", "invalid_customer", "transferred", "misconduct", "other"]
    card = wecom.answered(AppMessages.send_text_card, AppMessageReceipt(msgid="1", invalid_users=[]))
    assert (card["title"], card["url"].rpartition("/")[2]) == ("员工删除客户提醒", str(row["id"]))
    assert card["description"].startswith("员工 鲍勃 删除了客户「王小明」（备注：大客户 138****5678）\n时间：")
