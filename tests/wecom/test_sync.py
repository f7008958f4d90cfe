"""The full sync: what WeCom knows is what we know, however often the one who pulls it dies."""

import datetime as dt
import random
import threading
import time
from dataclasses import asdict, fields
from typing import Any

import pytest
from sqlalchemy import select, update

from scrm.compliance.alerts.models import Alert
from scrm.core import clock
from scrm.core.audit import System
from scrm.core.db import subject_key, transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.core.queue.leased import LEASE
from scrm.customers.file.models import Customer, FollowRelation, TimelineEntry
from scrm.customers.groups.models import GroupChat, GroupMember
from scrm.customers.tags.models import Tag
from scrm.identity.models import Department, Staff
from scrm.identity.replies import SYNC_MEMBERS
from scrm.wecom import calls, corp_spec, corps, sync, unread
from scrm.wecom.client.contacts import ContactsClient
from scrm.wecom.models import CallState, SyncRun, SyncStep, UnreadItem, WecomCall
from scrm.wecom.port.directory import Directory, Member
from scrm.wecom.port.unread import Unread
from tests.identity.test_directory import without_contact_sync
from tests.support import mortal
from tests.support.company import befriend
from tests.support.moved_clock import later
from tests.support.patience import until
from tests.support.service import TestCorp as Corp
from tests.support.weather import answers_without

UNTOLD: dict[str, Any] = dict.fromkeys(field.name for field in fields(Member))


def world(corp: Corp) -> dict[str, int]:
    counts: dict[str, int] = corp.sim.call("GET", f"/corps/{corp.corp_id}/state", limit=1)["counts"]
    return counts


def ours(corp: Corp) -> dict[str, int]:
    return {
        "departments": len(corp.rows(Department, Department.removed_at.is_(None))),
        "staff": len(corp.rows(Staff, Staff.status != "left")),
        "customers": len(corp.rows(Customer)),
        "relations": len(corp.rows(FollowRelation, FollowRelation.ended_at.is_(None))),
        "groups": len(corp.rows(GroupChat, GroupChat.dismissed_at.is_(None))),
        "tags": len(corp.rows(Tag, Tag.deleted_at.is_(None))),
    }


def everything(corp: Corp) -> dict[str, list[tuple[object, ...]]]:
    """All that a sync takes over, without the moments at which it did."""
    return {
        "staff": [(row.userid, row.name, row.status, row.departments, row.leads) for row in corp.rows(Staff)],
        "customers": [(row.external_userid, row.name, row.tag_ids, row.search_text) for row in corp.rows(Customer)],
        "relations": [(row.customer_id, row.staff_id, row.status, row.remark) for row in corp.rows(FollowRelation)],
        "members": sorted((row.group_chat_id, row.userid) for row in corp.rows(GroupMember)),
        "timeline": [(row.key,) for row in corp.rows(TimelineEntry)],
        "alerts": [(row.id,) for row in corp.rows(Alert)],
    }


def pair(corp: Corp) -> tuple[str, str]:
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    found = next(item for item in relations if item["status"] == "following")
    return found["userid"], found["external_userid"]


def test_first_sync_takes_over_the_whole_world(corp: Corp) -> None:
    corp.sync()
    assert ours(corp) == world(corp)
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    names = {row["external_userid"]: row["name"] for row in relations}
    assert {row.external_userid: row.name for row in corp.rows(Customer)} == names
    remarks = sorted(row["remark"] for row in relations)
    assert sorted(row.remark for row in corp.rows(FollowRelation)) == remarks
    assert {row.state for row in corp.rows(SyncStep)} == {"done"}
    assert corp.rows(Alert) == []


def test_second_sync_changes_nothing(synced: Corp) -> None:
    before = everything(synced)
    synced.sync()
    assert everything(synced) == before
    assert [run.state for run in synced.rows(SyncRun)] == ["done", "done"]


def test_sync_killed_at_any_point_goes_on_where_it_was(corp: Corp) -> None:
    with transaction(corp.number) as session:
        sync.start(session, System.SYNC)
    dice = random.Random(5)
    killed = 0
    moved = 0.0
    for _ in range(10):
        # A killed caller's calls are on their way until their lease ends.
        moved += LEASE.total_seconds() + 1
        with later(moved):
            puller = mortal.started(turns.drain, corp.number, Lane.BULK)
            time.sleep(dice.uniform(0, 0.15))
            killed += puller.is_alive()
            puller.kill()
            puller.join()
    with later(moved + LEASE.total_seconds() + 1):
        corp.drain()
    assert killed >= 3
    assert [run.state for run in corp.rows(SyncRun)] == ["done"]
    assert ours(corp) == world(corp)
    assert corp.rows(Alert) == []


