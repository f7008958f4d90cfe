"""From a salesperson who deletes a customer to the alert on the screen, over HTTP all the way."""

import datetime as dt

from scrm.compliance.alerts.models import Alert
from scrm.customers.file.models import Customer, FollowRelation, TimelineEntry
from scrm.identity.models import Role
from scrm.marketing.welcomes.models import Welcome
from scrm.shared.notices.models import Notice
from tests.support.service import TestCorp as Corp


def _pair(corp: Corp) -> tuple[str, str]:
    """A member and one of its customers, as the simulator has them."""
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    found = next(item for item in relations if item["status"] == "following")
    return found["userid"], found["external_userid"]


def test_deletion_raises_one_alert_though_two_apps_report_it(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    synced.act("delete_contact", userid=userid, external_userid=external_userid)
    synced.settle()
    (alert,) = synced.rows(Alert)
    assert (alert.kind, alert.state) == ("staff_deleted_customer", "open")
    assert (alert.userid, alert.external_userid) == (userid.lower(), external_userid)
    console = synced.console(Role.COMPLIANCE)
    callbacks = console.get("/callbacks", change_type="del_external_contact")["items"]
    assert {row["app"] for row in callbacks} == {"customer", "assistant"}


def test_alert_tells_supervisors_once(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    synced.act("delete_contact", userid=userid, external_userid=external_userid)
    synced.settle()
    sent = synced.sim.ledger(synced.corp_id, "message/send")
    notices = synced.rows(Notice, Notice.record == "alert")
    assert len(sent) == (1 if notices else 0)
    assert notices
    assert {notice.state for notice in notices} == {"sent"}


def test_deleted_customer_stays_in_the_file(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    before = len(synced.rows(Customer))
    synced.act("delete_contact", userid=userid, external_userid=external_userid)
    synced.settle()
    assert len(synced.rows(Customer)) == before
    console = synced.console(Role.COMPLIANCE)
    follows = console.get(f"/customers/{external_userid}")["follows"]
    assert [row["status"] for row in follows if row["userid"] == userid] == ["deleted_by_staff"]


def test_removal_by_transfer_is_no_loss(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    synced.act("delete_contact", userid=userid, external_userid=external_userid, source="DELETE_BY_TRANSFER")
    synced.settle()
    assert synced.rows(Alert) == []
    (relation,) = [row for row in synced.rows(FollowRelation) if row.status == "transferred"]
    assert relation.ended_at is not None


def test_customer_who_leaves_is_told_apart_from_one_who_was_deleted(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    synced.act("customer_deletes", userid=userid, external_userid=external_userid)
    synced.settle()
    (alert,) = synced.rows(Alert)
    assert alert.kind == "customer_left"


def test_new_customer_is_welcomed_once_though_two_apps_report_the_add(synced: Corp) -> None:
    userid, _ = _pair(synced)
    added = synced.act("add_contact", userid=userid, name="新客户", welcome=True)
    synced.settle()
    (welcome,) = synced.rows(Welcome)
    assert (welcome.state, welcome.external_userid) == ("sent", added["external_userid"])
    (sent,) = synced.sim.call("GET", f"/corps/{synced.corp_id}/welcomes")["items"]
    assert sent["external_userid"] == added["external_userid"]
    (customer,) = synced.rows(Customer, Customer.external_userid == added["external_userid"])
    assert customer.name == "新客户"


def test_edit_tells_what_changed(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    synced.act("edit_contact", userid=userid, external_userid=external_userid, remark="重要客户")
    synced.settle()
    (entry,) = synced.rows(TimelineEntry, TimelineEntry.kind == "edited")
    assert entry.facts["remark"] == "重要客户"


def test_alert_is_reviewed_and_closed_with_a_reason(synced: Corp) -> None:
    userid, external_userid = _pair(synced)
    synced.act("delete_contact", userid=userid, external_userid=external_userid)
    synced.settle()
    console = synced.console(Role.COMPLIANCE)
    (alert,) = console.get("/alerts", state="open")["items"]
    assert console.status("POST", f"/alerts/{alert['id']}/close", {"reason": "legitimate"}).status_code == 409
    assert console.status("POST", f"/alerts/{alert['id']}/review").json()["state"] == "in_review"
    assert console.status("POST", f"/alerts/{alert['id']}/close", {"reason": "other"}).status_code == 422
    closed = console.status("POST", f"/alerts/{alert['id']}/close", {"reason": "legitimate", "note": "已核实"})
    assert closed.json()["state"] == "closed"
    verbs = [row["verb"] for row in console.get("/audit", q="alert.")["items"]]
    assert verbs[:2] == ["alert.closed", "alert.review_started"]
    assert dt.datetime.fromisoformat(closed.json()["closed_at"])
