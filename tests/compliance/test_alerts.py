"""Alerts: who is told, what they show, and how they are worked off."""

import time

import pytest

from scrm.compliance.alerts.models import Alert, AlertNotice
from scrm.identity.models import Role
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp


@pytest.fixture
def known(company: Corp) -> Corp:
    company.sync()
    return company


def lose(corp: Corp, userid: str, *, name: str = "客户", verb: str = "delete_contact") -> str:
    """A customer is won quietly, known by a sync, and lost by a callback."""
    customer = befriend(corp, userid, name)
    corp.sync()
    corp.act(verb, userid=userid, external_userid=customer)
    corp.settle()
    return customer


def told(corp: Corp) -> set[str]:
    return {notice.userid for notice in corp.rows(AlertNotice)}


@pytest.mark.parametrize(("userid", "supervisor"), [("carl", "dora"), ("bob", "Anna.Li")])
def test_supervisor_gets_one_message(known: Corp, userid: str, supervisor: str) -> None:
    lose(known, userid)
    assert told(known) == {supervisor}
    (card,) = known.sim.call("GET", f"/corps/{known.corp_id}/messages")["items"]
    assert card["touser"] in (supervisor, [supervisor])
    (call,) = known.sim.ledger(known.corp_id, "message/send")
    assert call["args"]["enable_duplicate_check"] == 1


def test_without_a_leader_the_compliance_officers_are_told(known: Corp) -> None:
    known.console(Role.COMPLIANCE, userid="frida")
    known.console(Role.COMPLIANCE)
    lose(known, "emil")
    assert told(known) == {"frida"}


def test_officer_is_not_told_of_itself_and_nobody_left_is_no_error(known: Corp) -> None:
    known.console(Role.COMPLIANCE, userid="emil")
    lose(known, "emil")
    assert told(known) == set()
    assert len(known.rows(Alert)) == 1


def test_alert_shows_the_customer_as_it_stood(known: Corp) -> None:
    customer = befriend(known, "bob", "王小明")
    known.act("edit_contact", userid="bob", external_userid=customer, quiet=True, remark="大客户")
    known.act("add_contact", userid="dora", external_userid=customer, quiet=True)
    known.sync()
    known.act("delete_contact", userid="bob", external_userid=customer)
    known.settle()
    console = known.console(Role.COMPLIANCE)
    (row,) = console.get("/alerts")["items"]
    shown = console.get(f"/alerts/{row['id']}")
    assert (shown["customer_name"], shown["remark"], shown["staff_name"]) == ("王小明", "大客户", "鲍勃")
    assert (shown["department"], shown["other_followers"], shown["followed_days"]) == ("销售一组", ["朵拉"], 0)
    assert [moment["kind"] for moment in shown["history"]] == ["added", "deleted_by_staff"]
    assert (shown["state"], shown["detected_by"]) == ("open", "callback")


def test_states_go_one_way_and_each_step_is_checked(known: Corp) -> None:
    lose(known, "bob")
    console = known.console(Role.COMPLIANCE)
    (row,) = console.get("/alerts")["items"]
    path = f"/alerts/{row['id']}"
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
    assert known.console(Role.SALES, userid="Anna.Li").status("POST", f"{path}/review").status_code == 403


def test_alerts_are_filtered_and_searched(known: Corp) -> None:
    gone = lose(known, "bob", name="删除的客户")
    left = lose(known, "dora", name="流失的客户", verb="customer_deletes")
    console = known.console(Role.COMPLIANCE)

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


def test_second_loss_of_the_same_pair_is_a_second_alert(known: Corp) -> None:
    customer = lose(known, "bob")
    known.act("add_contact", userid="bob", external_userid=customer)
    known.settle()
    time.sleep(1.1)  # events are told apart by their second
    known.act("delete_contact", userid="bob", external_userid=customer)
    known.settle()
    assert len(known.rows(Alert)) == 2
