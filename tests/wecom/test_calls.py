"""Calls to WeCom: intent and receipt, and what happens to a call whose answer was lost."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue import leased, turns
from scrm.core.queue.flights import flights
from scrm.core.queue.leased import LEASE
from scrm.core.queue.rows import ATTEMPTS
from scrm.wecom import calls, carrier, replies
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.outcome import Outcome
from scrm.wecom.port.contacts import Contacts
from scrm.wecom.port.messages import AppMessages
from scrm.wecom.port.method import METHODS
from scrm.wecom.replies import Reply
from tests.support import mortal
from tests.support.moved_clock import later
from tests.support.patience import until
from tests.support.service import TestCorp as Corp

ASK = "externalcontact/get_follow_user_list"
SEND = "message/send"

_taken: list[Outcome[Any]] = []
_taker: list[Callable[[Session, Outcome[Any]], None]] = []


@dataclass(frozen=True)
class Named:
    name: str = ""


TAKE = Reply[Any, Named]("tests.take", Named)


def _take(session: Session, outcome: Outcome[Any], _context: Named) -> None:
    for taker in _taker:
        taker(session, outcome)
    _taken.append(outcome)


replies.install("tests.take", TAKE.by(_take))
LISTED = calls.ask(Contacts.list_follow_userids)


@pytest.fixture(autouse=True)
def fresh_answers(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The mutating call of these tests stands for those of which WeCom drops no second one.
    spec = METHODS["messages.send_text_card"]
    monkeypatch.setitem(METHODS, spec.path, replace(spec, dropped_within=None))
    _taken.clear()
    _taker.clear()
    yield
    corp.sim.misfortunes()


def ask(corp: Corp, *, key: str | None = None, subject: str = "test") -> None:
    """Ask for something that may be repeated."""
    with transaction(corp.number) as session:
        calls.request(session, LISTED.then(TAKE, Named()), subject=subject, key=key)


def send(corp: Corp, title: str = "标题") -> None:
    """Ask for something that may not."""
    (receiver, *_) = corp.sim.call("GET", f"/corps/{corp.corp_id}/state")["staff"]
    told = {"title": title, "description": "内容", "url": "http://127.0.0.1/"}
    card = calls.ask(AppMessages.send_text_card, userids=[receiver["userid"]], **told)
    with transaction(corp.number) as session:
        calls.request(session, card.then(TAKE, Named()), subject="test")


def drain(corp: Corp) -> None:
    turns.drain(corp.number, Lane.DEFAULT)


def states(corp: Corp) -> list[str]:
    return [call.state for call in corp.rows(WecomCall)]


def asked(corp: Corp, method: str) -> int:
    """How many calls of a method arrived, refused ones included."""
    rows = corp.sim.call("GET", f"/corps/{corp.corp_id}/ledger", method=method, refused=1)["items"]
    return len(rows)


def fails(corp: Corp, method: str, kind: str, **rule: object) -> None:
    corp.sim.misfortunes({"match": method, "kind": kind, "corp_id": corp.corp_id, **rule})


def test_intent_is_rolled_back_with_the_fact(corp: Corp) -> None:
    with pytest.raises(KeyError), transaction(corp.number) as session:
        calls.request(session, LISTED.then(TAKE, Named()), subject="test")
        raise KeyError
    drain(corp)
    assert (states(corp), asked(corp, ASK)) == ([], 0)


def test_answer_and_receipt_come_together(corp: Corp) -> None:
    ask(corp)
    drain(corp)
    (outcome,) = _taken
    assert outcome.state is CallState.DONE
    assert len(outcome.result) == 12 or outcome.result
    assert states(corp) == ["done"]


def test_no_transaction_is_open_while_wecom_answers(corp: Corp) -> None:
    ask(corp)
    fails(corp, ASK, "latency", seconds=0.8, next=1)
    caller = threading.Thread(target=drain, args=(corp,))
    caller.start()
    time.sleep(0.4)
    with transaction(corp.number) as session:
        query = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'scrm_app' AND state LIKE 'idle in transaction%'"
        idle = session.scalar(text(query))
        assert session.scalar(text("SELECT state FROM wecom_call")) == "leased"
    caller.join()
    assert idle == 0
    assert states(corp) == ["done"]


def test_waiting_call_of_a_key_answers_for_all_who_ask(corp: Corp) -> None:
    for _ in range(5):
        ask(corp, key="followers")
    drain(corp)
    assert asked(corp, ASK) == 1
    ask(corp, key="followers")
    drain(corp)
    assert asked(corp, ASK) == 2


def test_call_on_its_way_does_not_answer_for_who_asks_later(corp: Corp) -> None:
    """What changed after the call left would else be missed."""
    ask(corp, key="followers")
    fails(corp, ASK, "latency", seconds=0.6, next=1)
    caller = threading.Thread(target=drain, args=(corp,))
    caller.start()
    time.sleep(0.3)
    ask(corp, key="followers")
    caller.join()
    drain(corp)
    assert asked(corp, ASK) == 2


def test_calls_of_one_subject_do_not_overtake_each_other(corp: Corp) -> None:
    """Two workers at once: the second call leaves when the first has been answered."""
    ask(corp)
    fails(corp, ASK, "latency", seconds=1.0, next=1)
    first = threading.Thread(target=drain, args=(corp,))
    first.start()
    time.sleep(0.4)
    ask(corp)
    ask(corp, subject="other")
    drain(corp)
    assert sorted(states(corp)) == ["done", "leased", "ready"]
    first.join()
    drain(corp)
    assert states(corp) == ["done"] * 3


@pytest.mark.parametrize("moment", ["before", "after"])
def test_mutating_call_whose_caller_died_is_unknown_and_never_repeated(corp: Corp, moment: str) -> None:
    send(corp)
    _die_calling(corp, SEND, moment)
    sent = len(corp.sim.ledger(corp.corp_id, SEND))
    drain(corp)
    assert states(corp) == ["leased"]
    with later(LEASE.total_seconds() + 1):
        drain(corp)
    assert states(corp) == ["unknown"]
    assert [outcome.state for outcome in _taken] == [CallState.UNKNOWN]
    assert len(corp.sim.ledger(corp.corp_id, SEND)) == sent == (1 if moment == "after" else 0)


def test_reading_call_whose_caller_died_is_repeated_after_its_lease(corp: Corp) -> None:
    ask(corp)
    _die_calling(corp, ASK, "after")
    with later(LEASE.total_seconds() + 1):
        drain(corp)
    assert states(corp) == ["done"]
    assert [outcome.state for outcome in _taken] == [CallState.DONE]


def _die_calling(corp: Corp, method: str, moment: str) -> None:
    """A process leases the call and is killed while WeCom thinks, before or after it has accepted."""
    fails(corp, method, f"timeout_{moment}", seconds=5, next=1)
    caller = mortal.started(turns.drain, corp.number, Lane.DEFAULT)
    until(lambda: corp.sim.call("GET", "/misfortunes")["rules"][0]["fired"], "the call never left")
    time.sleep(0.2)
    caller.kill()
    caller.join()
    corp.sim.misfortunes()


@pytest.mark.parametrize(
    ("kind", "accepted"), [("timeout_before", 0), ("timeout_after", 1), ("half_body", 1), ("html502", 0)]
)
def test_lost_answer_of_a_mutating_call_is_unknown_at_once(corp: Corp, kind: str, accepted: int) -> None:
    send(corp)
    fails(corp, SEND, kind, next=1)
    drain(corp)
    for attempt in range(3):
        with later(600.0 * attempt):
            drain(corp)
    assert states(corp) == ["unknown"]
    assert len(corp.sim.ledger(corp.corp_id, SEND)) == accepted


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "half_body", "html502"])
def test_lost_answer_of_a_reading_call_is_asked_again(corp: Corp, kind: str) -> None:
    ask(corp)
    fails(corp, ASK, kind, next=1)
    drain(corp)
    assert states(corp) == ["ready"]
    with later(60):
        drain(corp)
    assert states(corp) == ["done"]


def test_busy_system_is_asked_at_most_three_times_more(corp: Corp) -> None:
    send(corp)
    fails(corp, SEND, "errcode", errcode=-1)
    for attempt in range(6):
        with later(600.0 * attempt):
            drain(corp)
    assert corp.sim.call("GET", "/misfortunes")["rules"][0]["fired"] == 4
    (call,) = corp.rows(WecomCall)
    assert (call.state, call.errcode) == ("parked", -1)


def test_frequency_limit_pauses_the_method_and_loses_nothing(corp: Corp) -> None:
    for number in range(3):
        ask(corp, subject=f"s{number}")
    fails(corp, ASK, "errcode", errcode=45009, next=1)
    drain(corp)
    before = asked(corp, ASK)
    ask(corp, subject="late")
    with later(30):
        drain(corp)
    (reason,) = {call.reason for call in corp.rows(WecomCall) if call.reason}
    assert "45009" in reason
    with later(carrier.RATE_PAUSE.total_seconds() + 5):
        drain(corp)
    assert set(states(corp)) == {"done"}
    assert asked(corp, ASK) <= before + 4


def test_a_call_asked_for_during_a_pause_is_not_sent_into_it(corp: Corp) -> None:
    ask(corp, subject="first")
    fails(corp, ASK, "errcode", errcode=45009, next=1)
    drain(corp)
    ask(corp, subject="second")
    drain(corp)
    assert asked(corp, ASK) == 0 and states(corp) == ["ready", "ready"]
    with later(carrier.RATE_PAUSE.total_seconds() + 5):
        drain(corp)
    assert states(corp) == ["done", "done"]


def test_withdrawn_call_never_leaves_and_one_that_left_is_kept(corp: Corp) -> None:
    with transaction(corp.number) as session:
        for name in ("one", "other"):
            calls.request(session, LISTED.then(TAKE, Named(name)), subject=name, key=f"test:{name}")
    with transaction(corp.number) as session:
        assert calls.withdraw(session, TAKE, key_prefix="test:on") == [Named("one")]
    drain(corp)
    assert states(corp) == ["expired", "done"] and asked(corp, ASK) == 1
    with transaction(corp.number) as session:
        assert calls.withdraw(session, TAKE, key_prefix="test:") == []


def test_call_that_waited_too_long_in_its_batch_is_handed_back(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun so late it could outlive its lease, and somebody else would call a second time."""
    send(corp)
    with monkeypatch.context() as patch:
        patch.setattr(leased, "BEGIN_WITHIN", -1.0)
        carrier.QUEUE.drain_batch(corp.number, Lane.DEFAULT)
        flights.wait_own(corp.number, Lane.DEFAULT)
    assert states(corp) == ["ready"] and asked(corp, SEND) == 0
    drain(corp)
    assert states(corp) == ["done"] and asked(corp, SEND) == 1