def test_two_syncs_do_not_run_at_once(corp: Corp) -> None:
    with transaction(corp.number) as session:
        sync.start(session, System.SYNC)
    with pytest.raises(sync.SyncAlreadyRunning), transaction(corp.number) as session:
        sync.start(session, System.SYNC)


def test_kept_answers_of_a_sync_are_taken_one_by_one_so_that_none_waits_crosswise(company: Corp) -> None:
    company.sync()
    (run,) = company.rows(SyncRun)
    with transaction(company.number) as session:
        for department, userid in ((3, "bob"), (4, "dora")):
            asked = calls.ask(Directory.list_members, department_id=department)
            subject, context = f"kept:{department}", sync.StepContext(run.id)
            calls.request(session, asked.then(SYNC_MEMBERS, context), subject=subject)
            answer = {"state": "done", "result": [asdict(Member(**UNTOLD | {"userid": userid}))], "reason": None}
            values = {"state": CallState.ANSWERED.value, "answer": answer}
            session.execute(update(WecomCall).where(WecomCall.subject == subject).values(values))
    kept = sorted(
        company.rows(WecomCall, WecomCall.answer.is_not(None)), key=lambda row: subject_key(company.number, row.subject)
    )
    second = {"kept:3": "bob", "kept:4": "dora"}[kept[1].subject]
    with transaction(company.number) as session:
        session.execute(select(Staff).where(Staff.userid == second).with_for_update())
        drained = threading.Thread(target=turns.drain, args=(company.number, Lane.DEFAULT))
        drained.start()
        first = WecomCall.id == kept[0].id
        until(lambda: company.rows(WecomCall, first)[0].state == CallState.DONE, "the first answer is not taken")
        session.execute(select(SyncRun).with_for_update())  # as every answer of a sync does last
    drained.join(20)
    assert {row.state for row in company.rows(WecomCall, WecomCall.answer.is_not(None))} == {"done"}


def test_failed_step_says_why_and_the_sync_is_resumed_there(corp: Corp) -> None:
    corp.sim.misfortunes(
        {"match": "externalcontact/get_corp_tag_list", "kind": "errcode", "errcode": 60020, "corp_id": corp.corp_id}
    )
    corp.sync()
    corp.sim.misfortunes()
    (run,) = corp.rows(SyncRun)
    assert (run.state, run.reason) == ("failed", "tags: errcode 60020")
    assert [step.state for step in corp.rows(SyncStep)] == ["done", "done", "failed", "waiting", "waiting"]
    with transaction(corp.number) as session:
        sync.resume(session, System.SYNC, run.id)
    corp.drain()
    assert [step.state for step in corp.rows(SyncStep)] == ["done"] * 5
    assert ours(corp) == world(corp)
    with pytest.raises(sync.SyncNotFailed), transaction(corp.number) as session:
        sync.resume(session, System.SYNC, run.id)


def test_member_who_is_gone_has_left_and_keeps_the_history(synced: Corp) -> None:
    userid, _ = pair(synced)
    relations = len(synced.rows(FollowRelation))
    synced.act("resign", userid=userid, quiet=True)
    synced.sync()
    (gone,) = synced.rows(Staff, Staff.status == "left")
    assert (gone.userid, gone.left_at is not None) == (userid, True)
    assert len(synced.rows(FollowRelation)) == relations


def test_deletion_that_no_callback_told_is_found_and_later_confirmed(synced: Corp) -> None:
    userid, external_userid = pair(synced)
    synced.act("delete_contact", userid=userid, external_userid=external_userid, quiet=True)
    time.sleep(1.1)
    synced.sync()
    (alert,) = synced.rows(Alert)
    assert (alert.kind, alert.detected_by, alert.external_userid) == (
        "staff_deleted_customer",
        "sync",
        external_userid,
    )
    (relation,) = synced.rows(FollowRelation, FollowRelation.status == "deleted_by_staff")
    assert relation.ended_at == alert.event_at
    happened = int(alert.event_at.timestamp()) - 1
    for app in ("customer", "assistant"):
        xml = (
            "<xml><MsgType>event</MsgType><Event>change_external_contact</Event>"
            f"<ChangeType>del_external_contact</ChangeType><UserID>{userid}</UserID>"
            f"<ExternalUserID>{external_userid}</ExternalUserID><CreateTime>{happened}</CreateTime></xml>"
        )
        synced.sim.call("POST", f"/corps/{synced.corp_id}/callbacks/raw", {"app": app, "xml": xml})
    synced.settle()
    (same,) = synced.rows(Alert)
    assert (same.id, same.detected_by, int(same.event_at.timestamp())) == (alert.id, "callback", happened)
    assert len(synced.sim.ledger(synced.corp_id, "message/send")) <= 1


