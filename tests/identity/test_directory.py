"""The address book as we keep it: who is concluded to be gone, and who is not."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.compliance.handovers.models import Handover
from scrm.core.audit import System
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.customers.file.models import Customer, FollowRelation, TimelineEntry
from scrm.identity.models import Department, Staff, StaffStatus
from scrm.wecom import corp_spec, corps, sync
from scrm.wecom.client.directory import DirectoryClient
from scrm.wecom.models import SyncRun, SyncStep, WecomCall
from tests.support.company import befriend
from tests.support.service import TestCorp as Corp

BOBS = 3  # bob's department
STAFF_STEP = ("identity.sync_members", "identity.sync_member_ids")


def gone(corp: Corp) -> set[str]:
    return {row.userid for row in corp.rows(Staff, Staff.status == StaffStatus.LEFT)}


def removed(corp: Corp) -> set[int]:
    return {row.department_id for row in corp.rows(Department, Department.removed_at.is_not(None))}


def narrow(corp: Corp) -> None:
    """The apps see the sales department alone; emil's customer is known."""
    befriend(corp, "emil", "埃米尔的客户")
    corp.sync()
    for key in ("customer", "assistant"):
        corp.sim.call("PUT", f"/corps/{corp.corp_id}/apps/{key}", {"visible_parties": [2]})


def without_contact_sync(corp: Corp) -> None:
    file = corp.sim.corp_file(corp.corp_id)
    file["apps"] = [app for app in file["apps"] if app["kind"] == "app"]
    corps.apply(corp_spec.check(file), None)


def heard(corp: Corp, play: Callable[[], object]) -> None:
    """What is played reaches us by callback, and all that follows from it is done but the sync."""
    play()
    corp.wait_delivered()
    for lane in (Lane.URGENT, Lane.DEFAULT):
        turns.drain(corp.number, lane)


def last_run(corp: Corp) -> SyncRun:
    run: SyncRun = corp.rows(SyncRun)[-1]
    return run


def notes(corp: Corp) -> list[str]:
    """Steps of the newest sync that say what they cannot tell."""
    run = last_run(corp)
    return [
        step.name for step in corp.rows(SyncStep, SyncStep.run_id == run.id) if "contact-sync" in (step.reason or "")
    ]


def test_whom_only_the_contact_sync_secret_sees_has_not_left(company: Corp) -> None:
    narrow(company)
    company.act("resign", userid="frida", quiet=True)
    company.sync()
    assert (gone(company), removed(company), notes(company)) == ({"frida"}, set(), [])


def test_without_a_contact_sync_secret_nobody_is_concluded_to_have_left(company: Corp) -> None:
    narrow(company)
    without_contact_sync(company)
    company.sync()
    assert last_run(company).state == "done"
    assert (gone(company), removed(company), company.rows(Handover)) == (set(), set(), [])
    assert notes(company) == ["departments", "staff"]


def test_refused_list_of_members_fails_the_step_and_nobody_has_left(company: Corp) -> None:
    refused(company, "user/list_id", "staff: errcode 48002")


def test_refused_list_of_departments_fails_the_step_and_none_is_removed(company: Corp) -> None:
    refused(company, "department/simplelist", "departments: errcode 48002")


def refused(corp: Corp, path: str, reason: str) -> None:
    narrow(corp)
    corp.sim.misfortunes({"match": path, "kind": "errcode", "errcode": 48002, "corp_id": corp.corp_id})
    corp.sync()
    corp.sim.misfortunes()
    run = last_run(corp)
    assert (run.state, run.reason) == ("failed", reason)
    assert (gone(corp), removed(corp), corp.rows(Handover)) == (set(), set(), [])
    with transaction(corp.number) as session:
        sync.resume(session, System.SYNC, run.id)
    corp.drain()
    assert (last_run(corp).state, gone(corp), removed(corp)) == ("done", set(), set())


def during(corp: Corp, monkeypatch: pytest.MonkeyPatch, play: Callable[[], object]) -> None:
    """A sync in which ``play`` happens when all of the staff step is answered but department 5."""
    real, played = DirectoryClient.list_members, threading.Event()

    def late(self: DirectoryClient, *, department_id: int) -> Any:
        if department_id == 5 and not played.is_set():
            played.set()
            for _ in range(200):
                if len(corp.rows(WecomCall, WecomCall.reply.in_(STAFF_STEP), WecomCall.state == "leased")) == 1:
                    break
                time.sleep(0.02)
            heard(corp, play)
        return real(self, department_id=department_id)

    monkeypatch.setattr(DirectoryClient, "list_members", late)
    corp.sync()
    assert played.is_set()
    assert last_run(corp).state == "done"


