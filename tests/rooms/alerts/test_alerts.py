"""Alerts: who is told, what they show, and how they are worked off."""

import datetime as dt
from typing import Any

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.contracts.callbacks import ContactAdded
from scrm.core import clock
from scrm.identity.models import Role
from scrm.shared.notices.models import Notice
from scrm.wecom.models import CallState
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.wecom import Wecom


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def told(house: House) -> set[str]:
    return {notice.userid for notice in house.rows(Notice, Notice.record == "alert")}


@pytest.mark.parametrize(("userid", "supervisor"), [("carl", "dora"), ("bob", "Anna.Li")])
def test_supervisor_gets_one_message(house: House, given: Given, wecom: Wecom, userid: str, supervisor: str) -> None:
    given.alert(of=userid)
    assert told(house) == {supervisor}
    card = wecom.answered(AppMessages.send_text_card, AppMessageReceipt(msgid="1", invalid_users=[]))
    assert card["userids"] == [supervisor]
    assert [notice.state for notice in house.rows(Notice, Notice.record == "alert")] == ["sent"]
    assert wecom.asked(AppMessages.send_text_card) == []


@pytest.mark.parametrize(
    ("receipt", "state", "shown"),
    [
        (AppMessageReceipt(msgid="1", invalid_users=["anna.li"]), CallState.DONE, ("refused", "invaliduser")),
        (None, CallState.REFUSED, ("refused", "errcode 60011")),
        (None, CallState.UNKNOWN, ("unknown", "errcode 60011")),
    ],
)
def test_what_became_of_a_message_is_shown(
    house: House,
    given: Given,
    wecom: Wecom,
    receipt: AppMessageReceipt | None,
    state: CallState,
    shown: tuple[str, str],
) -> None:
    number = given.alert()
    reason = None if receipt else "errcode 60011"
    wecom.answered(AppMessages.send_text_card, receipt, state=state, reason=reason)
    (notice,) = house.console(Role.COMPLIANCE).get(f"/alerts/{number}")["notices"]
    assert (notice["state"], notice["reason"]) == shown


def test_without_a_leader_the_compliance_officers_are_told(house: House, given: Given) -> None:
    house.console(Role.COMPLIANCE, userid="frida")
    house.console(Role.COMPLIANCE)
    given.alert(of="emil")
    assert told(house) == {"frida"}


def test_officer_is_not_told_of_itself_and_nobody_left_is_no_error(house: House, given: Given) -> None:
    house.console(Role.COMPLIANCE, userid="emil")
    given.alert(of="emil")
    assert told(house) == set()
    assert len(house.rows(Alert)) == 1


def test_alert_shows_the_customer_as_it_stood(house: House, given: Given) -> None:
    customer = given.customer("王小明", of=["bob", "dora"], remark="大客户")
    given.lost(customer, "bob")
    console = house.console(Role.COMPLIANCE)
    (row,) = console.get("/alerts")["items"]
    shown = console.get(f"/alerts/{row['id']}")
    assert (shown["customer_name"], shown["remark"], shown["staff_name"]) == ("王小明", "大客户", "鲍勃")
    assert (shown["department"], shown["other_followers"], shown["followed_days"]) == ("销售一组", ["朵拉"], 0)
    assert [moment["kind"] for moment in shown["history"]] == ["added", "deleted_by_staff"]
    assert (shown["state"], shown["detected_by"]) == ("open", "callback")


def test_states_go_one_way_and_each_step_is_checked(house: House, given: Given) -> None:
    path = f"/alerts/{given.alert()}"
    console = house.console(Role.COMPLIANCE)
    assert console.status("POST", f"{path}/close", {"reason": "legitimate"}).status_code == 409
    assert console.status("POST", f"{path}/review").status_code == 200
    assert console.status("POST", f"{path}/review").status_code == 409
    assert console.status("POST", f"{path}/close", {"reason": "nonsense"}).status_code == 422
    assert console.status("POST", f"{path}/close", {"reason": "other", "note": "  "}).status_code == 422
    assert console.status("POST", f"{path}/close", {"reason": "other", "note": "说明"}).json()["state"] == "closed"
    assert console.status("POST", f"{path}/close", {"reason": "legitimate"}).status_code == 409
    assert console.status("POST", f"{path}/review").status_code == 409
    assert console.status("POST", "/alerts/999999/review").status_code == 404
    assert console.get("/alerts/summary") == {"open": 0, "in_review": 0, "closed_today": 1, "raised_today": 1}
    assert house.console(Role.SALES, userid="Anna.Li").status("POST", f"{path}/review").status_code == 403


def test_alerts_are_filtered_and_searched(house: House, given: Given) -> None:
    gone = given.customer("删除的客户", of="bob")
    left = given.customer("流失的客户", of="dora")
    given.lost(gone, "bob")
    given.lost(left, "dora", by_staff=False)
    console = house.console(Role.COMPLIANCE)

    def found(**query: object) -> set[str]:
        return {row["external_userid"] for row in console.get("/alerts", **query)["items"]}

    assert found() == {gone, left}
    assert found(kind="customer_left") == {left}
    assert found(userid="BOB") == {gone}
    assert found(external_userid=left) == {left}
    assert found(q="流失") == {left}
    assert found(q="朵拉") == {left}
    assert found(q="%") == set()
    assert found(state="closed") == set()
    assert found(state="open", kind="staff_deleted_customer", q="鲍勃") == {gone}


def test_second_loss_of_the_same_pair_is_a_second_alert_and_the_same_told_again_is_none(
    house: House, given: Given
) -> None:
    at = clock.now() - dt.timedelta(minutes=5)
    customer = given.customer("客户", of="bob", days_ago=1)
    for app in ("customer", "assistant"):
        given.lost(customer, "bob", at=at, app=app)
    assert len(house.rows(Alert)) == 1
    again = at + dt.timedelta(seconds=1)
    pair: dict[str, Any] = {"userid": "bob", "external_userid": customer, "event_at": again, "app": "customer"}
    house.tell(ContactAdded(half=False, state="", welcome_code=None, received_at=again, **pair))
    given.lost(customer, "bob", at=again + dt.timedelta(seconds=1))
    assert len(house.rows(Alert)) == 2