def test_answer_of_a_mutating_call_that_cannot_be_read_is_unknown(corp: Corp, monkeypatch: pytest.MonkeyPatch) -> None:
    send(corp)

    def misread(*_: object, **__: object) -> None:
        raise KeyError("msgid")

    with monkeypatch.context() as patch:
        patch.setattr("scrm.wecom.client.messages.AppMessageReceipt", misread)
        drain(corp)
    (outcome,) = _taken
    assert outcome.state is CallState.UNKNOWN and asked(corp, SEND) == 1
    with later(300):
        drain(corp)
    assert asked(corp, SEND) == 1


def test_mutating_call_whose_token_was_lost_has_not_left(corp: Corp) -> None:
    send(corp)
    corp.sim.misfortunes({"match": "gettoken", "kind": "html502", "next": 1})
    drain(corp)
    assert states(corp) == ["ready"]
    with later(30):
        drain(corp)
    assert states(corp) == ["done"] and asked(corp, SEND) == 1


def test_what_an_administrator_can_mend_waits_for_a_replay(corp: Corp) -> None:
    ask(corp)
    fails(corp, ASK, "errcode", errcode=60020, next=1)
    drain(corp)
    (call,) = corp.rows(WecomCall)
    assert (call.state, call.reason) == ("parked", "errcode 60020")
    with transaction(corp.number) as session:
        calls.replay(session, session.get_one(WecomCall, call.id))
    drain(corp)
    assert states(corp) == ["done"]


