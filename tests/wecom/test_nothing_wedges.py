"""No text, answer, event or dead worker can wedge anything, and one slow call holds up nobody else."""

import dataclasses
import datetime as dt
import time
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import OperationalError

from scrm.core import alarms, clock, outbox
from scrm.core.audit import System
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.outbox import OutboxRow
from scrm.core.queue import holding, in_hand, turns
from scrm.core.queue.flights import flights
from scrm.core.queue.in_hand import InHand
from scrm.core.queue.leased import LEASE, LEASES, Hold
from scrm.core.storable import cleaned, storable
from scrm.customers.file.actions import states
from scrm.customers.file.models import Customer, FollowRelation, WecomContact
from scrm.wecom import calls, carrier, sync, xml
from scrm.wecom.models import CallState, SyncRun, SyncState, WecomCall
from scrm.wecom.port.contacts import Contact, ContactInfo, Contacts, FollowInfo
from scrm.wecom.port.errors import Unreachable
from scrm.wecom.port.group_messages import GroupMessages
from scrm.wecom.port.method import spec_of
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp
from workers import scheduler

ASK = "externalcontact/get_follow_user_list"


def ask(corp: Corp, *, lane: Lane = Lane.DEFAULT, subject: str = "test") -> None:
    with transaction(corp.number) as session:
        calls.request(session, calls.ask(Contacts.list_follow_userids), subject=subject, lane=lane)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("王总\0仓库", "王总\ufffd仓库"),
        ("半个\ud83c字", "半个\ufffd字"),
        ("\udc00", "\ufffd"),
        ("🍌", "🍌"),
        ("a\0", "a\ufffd"),
    ],
)
def test_text_is_made_storable_wherever_it_stands(text: str, kept: str) -> None:
    for value, wanted in ((text, kept), ([text, 1], [kept, 1]), ({text: {"a": [text]}}, {kept: {"a": [kept]}})):
        assert cleaned(value) == wanted and storable(cleaned(value))


def test_text_that_the_database_cannot_hold_wedges_neither_call_nor_sync(synced: Corp) -> None:
    remark, kept = "王总\0仓库", "王总\ufffd仓库"
    pair = next(
        item
        for item in synced.sim.call("GET", f"/corps/{synced.corp_id}/relations")["items"]
        if item["status"] == "following"
    )
    known = {"userid": pair["userid"], "external_userid": pair["external_userid"]}
    synced.act("edit_contact", **known, remark=remark)
    synced.settle()
    assert kept in {row.remark for row in synced.rows(FollowRelation)}
    assert not synced.rows(WecomCall, WecomCall.state.in_([CallState.PARKED, CallState.LEASED, CallState.READY]))
    synced.sync()
    assert synced.rows(SyncRun)[-1].state == SyncState.DONE


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("<xml><Name><![CDATA[韩\x10桂英]]></Name></xml>".encode(), "韩桂英"),
        ("<xml><Name><![CDATA[韩\x00桂\x1f英]]></Name></xml>".encode(), "韩桂英"),
        ("<xml><Name>韩&#16;桂&#x0;英&#20013;</Name></xml>".encode(), "韩桂英中"),
        (b"<xml><Name><![CDATA[" + "韩".encode()[:2] + b"x]]></Name></xml>", "\ufffdx"),
        ("<xml><Name>\ufffe韩\uffff</Name></xml>".encode(), "韩"),
        ("<?xml version='1.0' encoding='gbk'?><xml><Name>韩</Name></xml>".encode(), "韩"),
    ],
)
def test_what_xml_forbids_is_dropped_and_the_rest_is_read(document: bytes, name: str) -> None:
    assert xml.text_of(xml.parse(xml.made_readable(document)), "Name") == name


