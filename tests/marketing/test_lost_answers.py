"""Calls that fail on the way: nobody is written to twice, nobody is forgotten."""

from collections.abc import Callable

import pytest

from scrm.core.audit import AuditEvent
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.registry import QUEUES
from scrm.marketing.broadcasts.actions import reconcile
from scrm.marketing.broadcasts.models import BroadcastSlice
from scrm.wecom import calls, delivery
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.wecom import wecom
from tests.marketing.desk import ADD, Desk
from tests.support.company import befriend
from tests.support.moved_clock import later

LIST = "externalcontact/get_groupmsg_list_v2"
TASK = "externalcontact/get_groupmsg_task"
RESULT = "externalcontact/get_groupmsg_send_result"


def reached(desk: Desk) -> list[str]:
    """Customers by accepted call, one entry each time; what was taken back does not count."""
    return [
        who
        for row in desk.messages(recipients=True)
        if not row["cancelled"]
        for task in row["tasks"]
        for who in task["recipients"]
    ]


def judge(desk: Desk, number: int) -> None:
    """Each recipient stands in exactly one accepted call, and the report agrees."""
    found = reached(desk)
    report = desk.report(number)
    assert len(found) == len(set(found)) == report["audience"]
    assert report == {"audience": len(found), "created": len(found)}
    assert desk.detail(number)["state"] == "collecting"


def after(desk: Desk, *seconds: float) -> None:
    for more in seconds:
        with later(more):
            desk.corp.drain()


@pytest.mark.parametrize("kind", ["timeout_after", "half_body"])
def test_an_accepted_call_whose_answer_was_lost_is_found_again(desk: Desk, kind: str) -> None:
    desk.fails(kind, next=2)
    number = desk.send()
    assert desk.detail(number)["progress"]["calls_unknown"] == 2
    sent = len(desk.messages())
    after(desk, 10)
    judge(desk, number)
    assert len(desk.messages()) == sent
    senders = {row["tasks"][0]["userid"]: row["msgid"] for row in desk.messages()}
    assert len(senders) == sent
    assert {row.msgid for row in desk.corp.rows(BroadcastSlice)} == set(senders.values())


def test_lost_calls_are_found_on_every_page_of_the_listing(desk: Desk) -> None:
    desk.habits(group_message_page=1)
    desk.fails("timeout_after", next=3)
    number = desk.send()
    sent = len(desk.messages())
    assert sent > 4, "there is a page in the middle"
    after(desk, 10, 60, reconcile.SETTLED.total_seconds(), 200)
    assert len(desk.messages()) == sent
    judge(desk, number)


def test_what_stands_after_an_empty_page_is_read(desk: Desk) -> None:
    desk.habits(empty_first_page=True)
    desk.fails("timeout_after", next=2)
    number = desk.send()
    sent = len(desk.messages())
    after(desk, 10, 60, reconcile.SETTLED.total_seconds(), 200)
    assert len(desk.messages()) == sent
    judge(desk, number)
    desk.confirm()
    after(desk, 300, 600)
    assert desk.report(number) == {"audience": len(reached(desk)), "delivered": len(reached(desk))}


def test_a_message_that_tells_nothing_yet_may_be_ours(desk: Desk) -> None:
    desk.habits(dispatch_seconds=60, dispatch_silent=True)
    desk.fails("timeout_after", next=2)
    number = desk.send()
    sent = len(desk.messages())
    after(desk, 10, 60, reconcile.SETTLED.total_seconds(), 200, 400)
    assert len(desk.messages()) == sent, "asked for anew although it may be one of these"
    assert desk.detail(number)["progress"]["calls_unknown"] == 2
    desk.habits(dispatch_seconds=0)
    after(desk, 600)
    judge(desk, number)


def test_a_message_that_stays_silent_holds_nobody_up_for_good(office: Desk) -> None:
    ours, other = befriend(office.corp, "bob", "甲"), befriend(office.corp, "carl", "乙")
    office.corp.sync()
    adapter = wecom(office.corp.number).group_messages
    adapter.add_msg_template(sender="carl", external_userids=[other], text="您好，新品已到店。", attachments=[])
    office.habits(dispatch_seconds=100_000, dispatch_silent=True)
    office.fails("timeout_before", next=1)
    number = office.send()
    after(office, 10, 60, reconcile.SETTLED.total_seconds(), 400)
    assert office.detail(number)["progress"]["calls_unknown"] == 1
    after(office, 4_000, 4_100)
    assert office.detail(number)["progress"]["calls_unknown"] == 0
    assert sorted(reached(office)) == sorted([ours, other, other])


