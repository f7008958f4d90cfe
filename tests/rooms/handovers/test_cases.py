"""Cases of handover: who sees and chooses, what is refused before anything is sent, deadlines, closing, the sheet."""

from collections import Counter
from typing import Any

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.compliance.handovers import jobs
from scrm.compliance.handovers import states as handover_states
from scrm.compliance.handovers.models import Handover, HandoverItem, ItemState
from scrm.compliance.handovers.states import ItemVerb
from scrm.contracts.callbacks import TransferFailed
from scrm.core import clock
from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.errors import NotPermitted
from scrm.customers.file.models import FollowRelation, TimelineEntry
from scrm.customers.groups.models import GroupChat
from scrm.identity.models import Role, Staff
from scrm.shared.notices.models import Notice
from scrm.wecom.models import CallState
from scrm.wecom.port.messages import AppMessages
from scrm.wecom.port.transfers import (
    ItemAnswer,
    Transfers,
    UnassignedCustomer,
    UnassignedPage,
)
from tests.rooms.given import Given
from tests.rooms.handovers.desk import (
    DAY,
    DONE,
    FULL,
    HOUR,
    REFUSED,
    assign,
    begun,
    case_of,
    items,
    results,
    states,
)
from tests.rooms.house import Console, House
from tests.rooms.wecom import Wecom
from tests.support.moved_clock import later


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


@pytest.fixture
def console(house: House) -> Console:
    return house.console(Role.ADMINISTRATOR)


def test_member_without_customers_leaves_no_case(house: House, given: Given, console: Console) -> None:
    given.left("frida")
    assert console.get("/handovers")["items"] == []