def test_answer_that_does_not_tell_leaves_what_is_known(company: Corp) -> None:
    info = {"name": "王总", "avatar": "a", "type": 1, "gender": 1, "unionid": "u", "position": "经理"}
    follow = {
        "remark": "备注",
        "description": "描述",
        "createtime": 1_700_000_000,
        "personal_tags": ["A"],
        "remark_corp_name": "乙",
        "remark_mobiles": ["13800138000"],
        "add_way": 1,
        "oper_userid": "bob",
    }
    whole = Contact(
        info=ContactInfo(external_userid="wmA", corp_name="甲", corp_full_name="甲公司", **info),  # type: ignore[arg-type]
        follows=[FollowInfo(userid="bob", tag_ids=[], state="x", **follow)],  # type: ignore[arg-type]
    )
    silent = Contact(
        info=ContactInfo(external_userid="wmA", corp_name=None, corp_full_name=None, **dict.fromkeys(info)),
        follows=[FollowInfo(userid="bob", tag_ids=None, state=None, **dict.fromkeys(follow))],
    )
    told = []
    for contact in (whole, silent):
        with transaction(company.number) as session:
            states.take_contact(session, contact, asked_at=clock.now())
        (customer,), (known,) = company.rows(Customer), company.rows(WecomContact)
        (relation,) = company.rows(FollowRelation)
        told.append(
            [customer.name]
            + [getattr(known, name) for name in (*info, "corp_name", "corp_full_name") if name != "name"]
            + [getattr(relation, name) for name in (*follow, "state", "status", "added_at") if name != "createtime"]
        )
    assert told[0] == told[1] and "王总" in told[0] and "备注" in told[0]


def test_row_over_which_workers_die_is_parked_alone(company: Corp) -> None:
    company.drain()
    now = clock.now()
    blank = {
        "listener": "identity.staff_deleted",
        "event": "StaffDeleted",
        "lane": "default",
        "state": "ready",
        "due_at": now,
        "attempts": 0,
        "created_at": now,
        "subject": "staff:x",
        "payload": {"userid": "nobody", "event_at": now.isoformat()},
    }
    with transaction(company.number) as session:
        ids = list(session.scalars(insert(OutboxRow).returning(OutboxRow.id), [blank] * 5))
        # As workers leave them that end over a batch: the whole one first, then the first row alone.
        notes = [ids, *[[ids[0]]] * (in_hand.TRIES - 1), ids[1:3]]
        session.execute(insert(InHand), [{"queue": "outbox", "rows": note, "taken_at": now} for note in notes])
    scheduler.look_after()
    with transaction(company.number) as session:
        assert alarms.counts(session) == {"work_taken_again": 1}
    turns.drain(company.number, Lane.DEFAULT)
    rows = company.rows(OutboxRow, OutboxRow.id.in_(ids))
    assert [row.state for row in rows] == ["parked", "done", "done", "done", "done"]
    assert rows[0].reason == in_hand.WORN and company.rows(InHand) == []
    scheduler.look_after()
    with transaction(company.number) as session:
        assert alarms.counts(session) == {}


def test_lease_of_a_process_that_is_no_more_ends_at_once(company: Corp) -> None:
    ask(company)
    ask(company, subject="other")
    soon = clock.now() + dt.timedelta(minutes=1)
    with transaction(company.number) as session:
        leased = update(WecomCall).returning(WecomCall.id).values(state="leased", due_at=soon)
        first, second = sorted(session.scalars(leased))
        for number, holder in ((first, 1234567), (second, holding.key())):
            session.execute(update(WecomCall).where(WecomCall.id == number).values(holder=holder))
    scheduler.look_after()
    company.drain()
    assert [row.state for row in company.rows(WecomCall)] == ["done", "leased"]


def test_call_that_takes_its_worker_along_each_time_is_parked(company: Corp) -> None:
    ask(company)
    with transaction(company.number) as session:
        session.execute(update(WecomCall).values(state="leased", leases=LEASES, due_at=clock.now()))
    company.drain()
    (call,) = company.rows(WecomCall)
    assert call.state == "parked" and f"{LEASES} times" in call.reason


def test_sync_without_progress_ends_as_failed_and_can_be_resumed(company: Corp) -> None:
    with transaction(company.number) as session:
        number = sync.start(session, System.SYNC).id
        sync.end_stalled(session)
        assert session.get_one(SyncRun, number).state == SyncState.RUNNING
    with later(sync.STALLED.total_seconds() + 1):
        with transaction(company.number) as session:
            sync.end_stalled(session)
        (run,) = company.rows(SyncRun)
        assert run.state == SyncState.FAILED and "ten minutes" in run.reason
        with transaction(company.number) as session:
            sync.resume(session, System.SYNC, number)
        company.drain()
    assert company.rows(SyncRun)[0].state == SyncState.DONE


