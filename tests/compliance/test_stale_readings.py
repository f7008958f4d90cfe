"""A reading of results that began too early concludes nothing about what was sent, or answered, after its beginning."""

from typing import Any

import pytest

from scrm.compliance.handovers.models import HandoverItem, HandoverSlice
from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.wecom import replies
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import GroupChatPage, GroupChatRef
from scrm.wecom.port.transfers import TransferResultPage
from scrm.wecom.port.unread import Unread
from tests.compliance.test_handovers import HOUR, assign, case_of, resigned, states
from tests.support.moved_clock import later
from tests.support.service import TestCorp as Corp

SEND, RESULTS = "externalcontact/resigned/transfer_customer", "externalcontact/resigned/transfer_result"
LISTED, GROUPS_LISTED = "compliance.results_listed", "compliance.handover_groups_listed"


def reading(corp: Corp, reply: str) -> WecomCall:
    """The page of a reading that waits to be asked for."""
    (row,) = corp.rows(WecomCall, WecomCall.reply == reply, WecomCall.state == CallState.READY)
    found: WecomCall = row
    return found


def answer_late(corp: Corp, page: WecomCall, result: Any, *aside: Unread) -> None:
    """WeCom's answer to the last page of a reading arrives only now; the order that a slow worker makes."""
    now = clock.now()
    outcome = Outcome(state=CallState.DONE, result=result, asked_at=now, aside=aside)
    with transaction(corp.number) as session:
        replies.take(str(page.reply), session, outcome, page.context)


@pytest.mark.parametrize("kind", ["customer", "group"])
def test_second_reading_of_an_earlier_attempt_does_not_send_once_more(known: Corp, kind: str) -> None:
    console = resigned(known)
    path = SEND if kind == "customer" else "externalcontact/groupchat/transfer"
    known.sim.misfortunes({"match": path, "kind": "timeout_before", "next": 1, "seconds": 0.2})
    assign(console, case_of(console), "dora", kind=kind)
    known.drain()
    stale = reading(known, LISTED if kind == "customer" else GROUPS_LISTED)
    count = sum(states(known, kind).values())
    known.sim.misfortunes({"match": path, "kind": "timeout_after", "next": 1, "seconds": 0.2})
    with later(20):
        known.drain()  # the first attempt is found not to have arrived, and the second one's answer is lost
        (part,) = known.rows(HandoverSlice)
        assert (part.attempts, states(known, kind)) == (2, {"unknown": count})
        chats = [row.wecom_id for row in known.rows(HandoverItem, HandoverItem.kind == "group")]
        listed = GroupChatPage(items=[GroupChatRef(chat_id=one, status=1) for one in chats], next_cursor="")
        answer_late(known, stale, TransferResultPage(items=[], next_cursor="") if kind == "customer" else listed)
        assert states(known, kind) == {"unknown": count}
    with later(60):
        known.drain()
    assert states(known, kind) == {"waiting" if kind == "customer" else "done": count}
    assert len(known.sim.ledger(known.corp_id, path)) == 1


def test_refusal_of_an_earlier_attempts_reading_fails_nobody(known: Corp) -> None:
    console = resigned(known)
    known.sim.misfortunes({"match": SEND, "kind": "timeout_before", "next": 1, "seconds": 0.2})
    assign(console, case_of(console), "dora", kind="customer")
    known.drain()
    stale = reading(known, LISTED)
    known.sim.misfortunes({"match": SEND, "kind": "timeout_after", "next": 1, "seconds": 0.2})
    with later(20):
        known.drain()
        outcome: Outcome[Any] = Outcome(state=CallState.REFUSED, errcode=40058, asked_at=clock.now())
        with transaction(known.number) as session:
            replies.take(LISTED, session, outcome, stale.context)
        assert states(known) == {"unknown": 4}


def test_reading_under_way_when_a_slice_is_answered_fails_nobody(known: Corp) -> None:
    known.sim.call("PUT", f"/corps/{known.corp_id}/habits", {"transfer_page": 1, "transfer_seconds": 0.0})
    console = resigned(known)
    first, second, third, _ = known.rows(HandoverItem, HandoverItem.kind == "customer")
    assign(console, case_of(console), "dora", item_ids=[first.id, second.id])
    known.drain()
    with later(HOUR + 60):
        turns.drain(known.number, Lane.URGENT)
        turns.drain(known.number, Lane.DEFAULT, rounds=1)  # the first page of two
        known.sim.misfortunes({"match": RESULTS, "kind": "errcode", "errcode": 45009})
        under_way = reading(known, LISTED)
        assert under_way.arguments["cursor"] != ""
        # WeCom has accepted the third already, of which nobody was told.
        app = known.sim.corp_file(known.corp_id)["apps"][0]
        door = f"{known.sim.address}/cgi-bin"
        secret = {"corpid": known.corp_id, "corpsecret": app["secret"]}
        token = known.sim.http.get(f"{door}/gettoken", params=secret).json()["access_token"]
        body = {"handover_userid": "bob", "takeover_userid": "dora", "external_userid": [third.wecom_id]}
        known.sim.http.post(f"{door}/{SEND}", params={"access_token": token}, json=body)
        assign(console, case_of(console), "dora", item_ids=[third.id])
        known.drain()
        (item,) = known.rows(HandoverItem, HandoverItem.id == third.id)
        assert (item.state, item.errcode) == ("waiting", 40100)
        answer_late(known, under_way, TransferResultPage(items=[], next_cursor=""))
        assert states(known) == {"waiting": 3, "unassigned": 1}
    known.sim.misfortunes()
    with later(HOUR + 300):
        known.drain()
    (item,) = known.rows(HandoverItem, HandoverItem.id == third.id)
    assert (item.state, item.errcode) == ("waiting", None)


@pytest.mark.parametrize("kind", ["customer", "group"])
def test_reading_of_which_something_cannot_be_read_settles_nothing(known: Corp, kind: str) -> None:
    console = resigned(known)
    path = SEND if kind == "customer" else "externalcontact/groupchat/transfer"
    known.sim.misfortunes({"match": path, "kind": "timeout_after", "next": 1, "seconds": 0.2})
    assign(console, case_of(console), "dora", kind=kind)
    known.drain()
    count = sum(states(known, kind).values())
    page = reading(known, LISTED if kind == "customer" else GROUPS_LISTED)
    nothing: Any = TransferResultPage if kind == "customer" else GroupChatPage
    with later(20):
        answer_late(known, page, nothing(items=[], next_cursor=""), Unread(kind=kind, id="", reason="no object"))
        assert states(known, kind) == {"unknown": count}
        answer_late(known, page, nothing(items=[], next_cursor=""))
        assert states(known, kind) != {"unknown": count}