def test_departure_opens_one_case_for_the_lead_who_is_told_once(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    given.handover()
    given.left("bob")
    case = case_of(console)
    assert (case["kind"], case["state"], case["detected_by"]) == ("departure", "open", "callback")
    assert (case["customers"]["total"], case["groups"]["total"]) == (4, 1)
    assert case["assigned_to"] == ["李安娜"]
    assert [card["userids"] for card in wecom.asked(AppMessages.send_text_card)] == [["Anna.Li"]]
    assert len(house.rows(Notice, Notice.record == "handover")) == 1


def test_customers_and_groups_go_to_the_successor_and_the_file_follows(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    number = given.handover()
    preview = assign(console, number, "dora", verb="preview")
    assert (preview["customers"], preview["groups"], preview["calls"]) == (4, 1, 2)
    assert wecom.asked(Transfers.transfer_resigned_customers) == []
    assign(console, number, "dora")
    ids = [item.wecom_id for item in items(house)]
    wecom.answered(Transfers.transfer_resigned_customers, begun(*ids))
    wecom.answered(Transfers.transfer_resigned_groups, [])
    assert states(house) == {"waiting": 4} and states(house, "group") == {"done": 1}
    assert [group.owner_userid for group in house.rows(GroupChat)] == ["dora"]
    with later(DAY + 120):
        house.deliver()
        wecom.answered(Transfers.list_resigned_results, results(*((who, DONE) for who in ids)))
        assert states(house) == {"done": 4}
        done = case_of(console)
        assert done["state"] == "done" and sum(line["count"] for line in done["sheet"]) == 5
        assert Counter(row.status for row in house.rows(FollowRelation)) == {"active": 4, "transferred": 4}
        told = Counter(row.kind for row in house.rows(TimelineEntry))
        assert (told["transferred"], told["taken_over"]) == (4, 4)
        assert house.rows(Alert) == []
        assert console.get("/customers/summary", days=30)["added_today"] == 0  # the corp has won nobody by it


def test_refusal_of_a_whole_call_fails_its_items_with_the_errcode(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    assign(console, given.handover(), "dora", kind="customer")
    wecom.answered(Transfers.transfer_resigned_customers, state=CallState.REFUSED, errcode=40098)
    assert states(house) == {"failed": 4}
    assert {item.errcode for item in items(house)} == {40098}


def test_failed_item_carries_its_errcode(house: House, given: Given, wecom: Wecom, console: Console) -> None:
    number = given.handover()
    assign(console, number, "dora", kind="customer")
    bad, *good = (item.wecom_id for item in items(house))
    wecom.answered(Transfers.transfer_resigned_customers, [ItemAnswer(id=bad, errcode=40096), *begun(*good)])
    assert states(house) == {"waiting": 3, "failed": 1}
    (row,) = console.get(f"/handovers/{number}/items", state="failed")["items"]
    assert row["errcode"] == 40096 and row["reason"]


def test_refused_and_full_ones_get_a_second_successor_and_the_sheet_adds_up(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    number = given.handover(groups=0)
    assign(console, number, "dora", "carl")
    assert sorted(Counter(item.takeover_id for item in items(house)).values()) == [2, 2]
    became = {item.wecom_id: state for item, state in zip(items(house), (REFUSED, FULL, DONE, REFUSED), strict=True)}
    for _ in range(2):
        part = wecom.asked(Transfers.transfer_resigned_customers)[0]["external_userids"]
        wecom.answered(Transfers.transfer_resigned_customers, begun(*part))
    with later(2 * HOUR):
        house.deliver()
        while asked := wecom.asked(Transfers.list_resigned_results):
            own = {item.wecom_id for item in items(house) if _userid(house, item) == asked[0]["takeover_userid"]}
            wecom.answered(
                Transfers.list_resigned_results, results(*(pair for pair in became.items() if pair[0] in own))
            )
        assert states(house) == {"refused": 2, "successor_full": 1, "done": 1}
        assert case_of(console)["state"] == "open"
        refused = console.get(f"/handovers/{number}/items", state="refused")["items"]
        same = {"successors": [refused[0]["successor"]], "selection": {"item_ids": [refused[0]["id"]]}}
        answer = console.status("POST", f"/handovers/{number}/retry", same)
        assert answer.json()["code"] in {
            "all_tried",
            "successor_reported_full",
        }  # not the one whom the customer refused
        assign(console, number, "emil", verb="retry", kind="customer")
        part = wecom.asked(Transfers.transfer_resigned_customers)[0]["external_userids"]
        wecom.answered(Transfers.transfer_resigned_customers, begun(*part))
    with later(30 * HOUR):
        house.deliver()
        wecom.answered(Transfers.list_resigned_results, results(*((who, DONE) for who in part)))
        final = case_of(console)
    assert sum(line["count"] for line in final["sheet"]) == final["customers"]["total"] == 4
    assert final["customers"]["done"] == 4 and final["customers"]["failed"] == 0
    assert len([row for row in console.get(f"/handovers/{number}/items")["items"] if row["tries"]]) == 3


def settled(house: House) -> list[dict[str, Any]]:
    return [row.facts for row in house.rows(AuditEvent, AuditEvent.verb == "handover.slice_settled")]


def test_slice_is_noted_once_when_everybody_of_it_has_a_final_state(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    assign(console, given.handover(), "dora")
    first, second, *rest = (item.wecom_id for item in items(house))
    answers = [ItemAnswer(id=first, errcode=40096), *begun(second, *rest)]
    wecom.answered(Transfers.transfer_resigned_customers, answers)
    assert settled(house) == []
    wecom.answered(Transfers.transfer_resigned_groups, [])
    customers, groups = {item.slice_id for item in items(house)}, {item.slice_id for item in items(house, "group")}
    assert settled(house) == [{"slice": groups.pop(), "done": 1}]
    failed(house, second, "dora", "customer_refused")
    assert len(settled(house)) == 1
    with later(DAY + 120):
        house.deliver()
        wecom.answered(Transfers.list_resigned_results, results((second, REFUSED), *((who, DONE) for who in rest)))
        assert settled(house)[1:] == [{"slice": customers.pop(), "failed": 1, "refused": 1, "done": 2}]


def test_item_is_moved_by_the_table_alone(house: House, given: Given, console: Console) -> None:
    """What a verb does not lead from stays as it is, and who may not say it moves nothing."""
    number = given.handover()
    with transaction(house.number) as session:
        mine = HandoverItem.handover_id == number
        assert handover_states.move_items(session, ItemVerb.COMPLETE, mine) == []
        with pytest.raises(NotPermitted):
            handover_states.move_items(session, ItemVerb.PLAN, mine, takeover_id=1)
        with pytest.raises(ValueError, match="complete does not lead from"):
            handover_states.move_items(session, ItemVerb.COMPLETE, mine, only={ItemState.UNASSIGNED})
    assert states(house) == {"unassigned": 4}


def _userid(house: House, item: Any) -> str:
    (staff,) = house.rows(Staff, Staff.id == item.takeover_id)
    userid: str = staff.userid
    return userid


def test_late_case_escalates_step_by_step_once_each(house: House, given: Given, console: Console) -> None:
    house.console(Role.COMPLIANCE, userid="frida")
    house.console(Role.ADMINISTRATOR, userid="emil")
    given.handover()
    assert house.deliver() == 0
    with later(25 * HOUR):
        house.deliver()
        assert case_of(console)["late"]
        assert {row.userid for row in house.rows(Notice, Notice.kind == "handover_late")} == {"frida"}
        house.deliver()
        assert len(house.rows(Notice, Notice.record == "handover")) == 2
    with later(50 * HOUR):
        house.deliver()
        assert {row.userid for row in house.rows(Notice, Notice.kind == "handover_escalated")} == {"emil"}
        assert console.get("/handovers/summary") == {"open": 1, "late": 1, "running": 0, "customers_unassigned": 4}
    with later(90 * HOUR):
        house.deliver()
        assert len(house.rows(Notice, Notice.record == "handover")) == 3


def test_list_is_filtered_and_searched(house: House, given: Given, console: Console) -> None:
    number = given.handover()

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in console.get("/handovers", **query)["items"]]

    assert found() == found(state="open") == found(kind="departure") == found(q="鲍勃") == found(q="BOB") == [number]
    assert found(late="false") == [number]
    assert found(state="done") == found(kind="on_job") == found(q="%") == found(late="true") == []
    path = f"/handovers/{number}/items"
    assert [row["name"] for row in console.get(path, q="王一")["items"]] == ["王一"]
    assert console.get(path, kind="group")["total"] == 1
    assert console.get(path, userid="dora")["total"] == 0
    first = console.get(path, limit=2)
    rest = console.get(path, limit=10, cursor=first["next_cursor"])
    assert len({row["id"] for row in [*first["items"], *rest["items"]]}) == 5
    with later(25 * HOUR):
        assert found(late="true") == [number]


def test_deadline_is_a_setting_of_the_corp(house: House, given: Given, console: Console) -> None:
    officer = house.console(Role.COMPLIANCE)
    assert officer.get("/handovers/policy") == {"due_hours": 24, "escalate_hours": 24, "customer_limit": 0}
    body = {"due_hours": 4, "escalate_hours": 2, "customer_limit": 3}
    assert officer.status("POST", "/handovers/policy", body).json() == body
    assert officer.status("POST", "/handovers/policy", {**body, "due_hours": 0}).status_code == 422
    sales = house.console(Role.SALES, userid="Anna.Li")
    assert sales.status("POST", "/handovers/policy", body).status_code == 403
    given.handover()
    with later(5 * HOUR):
        house.deliver()
        assert case_of(console)["late"]


def test_bad_choices_are_refused_before_anything_is_sent(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    given.member("gone", "走了", department=[4])
    given.left("gone")
    number = given.handover()
    limits = {"due_hours": 24, "escalate_hours": 24, "customer_limit": 3}
    house.console(Role.COMPLIANCE).status("POST", "/handovers/policy", limits)

    def refused(*successors: str, **selection: Any) -> tuple[int, str]:
        body = {"successors": list(successors), "selection": selection}
        for verb in ("preview", "assign"):
            answer = console.status("POST", f"/handovers/{number}/{verb}", body)
        problem = answer.json()
        assert problem["detail_zh"] and problem["detail_en"]
        return answer.status_code, problem["code"]

    assert refused("bob") == (422, "successor_is_leaver")
    assert refused("gone") == (422, "successor_not_active")
    assert refused("nobody") == (422, "staff_unknown")
    assert refused() == (422, "validation_failed")
    assert refused("dora") == (422, "successor_full")
    assert refused("dora", item_ids=[999_999]) == (422, "items_unknown")
    assert refused("dora", q="没有这样的客户") == (422, "nothing_chosen")
    assert refused("dora", item_ids=[]) == (422, "nothing_chosen")
    assert console.status("POST", "/handovers/999/assign", {"successors": ["dora"]}).status_code == 404
    assert wecom.asked(Transfers.transfer_resigned_customers) == []
    assert states(house) == {"unassigned": 4}


def failed(house: House, external_userid: str, userid: str, reason: str) -> None:
    moment = clock.now().replace(microsecond=0)
    pair: dict[str, Any] = {"external_userid": external_userid, "userid": userid, "event_at": moment, "app": "customer"}
    house.tell(TransferFailed(reason=reason, **pair))


def test_successor_who_was_reported_full_is_refused_for_a_day(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    number = given.handover()
    first, *_ = items(house)
    assign(console, number, "dora", item_ids=[first.id])
    wecom.answered(Transfers.transfer_resigned_customers, begun(first.wecom_id))
    failed(house, first.wecom_id, "dora", "customer_limit_exceed")
    body = {"successors": ["dora"], "selection": {"state": "unassigned", "kind": "customer"}}
    answer = console.status("POST", f"/handovers/{number}/preview", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "successor_reported_full")
    with later(25 * HOUR):
        assert console.status("POST", f"/handovers/{number}/preview", body).status_code == 200


def test_case_is_closed_with_an_explanation_and_not_while_moving(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    number = given.handover()
    first, *_ = items(house)
    assign(console, number, "dora", item_ids=[first.id])
    path = f"/handovers/{number}/close"
    assert console.status("POST", path, {"note": "余下客户已流失"}).json()["code"] == "handover_moving"
    wecom.answered(Transfers.transfer_resigned_customers, begun(first.wecom_id))
    failed(house, first.wecom_id, "dora", "customer_refused")
    assert console.status("POST", path, {"note": ""}).status_code == 422
    assert console.status("POST", path, {"note": "余下客户已流失"}).json()["state"] == "closed"
    assert console.status("POST", path, {"note": "再来"}).status_code == 409
    assert [row.state for row in house.rows(Handover)] == ["closed"]
    verbs = [row["verb"] for row in console.get("/audit", q="handover.")["items"]]
    assert {"handover.opened", "handover.assigned", "handover.closed"} <= set(verbs)


def test_closed_case_is_not_opened_again_by_wecoms_list(
    house: House, given: Given, wecom: Wecom, console: Console
) -> None:
    number = given.handover()
    left_at = int(clock.now().timestamp())
    assert console.status("POST", f"/handovers/{number}/close", {"note": "余下客户已流失"}).ok
    with transaction(house.number) as session:
        jobs.pull_unassigned(session, {})
    waiting = [
        UnassignedCustomer(handover_userid="bob", external_userid=item.wecom_id, dimission_time=left_at)
        for item in items(house)
    ]
    with later(10):  # WeCom's list follows a departure by some seconds
        wecom.answered(Transfers.list_unassigned, UnassignedPage(items=waiting, next_cursor=""))
    assert [row.state for row in house.rows(Handover)] == ["closed"]  # what was explained does not come back


def test_export_opens_in_excel_and_is_recorded(house: House, given: Given, console: Console) -> None:
    given.customer("=HYPERLINK(1)", of="bob")
    number = given.handover()
    answer = console.status("GET", f"/handovers/{number}/export")
    assert answer.status_code == 200 and answer.content.startswith(b"\xef\xbb\xbf")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 5 + 1 and any("'=HYPERLINK(1)" in line for line in lines)
    assert console.get("/audit", q="handover.exported")["items"][0]["facts"] == {"rows": 6}


def test_who_may_see_and_handle(house: House, given: Given) -> None:
    number = given.handover()
    lead = house.console(Role.SALES, userid="Anna.Li")
    assert [row["id"] for row in lead.get("/handovers")["items"]] == [number]
    body = {"successors": ["dora"]}
    for userid in ("dora", "carl"):
        other = house.console(Role.SALES, userid=userid)
        assert other.get("/handovers")["items"] == []
        assert other.status("GET", f"/handovers/{number}").status_code == 404
        assert other.status("POST", f"/handovers/{number}/assign", body).status_code == 404
        assert other.get("/handovers/summary")["open"] == 0
    assert house.console(Role.MARKETER).status("GET", "/handovers").status_code == 403
    answer = lead.status("POST", f"/handovers/{number}/preview", body)
    assert answer.json()["code"] == "staff_unknown"  # not of the lead's departments
    assert lead.status("POST", f"/handovers/{number}/preview", {"successors": ["carl"]}).status_code == 200


def test_other_corp_sees_nothing(neighbour: House, given: Given) -> None:
    number = given.handover()
    stranger = neighbour.console(Role.ADMINISTRATOR)
    assert stranger.get("/handovers")["items"] == []
    for path in ("", "/items", "/export"):
        assert stranger.status("GET", f"/handovers/{number}{path}").status_code == 404