def test_pair_that_a_list_alone_lost_is_no_loss(synced: Corp) -> None:
    before = everything(synced)
    synced.sim.call("PUT", f"/corps/{synced.corp_id}/habits", {"list_skips": 2})
    time.sleep(1.1)
    synced.sync()
    assert len(synced.sim.ledger(synced.corp_id, "externalcontact/get")) >= 2
    assert everything(synced) == before
    assert [run.state for run in synced.rows(SyncRun)] == ["done", "done"]


def test_group_dismissed_without_a_callback_is_found_by_the_next_sync(synced: Corp) -> None:
    group = synced.rows(GroupChat)[0]
    synced.act("dismiss_group", chat_id=group.chat_id, quiet=True)
    synced.sync()
    assert [row.chat_id for row in synced.rows(GroupChat, GroupChat.dismissed_at.is_not(None))] == [group.chat_id]
    assert ours(synced) == world(synced)


def test_answers_without_their_list_conclude_nothing_and_are_shown(synced: Corp) -> None:
    without_contact_sync(synced)
    synced.sync()
    before, present = everything(synced), [row.present for row in synced.rows(Staff)]
    time.sleep(1.1)
    with (
        answers_without("user/list", "userlist"),
        answers_without("externalcontact/batch/get_by_user", "external_contact_list"),
        answers_without("externalcontact/groupchat/list", "group_chat_list"),
    ):
        synced.sync()
    assert everything(synced) == before
    assert [row.present for row in synced.rows(Staff)] == present
    assert [row.chat_id for row in synced.rows(GroupChat, GroupChat.dismissed_at.is_not(None))] == []
    assert {row.kind for row in synced.rows(UnreadItem)} == {"department_members", "contact_list", "group_list"}
    assert [run.state for run in synced.rows(SyncRun)] == ["done"] * 3
    with answers_without("externalcontact/get_follow_user_list", "follow_user"):
        synced.sync()
    assert everything(synced) == before


def test_sync_forgets_what_it_has_read_anew_and_nothing_else(synced: Corp) -> None:
    kept = ["transfers.list_results", "media.upload_image"]
    odd = [Unread(kind="x", id="1", reason="no id")]
    with transaction(synced.number) as session:
        for method in ("contacts.list_contacts", "directory.list_members", *kept):
            unread.note(session, method, odd)
        session.execute(update(UnreadItem).values(last_at=clock.now() - dt.timedelta(hours=1)))
    synced.sync()
    assert [row.method for row in synced.rows(UnreadItem)] == kept


def test_customer_whom_nobody_follows_any_more_is_found_by_the_sync(company: Corp) -> None:
    alone = befriend(company, "bob", "独客")
    company.sync()
    company.act("delete_contact", userid="bob", external_userid=alone, quiet=True)
    time.sleep(1.1)
    company.sync()
    (alert,) = company.rows(Alert)
    assert (alert.external_userid, alert.detected_by) == (alone, "sync")


def test_customer_who_is_back_before_the_answer_is_stored_stays_back(
    company: Corp, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = befriend(company, "bob", "去而复返")
    company.sync()
    company.act("delete_contact", userid="bob", external_userid=lost, quiet=True)
    time.sleep(1.1)
    real, played = ContactsClient.get_contact, False

    def late(self: ContactsClient, **arguments: Any) -> Any:
        nonlocal played
        try:
            return real(self, **arguments)
        finally:
            if not played:
                played = True
                time.sleep(1.1)  # WeCom tells adds in whole seconds
                company.act("add_contact", userid="bob", external_userid=lost)
                time.sleep(1.1)

    monkeypatch.setattr(ContactsClient, "get_contact", late)
    company.sync()
    company.settle()
    (relation,) = company.rows(FollowRelation)
    assert (played, relation.status, relation.ended_at) == (True, "active", None)


def test_corp_without_a_contact_sync_secret_is_synced_as_far_as_its_app_sees(corp: Corp) -> None:
    file = corp.sim.corp_file(corp.corp_id)
    file["apps"] = [app for app in file["apps"] if app["kind"] == "app"]
    corps.apply(corp_spec.check(file), None)
    corp.sync()
    assert [run.state for run in corp.rows(SyncRun)] == ["done"]
    assert len(corp.rows(Customer)) == world(corp)["customers"]
