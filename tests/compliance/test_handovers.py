"""Departure handover: who is told, how customers and groups go to successors, and a sheet that adds up."""

from collections import Counter
from typing import Any

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.compliance.handovers import jobs
from scrm.compliance.handovers.models import Handover, HandoverItem, HandoverSlice
from scrm.core.db import transaction
from scrm.customers.file.models import FollowRelation, TimelineEntry
from scrm.customers.groups.models import GroupChat
from scrm.identity.models import Role
from tests.support.company import befriend
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

HOUR, DAY = 3600, 86_400


def pass_time(corp: Corp, seconds: int) -> None:
    corp.act("pass_time", seconds=seconds)


def resigned(corp: Corp, userid: str = "bob") -> Console:
    """The member leaves; an administrator looks at what came of it."""
    corp.act("resign", userid=userid)
    corp.settle()
    with later(10):
        corp.settle()
    return corp.console(Role.ADMINISTRATOR)


def case_of(console: Console) -> Any:
    (row,) = console.get("/handovers")["items"]
    return console.get(f"/handovers/{row['id']}")


def assign(console: Console, case: Any, *userids: str, verb: str = "assign", **selection: Any) -> Any:
    answer = console.status(
        "POST", f"/handovers/{case['id']}/{verb}", {"successors": list(userids), "selection": selection}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def states(corp: Corp, kind: str = "customer") -> Counter[str]:
    return Counter(item.state for item in corp.rows(HandoverItem, HandoverItem.kind == kind))


def test_departure_opens_one_case_for_the_lead_who_is_told_once(known: Corp) -> None:
    console = resigned(known)
    case = case_of(console)
    assert (case["kind"], case["state"], case["detected_by"]) == ("departure", "open", "callback")
    assert (case["customers"]["total"], case["groups"]["total"]) == (4, 1)
    assert case["assigned_to"] == ["李安娜"]
    assert [(row["step"], row["userid"], row["state"]) for row in case["notices"]] == [(0, "Anna.Li", "sent")]
    assert len(known.sim.ledger(known.corp_id, "message/send")) == 1
    known.sync()  # tells of the same departure once more
    assert len(known.rows(Handover)) == 1
    assert len(known.sim.ledger(known.corp_id, "message/send")) == 1


def test_departure_found_by_a_sync_and_one_that_only_the_list_tells(known: Corp) -> None:
    befriend(known, "dora", "赵一")
    known.sync()
    known.act("resign", userid="bob", quiet=True)
    known.sync()
    (case,) = known.rows(Handover)
    assert (case.userid, case.detected_by, case.resigned) == ("bob", "sync", True)
    befriend(known, "carl", "钱一")
    known.act("resign", userid="carl", quiet=True)  # before any sync met the customer
    with transaction(known.number) as session:
        jobs.pull_unassigned(session, {})
    with later(10):
        known.drain()
    (other,) = known.rows(Handover, Handover.userid == "carl")
    assert other.detected_by == "unassigned"
    (item,) = known.rows(HandoverItem, HandoverItem.handover_id == other.id)
    assert item.listed_at is not None


def test_customers_and_groups_go_to_the_successor_and_the_file_follows(known: Corp) -> None:
    console = resigned(known)
    case = case_of(console)
    preview = console.status("POST", f"/handovers/{case['id']}/preview", {"successors": ["dora"]}).json()
    assert (preview["customers"], preview["groups"], preview["calls"]) == (4, 1, 2)
    assert known.sim.ledger(known.corp_id, "externalcontact/resigned/transfer_customer") == []
    assign(console, case, "dora")
    known.drain()
    assert states(known) == {"waiting": 4} and states(known, "group") == {"done": 1}
    with later(3):  # group data of WeCom is old for two seconds
        known.drain()
    (group,) = known.rows(GroupChat)
    assert group.owner_userid == "dora"
    pass_time(known, DAY)
    with later(DAY + 120):
        known.settle()
        assert states(known) == {"done": 4}
        done = case_of(console)
        assert done["state"] == "done" and sum(line["count"] for line in done["sheet"]) == 5
        by_staff = Counter((row.staff_id, row.status) for row in known.rows(FollowRelation))
        assert sorted(Counter(status for _, status in by_staff.elements()).items()) == [
            ("active", 4),
            ("transferred", 4),
        ]
        told = Counter(row.kind for row in known.rows(TimelineEntry))
        assert (told["transferred"], told["taken_over"]) == (4, 4)
        assert known.rows(Alert) == []
        assert console.get("/customers/summary", days=30)["added_today"] == 0  # the corp has won nobody by it


def test_refused_and_full_ones_get_a_second_successor_and_the_sheet_adds_up(known: Corp) -> None:
    console = resigned(known)
    case = case_of(console)
    assign(console, case, "dora", "carl", kind="customer")
    known.drain()
    items = known.rows(HandoverItem, HandoverItem.kind == "customer")
    assert Counter(item.takeover_id for item in items).most_common(2)[0][1] == 2
    for item, verb in zip(
        items, ("refuse_transfer", "fill_transfer", "accept_transfer", "refuse_transfer"), strict=True
    ):
        known.act(verb, external_userid=item.wecom_id)
    known.settle()
    with later(10):
        known.settle()
    assert states(known) == {"refused": 2, "successor_full": 1, "done": 1}
    opened = case_of(console)
    assert opened["state"] == "open"
    refused = console.get(f"/handovers/{case['id']}/items", state="refused")["items"]
    first = refused[0]["successor"]
    same = {"successors": [first], "selection": {"item_ids": [refused[0]["id"]]}}
    answer = console.status("POST", f"/handovers/{case['id']}/retry", same)
    assert answer.json()["code"] in {"all_tried", "successor_reported_full"}  # not the one whom the customer refused
    again = {"successors": ["emil"], "selection": {"kind": "customer"}}
    answer = console.status("POST", f"/handovers/{case['id']}/retry", again)
    assert answer.status_code == 200, answer.text
    known.drain()
    known.act("decide_transfers")
    with later(20):
        known.settle()
    with later(2 * HOUR):
        known.settle()
    final = case_of(console)
    assert sum(line["count"] for line in final["sheet"]) == final["customers"]["total"] + final["groups"]["total"]
    assert final["customers"]["done"] == 4 and final["customers"]["failed"] == 0
    tried = [row for row in console.get(f"/handovers/{case['id']}/items")["items"] if row["tries"]]
    assert len(tried) == 3


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_lost_answer_is_looked_up_before_anything_is_sent_again(known: Corp, kind: str) -> None:
    console = resigned(known)
    path = "externalcontact/resigned/transfer_customer"
    known.sim.misfortunes({"match": path, "kind": kind, "next": 1, "seconds": 0.2})
    assign(console, case_of(console), "dora", kind="customer")
    known.drain()
    assert states(known) == {"unknown": 4}
    with later(20):
        known.drain()
    assert states(known) == {"waiting": 4}
    accepted = known.sim.ledger(known.corp_id, path)
    assert len(accepted) == 1
    (part,) = known.rows(HandoverSlice)
    assert (part.state, part.attempts) == ("done", 1 if kind == "timeout_after" else 2)


def test_reading_that_fails_is_taken_up_again(known: Corp) -> None:
    console = resigned(known)
    path, results = "externalcontact/resigned/transfer_customer", "externalcontact/resigned/transfer_result"
    known.sim.misfortunes(
        {"match": path, "kind": "timeout_after", "next": 1, "seconds": 0.2},
        {"match": results, "kind": "errcode", "errcode": -1, "next": 4},
    )
    assign(console, case_of(console), "dora", kind="customer")
    known.drain()
    for seconds in (20, 40, 60, 80):
        with later(seconds):
            known.drain()
    assert states(known) == {"unknown": 4}
    with later(900):
        known.drain()
    with later(1800):
        known.drain()
    assert states(known) == {"waiting": 4}
    assert len(known.sim.ledger(known.corp_id, path)) == 1


def test_call_that_an_administrator_has_to_mend_holds_the_case_up(known: Corp) -> None:
    console = resigned(known)
    path = "externalcontact/resigned/transfer_customer"
    known.sim.misfortunes({"match": path, "kind": "errcode", "errcode": 48002, "next": 1})
    case = assign(console, case_of(console), "dora")
    known.drain()
    assert [row["state"] for row in console.get(f"/handovers/{case['id']}")["slices"]] == ["planned", "parked"]
    (task,) = console.get("/tasks")["items"]
    assert console.status("POST", f"/tasks/{task['kind']}/{task['id']}/replay").status_code in (200, 204)
    known.drain()
    assert states(known) == {"waiting": 4} and states(known, "group") == {"done": 1}


def test_lost_answer_about_groups_is_looked_up_too(known: Corp) -> None:
    console = resigned(known)
    path = "externalcontact/groupchat/transfer"
    known.sim.misfortunes({"match": path, "kind": "timeout_after", "next": 1, "seconds": 0.2})
    assign(console, case_of(console), "dora", kind="group")
    known.drain()
    assert states(known, "group") == {"unknown": 1}
    with later(20):
        known.drain()
    assert states(known, "group") == {"done": 1}
    assert len(known.sim.ledger(known.corp_id, path)) == 1


def test_failed_item_carries_its_errcode(known: Corp) -> None:
    console = resigned(known)
    (gone, *_) = known.rows(HandoverItem, HandoverItem.kind == "customer")
    known.sim.call("PUT", f"/corps/{known.corp_id}/habits", {"transfer_seconds": 0.0})
    known.sim.misfortunes()
    known.act("pass_time", seconds=0)
    # Somebody assigns one of them in WeCom's own console meanwhile.
    app = known.sim.corp_file(known.corp_id)["apps"][0]
    token = known.sim.http.get(
        f"{known.sim.address}/cgi-bin/gettoken", params={"corpid": known.corp_id, "corpsecret": app["secret"]}
    ).json()["access_token"]
    known.sim.http.post(
        f"{known.sim.address}/cgi-bin/externalcontact/resigned/transfer_customer",
        params={"access_token": token},
        json={"handover_userid": "bob", "takeover_userid": "carl", "external_userid": [gone.wecom_id]},
    )
    assign(console, case_of(console), "dora", kind="customer")
    known.drain()
    with later(10):
        known.drain()
    assert states(known) == {"waiting": 3, "failed": 1}
    (row,) = console.get(f"/handovers/{case_of(console)['id']}/items", state="failed")["items"]
    assert row["errcode"] == 40129 and row["reason"]


def test_customers_assigned_elsewhere_leave_the_case(known: Corp) -> None:
    console = resigned(known)
    known.act("decide_transfers")
    with later(2 * HOUR):
        with transaction(known.number) as session:
            jobs.pull_unassigned(session, {})
        known.drain()
        assert states(known) == {"unassigned": 4}
    for item in known.rows(HandoverItem, HandoverItem.kind == "customer"):
        known.sim.call("POST", f"/corps/{known.corp_id}/actions/limit_customers", {"userid": "dora", "limit": 0})
        known.act("lose_customer", userid="bob", external_userid=item.wecom_id)
    with later(4 * HOUR):
        with transaction(known.number) as session:
            jobs.pull_unassigned(session, {})
        known.drain()
        assert states(known) == {"gone": 4}
        assert case_of(console)["customers"]["gone"] == 4


def test_on_job_transfer_moves_named_customers_with_a_message(known: Corp) -> None:
    console = known.console(Role.ADMINISTRATOR)
    assert console.get("/handovers/source", userid="bob") == {"customers": 4, "groups": 1}
    own = [row.external_userid for row in known.scalar(_customers)][:2]
    bad = {"userid": "bob", "external_userids": ["wm0"]}
    assert console.status("POST", "/handovers", bad).json()["code"] == "items_unknown"
    assert console.status("POST", "/handovers", {"userid": "nobody"}).json()["code"] == "staff_unknown"
    assert console.status("POST", "/handovers", {"userid": "frida"}).json()["code"] == "nothing_chosen"
    too_long = {"userid": "bob", "message": "好" * 201}
    assert console.status("POST", "/handovers", too_long).status_code == 422
    body = {"userid": "bob", "external_userids": own, "message": "朵拉将为您服务"}
    made = console.status("POST", "/handovers", body)
    assert made.status_code == 201, made.text
    assert console.status("POST", "/handovers", body).json()["code"] == "handover_running"
    assign(console, made.json(), "dora")
    known.drain()
    (call,) = known.sim.ledger(known.corp_id, "externalcontact/transfer_customer")
    assert call["args"]["transfer_success_msg"] == "朵拉将为您服务"
    for external_userid in own:
        known.act("accept_transfer", external_userid=external_userid)
    known.settle()
    with later(10):
        known.settle()
    assert states(known) == {"done": 2} and known.rows(Alert) == []
    told = Counter(row.kind for row in known.rows(TimelineEntry))
    assert (told["transferred"], told["taken_over"]) == (2, 2)


def test_alert_that_a_sync_raised_is_closed_by_the_transfer_that_explains_it(known: Corp) -> None:
    console = known.console(Role.ADMINISTRATOR)
    customer = known.scalar(_customers)[0].external_userid
    case = console.status("POST", "/handovers", {"userid": "bob", "external_userids": [customer]}).json()
    assign(console, case, "dora")
    known.drain()
    known.act("accept_transfer", external_userid=customer, quiet=True)  # no callback comes
    known.sync()
    (alert,) = known.rows(Alert)
    assert (alert.detected_by, alert.state) == ("sync", "open")
    with later(2 * HOUR):
        known.drain()
    (alert,) = known.rows(Alert)
    assert (alert.state, alert.close_reason) == ("closed", "transferred")
    relations = {row.status for row in known.rows(FollowRelation, FollowRelation.customer_id == alert.customer_id)}
    assert relations == {"transferred", "active"}


def test_disabled_member_is_handed_over_like_an_employed_one(known: Corp) -> None:
    known.act("disable_staff", userid="bob")
    known.sync()
    (case,) = known.rows(Handover)
    assert (case.kind, case.resigned) == ("departure", False)
    console = known.console(Role.ADMINISTRATOR)
    assign(console, case_of(console), "dora", kind="customer")
    known.drain()
    assert len(known.sim.ledger(known.corp_id, "externalcontact/transfer_customer")) == 1
    assert states(known) == {"waiting": 4}


def _customers(session: Any) -> Any:
    from scrm.customers.file.queries.ownership import customers_of
    from scrm.identity.queries import staff_by_userid

    staff = staff_by_userid(session, "bob")
    assert staff is not None
    return customers_of(session, staff.id)