def test_colleague_who_joins_while_the_members_are_read_has_not_left(
    company: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.sync()
    company.act("resign", userid="frida", quiet=True)
    during(company, monkeypatch, lambda: company.act("hire", userid="gina", name="吉娜", department=2))
    assert gone(company) == {"frida"}
    assert [row.userid for row in company.rows(Handover)] == []


def overtaken(corp: Corp, monkeypatch: pytest.MonkeyPatch, method: str, play: Callable[[], object]) -> None:
    """From now on: what WeCom answers first to ``method`` is stored only after ``play`` was heard of."""
    real = getattr(DirectoryClient, method)
    played = threading.Event()

    def late(self: DirectoryClient, **arguments: Any) -> Any:
        answer = real(self, **arguments)
        if not played.is_set() and arguments.get("department_id", BOBS) == BOBS:
            played.set()
            heard(corp, play)
        return answer

    monkeypatch.setattr(DirectoryClient, method, late)


@pytest.mark.parametrize("method", ["get_member", "list_members", "list_member_ids"])
def test_answer_from_before_the_departure_brings_nobody_back(
    company: Corp, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    company.sync()
    overtaken(company, monkeypatch, method, lambda: company.act("resign", userid="bob"))
    if method == "get_member":
        company.act("move_department", userid="bob", departments=[4])
        company.settle()
    else:
        company.sync()
    assert gone(company) == {"bob"}
    (bob,) = company.rows(Staff, Staff.userid == "bob")
    assert bob.left_at is not None


def test_whoever_comes_back_is_in_service_at_once(company: Corp) -> None:
    company.sync()
    company.act("resign", userid="bob")
    company.settle()
    assert gone(company) == {"bob"}
    company.act("hire", userid="bob", name="鲍勃", department=3)
    company.settle()
    assert gone(company) == set()


def test_whoever_comes_back_untold_is_met_by_the_next_sync(company: Corp) -> None:
    company.sync()
    company.act("resign", userid="bob")
    company.settle()
    company.act("hire", userid="bob", name="鲍勃", department=3, quiet=True)
    company.sync()
    assert gone(company) == set()


@pytest.mark.parametrize("method", ["list_departments", "list_department_ids"])
def test_answer_from_before_the_removal_brings_no_department_back(
    company: Corp, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    made = company.act("create_department", name="临时组", quiet=True)["id"]
    company.sync()
    overtaken(company, monkeypatch, method, lambda: company.act("delete_department", id=made))
    company.sync()
    assert removed(company) == {made}


@pytest.mark.parametrize("method", ["list_departments", "list_department_ids"])
def test_department_made_while_departments_are_read_is_kept(
    company: Corp, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    company.sync()
    overtaken(company, monkeypatch, method, lambda: company.act("create_department", name="新部门"))
    company.sync()
    assert "新部门" in {row.name for row in company.rows(Department)}
    assert removed(company) == set()


def renamed_after_a_customer_named_it(corp: Corp) -> list[str]:
    """Bob becomes bobby; the callback of a new customer comes first, then that of the change. Bob's customers."""
    known = befriend(corp, "bob", "老客户")
    corp.sync()
    corp.act("change_userid", userid="bob", new_userid="bobby", quiet=True)
    corp.act("edit_contact", userid="bobby", external_userid=known, remark="改了备注")
    fresh = corp.act("add_contact", userid="bobby", name="新客户")["external_userid"]
    corp.settle()
    assert len(corp.rows(Staff, Staff.userid.in_(["bob", "bobby"]))) == 2
    tell_renamed(corp)
    return [known, fresh]


def tell_renamed(corp: Corp) -> None:
    xml = (
        "<xml><MsgType>event</MsgType><Event>change_contact</Event><ChangeType>update_user</ChangeType>"
        f"<UserID>bob</UserID><NewUserID>bobby</NewUserID><CreateTime>{int(time.time())}</CreateTime></xml>"
    )
    corp.sim.call("POST", f"/corps/{corp.corp_id}/callbacks/raw", {"app": "contacts", "xml": xml})
    corp.settle()


def test_new_userid_that_a_customer_named_first_is_the_same_member(company: Corp) -> None:
    customers = renamed_after_a_customer_named_it(company)
    (bobby,) = company.rows(Staff, Staff.userid == "bobby")
    company.sync()
    assert (bobby.id, bobby.name) == (min(row.id for row in company.rows(Staff, Staff.userid.ilike("bob%"))), "鲍勃")
    relations = company.rows(FollowRelation)
    names = {row.id: row.external_userid for row in company.rows(Customer)}
    assert [(names[row.customer_id], row.staff_id, row.status) for row in relations] == [
        (external_userid, bobby.id, "active") for external_userid in customers
    ]
    assert relations[0].remark == "改了备注"
    entries = company.rows(TimelineEntry)
    assert sorted(row.kind for row in entries) == ["added", "added", "edited", "welcome_sent"]
    assert {row.staff_id for row in entries} == {bobby.id}
    assert (company.rows(Handover), company.rows(Alert)) == ([], [])


def test_change_of_userid_that_is_told_again_changes_nothing(company: Corp) -> None:
    renamed_after_a_customer_named_it(company)
    before = [(row.id, row.userid, row.status) for row in company.rows(Staff)]
    time.sleep(1.1)  # another second is another callback
    tell_renamed(company)
    assert [(row.id, row.userid, row.status) for row in company.rows(Staff)] == before