def test_asker_that_fails_keeps_the_answer_and_wecom_is_not_called_again(corp: Corp) -> None:
    def stumble(session: Session, outcome: Outcome[Any]) -> None:
        raise ValueError("尚未就绪")

    _taker.append(stumble)
    send(corp)
    drain(corp)
    (call,) = corp.rows(WecomCall)
    assert (call.state, call.reason.partition(" at ")[0]) == ("answered", "ValueError")
    _taker.clear()
    with later(60):
        drain(corp)
    (outcome,) = _taken
    assert (outcome.state, bool(outcome.result.msgid)) == (CallState.DONE, True)
    assert states(corp) == ["done"]
    assert asked(corp, SEND) == 1


def test_asker_that_always_fails_is_parked_with_the_answer(corp: Corp) -> None:
    def stumble(session: Session, outcome: Outcome[Any]) -> None:
        raise ValueError("无法处理")

    _taker.append(stumble)
    send(corp)
    for attempt in range(ATTEMPTS + 1):
        with later(600.0 * attempt):
            drain(corp)
    (call,) = corp.rows(WecomCall)
    assert (call.state, call.reason.partition(" at ")[0], asked(corp, SEND)) == ("parked", "ValueError", 1)
    _taker.clear()
    with transaction(corp.number) as session:
        calls.replay(session, session.get_one(WecomCall, call.id))
    drain(corp)
    assert (states(corp), asked(corp, SEND)) == (["done"], 1)