@pytest.mark.parametrize("kind", ["timeout_before", "html502"])
def test_a_call_that_never_arrived_is_sent_again_once_the_listing_proves_it(desk: Desk, kind: str) -> None:
    desk.fails(kind, next=1)
    number = desk.send()
    assert desk.report(number)["in_doubt"]
    sent = len(desk.messages())
    after(desk, 10, 30)
    assert desk.detail(number)["progress"]["calls_unknown"] == 1, "a listing too soon proves nothing"
    assert len(desk.messages()) == sent
    after(desk, reconcile.SETTLED.total_seconds() + 10)
    judge(desk, number)
    assert len(desk.messages()) == sent + 1


def test_a_worker_that_died_after_the_call_repeats_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between WeCom's acceptance and the receipt: the lease ends, and the listing shows the message."""
    number: int = desk.draft()["id"]
    desk.ask(f"/broadcasts/{number}/submit")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "deliver", die)
        desk.corp.drain()
    leased = desk.corp.rows(WecomCall, WecomCall.state == CallState.LEASED.value)
    assert leased and desk.messages()
    after(desk, 70, 90)
    judge(desk, number)


def test_a_message_of_somebody_else_with_the_same_text_is_not_taken_for_ours(office: Desk) -> None:
    corp = office.corp
    ours, other = befriend(corp, "bob", "甲"), befriend(corp, "bob", "乙")
    befriend(corp, "carl", "丙")
    corp.act("add_tag_group", name="等级", tags=["VIP"])
    corp.act("edit_contact", userid="bob", external_userid=ours, add_tags=["VIP"], quiet=True)
    corp.sync()
    (group,) = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["tag_groups"]
    text = "您好，新品已到店。"
    adapter = wecom(corp.number).group_messages
    adapter.add_msg_template(sender="bob", external_userids=[other], text=text, attachments=[])
    office.fails("timeout_before", next=1)
    number = office.send(audience={"all": [group["tags"][0]["id"]]})
    after(office, 10)
    assert office.detail(number)["progress"]["calls_unknown"] == 1
    after(office, reconcile.SETTLED.total_seconds() + 10)
    assert office.report(number) == {"audience": 1, "created": 1}
    assert sorted(reached(office)) == sorted([other, ours])


@pytest.mark.parametrize("match", [LIST, TASK, RESULT])
@pytest.mark.parametrize("kind", ["html502", "half_body", "errcode"])
def test_a_listing_that_cannot_be_read_proves_nothing(desk: Desk, match: str, kind: str) -> None:
    desk.corp.sim.misfortunes(
        {"match": ADD, "kind": "timeout_after", "next": 1, "corp_id": desk.corp.corp_id},
        {"match": match, "kind": kind, "errcode": 60020, "next": 1, "corp_id": desk.corp.corp_id},
    )
    number = desk.send()
    sent = len(desk.messages())
    after(desk, 10, 60, 200, 400, 800)
    assert len(desk.messages()) == sent
    judge(desk, number)


def test_the_lost_fail_list_is_made_up_for(office: Desk) -> None:
    corp = office.corp
    befriend(corp, "bob", "在")
    gone = befriend(corp, "bob", "不在")
    corp.sync()
    corp.act("delete_contact", userid="bob", external_userid=gone, quiet=True)
    office.fails("timeout_after", next=1)
    number = office.send()
    after(office, 10)
    assert office.report(number) == {"audience": 2, "created": 1, "unsendable": 1}
    assert [row["external_userid"] for row in office.recipients(number, state="unsendable")] == [gone]


def test_an_answer_that_comes_after_all_takes_the_second_task_back(desk: Desk) -> None:
    """A worker stood still for so long that its slice was asked for anew: its own task is the one too many."""
    desk.fails("timeout_before", next=1)
    number = desk.send()
    after(desk, 10, reconcile.SETTLED.total_seconds() + 10)
    judge(desk, number)
    (row,) = desk.corp.rows(BroadcastSlice, BroadcastSlice.attempt == 2)
    (stale,) = desk.corp.rows(WecomCall, WecomCall.state == CallState.UNKNOWN.value)
    # The late worker's call arrives after all.
    receipt = wecom(desk.corp.number).group_messages.add_msg_template(**stale.arguments)
    with transaction(desk.corp.number) as session:
        call = session.get_one(WecomCall, stale.id)
        delivery.finish(session, call, CallState.DONE, result=receipt)
    desk.corp.drain()
    taken_back = [message["msgid"] for message in desk.messages() if message["cancelled"]]
    assert taken_back == [receipt.msgid] and row.msgid not in taken_back
    judge(desk, number)
    assert "broadcast.stray_cancelled" in [event.verb for event in desk.corp.rows(AuditEvent)]