def test_turn_of_a_corp_does_not_wait_for_a_slow_answer(company: Corp) -> None:
    company.sim.misfortunes({"match": ASK, "kind": "latency", "seconds": 3.0, "next": 1, "corp_id": company.corp_id})
    ask(company, subject="slow")
    turns.take_turn(company.number, Lane.DEFAULT)
    assert [row.state for row in company.rows(WecomCall)] == ["leased"], "the turn waited for the answer"
    ask(company, subject="quick")
    while len(company.rows(WecomCall, WecomCall.state == "done")) < 1:
        turns.take_turn(company.number, Lane.DEFAULT)
        time.sleep(0.02)
    assert [row.state for row in company.rows(WecomCall)] == ["leased", "done"], "the slow one held up the other"
    flights.wait_own(company.number, Lane.DEFAULT)
    assert [row.state for row in company.rows(WecomCall)] == ["done", "done"]


def test_frequency_limit_met_in_one_lane_holds_in_all(company: Corp) -> None:
    company.sim.misfortunes({"match": ASK, "kind": "errcode", "errcode": 45009, "corp_id": company.corp_id})
    ask(company)
    company.drain()
    for lane in Lane:
        ask(company, lane=lane, subject=lane.value)
    company.drain()
    assert company.sim.call("GET", "/misfortunes")["rules"][0]["fired"] == 1
    company.sim.misfortunes()
    with later(carrier.RATE_PAUSE.total_seconds() + 1):
        company.drain()
    assert {row.state for row in company.rows(WecomCall)} == {"done"}


def test_call_of_another_version_keeps_none_of_its_lane_from_leaving(company: Corp) -> None:
    for subject in ("unknown", "changed", "fine"):
        ask(company, subject=subject)
    of = {name: WecomCall.subject == name for name in ("unknown", "changed")}
    answer = {"state": "done", "result": {"no": "list"}}
    with transaction(company.number) as session:
        session.execute(update(WecomCall).where(of["unknown"]).values(method="gone.from_this_version"))
        session.execute(update(WecomCall).where(of["changed"]).values(state="answered", answer=answer))
    company.drain()
    states_of = {row.subject: row.state for row in company.rows(WecomCall)}
    assert states_of == {"unknown": "parked", "changed": "parked", "fine": "done"}


def test_call_whose_credentials_could_not_be_read_has_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_corp: int, _app: str | None) -> None:
        raise OperationalError("SELECT", None, Exception("away"))

    monkeypatch.setattr(carrier, "wecom", away)
    job = carrier._Job(spec_of(GroupMessages.add_msg_template), {}, None)
    hold = Hold(WecomCall, 1, 1, "token", LEASE)
    assert isinstance(carrier._call(1, job, hold).failure, Unreachable), "nobody may take it for sent"


def test_effect_that_fails_over_a_batch_parks_only_what_is_to_blame(company: Corp) -> None:
    company.drain()
    now = clock.now()
    rows = [
        {
            "listener": "identity.staff_deleted",
            "event": "StaffDeleted",
            "lane": "bulk",
            "state": "ready",
            "due_at": now,
            "attempts": 0,
            "created_at": now,
            "subject": "staff:x",
            "payload": {"userid": userid, "event_at": now.isoformat()},
        }
        for userid in ("nobody", "odd", "nobody")
    ]
    with transaction(company.number) as session:
        ids = list(session.scalars(insert(OutboxRow).returning(OutboxRow.id), rows))

    def act(_session: object, heard: Sequence[tuple[object, Any]]) -> None:
        if any(event.userid == "odd" for _, event in heard):
            raise ValueError("odd")

    queue = dataclasses.replace(outbox.QUEUE, together=True, subject=None, act=act)
    assert queue.drain_batch(company.number, Lane.BULK) == 3
    found = company.rows(OutboxRow, OutboxRow.id.in_(ids))
    assert [(row.state, row.attempts) for row in found] == [("done", 0), ("ready", 1), ("done", 0)]