def test_a_busy_wecom_and_an_ended_token_cost_nothing_but_time(desk: Desk) -> None:
    desk.corp.sim.misfortunes(
        {"match": ADD, "kind": "errcode", "errcode": -1, "next": 2, "corp_id": desk.corp.corp_id},
        {"match": ADD, "kind": "errcode", "errcode": 42001, "next": 1, "corp_id": desk.corp.corp_id},
    )
    number = desk.send()
    after(desk, 5)
    judge(desk, number)


def test_what_an_administrator_must_mend_stops_the_broadcast_and_says_why(desk: Desk) -> None:
    desk.fails("errcode", errcode=60020)
    number = desk.send()
    detail = desk.detail(number)
    assert detail["state"] == "paused" and "60020" in detail["reason"] and desk.messages() == []
    desk.corp.sim.misfortunes()
    desk.ask(f"/broadcasts/{number}/resume")
    desk.corp.drain()
    judge(desk, number)
    assert desk.corp.rows(WecomCall, WecomCall.state == CallState.PARKED.value) == []


def test_a_call_replayed_by_an_administrator_is_taken_as_the_slices_own(desk: Desk) -> None:
    desk.fails("errcode", errcode=60020, next=1)
    number = desk.send()
    (parked,) = desk.corp.rows(WecomCall, WecomCall.state == CallState.PARKED.value)
    with transaction(desk.corp.number) as session:
        calls.replay(session, session.get_one(WecomCall, parked.id))
    desk.corp.drain()
    desk.ask(f"/broadcasts/{number}/resume")
    desk.corp.drain()
    judge(desk, number)


def test_a_refused_sender_is_told_and_the_others_go_on(office: Desk) -> None:
    corp = office.corp
    for userid in ("bob", "carl"):
        befriend(corp, userid, f"{userid} 的客户")
    corp.sync()
    office.fails("errcode", errcode=60111, next=1)
    number = office.send()
    assert office.report(number) == {"audience": 2, "created": 1, "refused": 1}
    (row,) = office.recipients(number, state="refused")
    assert "60111" in row["reason"]


def test_too_many_refusals_stop_the_broadcast(desk: Desk) -> None:
    desk.fails("errcode", errcode=45002)
    number = desk.send()
    detail = desk.detail(number)
    slices = detail["progress"]["calls"]
    assert slices > 5 and detail["state"] in {"paused", "finished"} and desk.messages() == []


def test_two_broadcasts_of_one_sender_with_one_text_are_kept_apart(office: Desk) -> None:
    befriend(office.corp, "bob", "客户")
    office.corp.sync()
    office.fails("timeout_after", next=1)
    first: int = office.draft()["id"]
    second: int = office.draft()["id"]
    office.ask(f"/broadcasts/{first}/submit")
    office.ask(f"/broadcasts/{second}/submit")
    office.corp.drain()
    assert len(office.messages()) == 1, "the second waits until it is known what became of the first"
    after(office, 10, 30, 60)
    assert [office.report(number) for number in (first, second)] == [{"audience": 1, "created": 1}] * 2
    assert len(office.messages()) == 2
    assert len({row.msgid for row in office.corp.rows(BroadcastSlice)}) == 2


def test_results_survive_bad_weather(desk: Desk) -> None:
    number = desk.send()
    desk.confirm()
    rules = [
        {"match": match, "kind": kind, "probability": 0.1, "corp_id": desk.corp.corp_id, "errcode": -1}
        for match in (TASK, RESULT)
        for kind in ("errcode", "html502", "half_body", "timeout_before")
    ]
    desk.corp.sim.misfortunes(*rules)
    for minutes in range(1, 12):
        after(desk, 60 * minutes)
    assert desk.detail(number)["state"] == "finished"
    report = desk.report(number)
    assert report["delivered"] + report.get("not_a_friend", 0) == report["audience"]


def die_between(steps: int) -> Callable[..., int]:
    """A drain that ends after so many rows were claimed, wherever it then stands."""

    def run(corp: int) -> int:
        taken = 0
        for _ in range(steps):
            for queue in QUEUES:
                taken += queue.drain_batch(corp, Lane.BULK)
        return taken

    return run


@pytest.mark.parametrize("steps", range(1, 5))
def test_work_that_stops_between_any_two_steps_goes_on(desk: Desk, steps: int) -> None:
    number: int = desk.draft()["id"]
    desk.ask(f"/broadcasts/{number}/submit")
    die_between(steps)(desk.corp.number)
    desk.corp.drain()
    judge(desk, number)
