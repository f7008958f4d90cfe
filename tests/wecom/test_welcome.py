"""Welcome messages leave once and in time; messages to supervisors at most once."""

import time

import pytest

from scrm.compliance.alerts.models import Alert
from scrm.core.doorbell import Lane
from scrm.core.queue import turns
from scrm.customers.file.models import TimelineEntry
from scrm.identity.models import Role
from scrm.marketing.welcomes.models import Welcome
from scrm.shared.notices.models import Notice
from scrm.wecom.models import InboxRow
from tests.support.moved_clock import later
from tests.support.patience import until
from tests.support.service import TestCorp as Corp

SEND = "externalcontact/send_welcome_msg"


def seller(corp: Corp) -> str:
    relations = corp.sim.call("GET", f"/corps/{corp.corp_id}/relations")["items"]
    userid: str = next(item["userid"] for item in relations if item["status"] == "following")
    return userid


def welcomes(corp: Corp) -> list[object]:
    items: list[object] = corp.sim.call("GET", f"/corps/{corp.corp_id}/welcomes")["items"]
    return items


def strike(corp: Corp, method: str, kind: str, **rule: object) -> None:
    corp.sim.misfortunes({"match": method, "kind": kind, "corp_id": corp.corp_id, **rule})


@pytest.fixture
def selling(synced: Corp) -> Corp:
    synced.sim.misfortunes()
    return synced


def test_welcome_in_the_hands_of_another_app_is_tried_again_within_its_twenty_seconds(selling: Corp) -> None:
    strike(selling, SEND, "errcode", errcode=41096, next=2)
    selling.act("add_contact", userid=seller(selling))
    selling.settle()

    def greeted() -> list[object]:
        time.sleep(0.3)
        turns.drain(selling.number, Lane.URGENT)
        return welcomes(selling)

    until(greeted, "nobody is greeted")
    (welcome,) = selling.rows(Welcome)
    assert welcome.state == "sent"
    assert len(welcomes(selling)) == 1


@pytest.mark.parametrize("errcode", [41050, 41051])
def test_spent_code_is_final(selling: Corp, errcode: int) -> None:
    strike(selling, SEND, "errcode", errcode=errcode)
    added = selling.act("add_contact", userid=seller(selling))
    selling.settle()
    with later(10):
        selling.drain()
    assert selling.sim.call("GET", "/misfortunes")["rules"][0]["fired"] == 1
    (welcome,) = selling.rows(Welcome, Welcome.external_userid == added["external_userid"])
    assert (welcome.state, welcome.errcode) == ("refused", errcode)
    (entry,) = selling.rows(TimelineEntry, TimelineEntry.kind == "welcome_refused")
    assert entry.facts == {"errcode": errcode}


def test_code_older_than_twenty_seconds_is_not_spent(selling: Corp) -> None:
    selling.act("add_contact", userid=seller(selling))
    selling.wait_delivered()
    with later(21):
        selling.drain()
    (welcome,) = selling.rows(Welcome)
    assert welcome.state == "expired"
    assert welcomes(selling) == []


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_message_to_supervisors_whose_answer_is_lost_is_sent_again_and_comes_once(selling: Corp, kind: str) -> None:
    """WeCom drops the second of two that are the same, so that a repetition is safe while it does."""
    relations = selling.sim.call("GET", f"/corps/{selling.corp_id}/relations")["items"]
    pair = next(item for item in relations if item["status"] == "following")
    strike(selling, "message/send", kind, next=1)
    selling.act("delete_contact", userid=pair["userid"], external_userid=pair["external_userid"])
    selling.settle()
    with later(60):
        selling.drain()
    assert {notice.state for notice in selling.rows(Notice, Notice.record == "alert")} == {"sent"}
    assert len(selling.sim.call("GET", f"/corps/{selling.corp_id}/messages")["items"]) == 1


def test_message_to_supervisors_that_gets_no_answer_is_shown_as_unknown_when_it_might_come_twice(selling: Corp) -> None:
    relations = selling.sim.call("GET", f"/corps/{selling.corp_id}/relations")["items"]
    pair = next(item for item in relations if item["status"] == "following")
    strike(selling, "message/send", "timeout_before")
    selling.act("delete_contact", userid=pair["userid"], external_userid=pair["external_userid"])
    selling.settle()
    with later(1_900):
        selling.drain()
    selling.sim.misfortunes()
    with later(7_200):
        selling.drain()
    (alert,) = selling.rows(Alert)
    assert {notice.state for notice in selling.rows(Notice, Notice.record == "alert")} == {"unknown"}
    assert len(selling.sim.ledger(selling.corp_id, "message/send")) == 0
    shown = selling.console(Role.COMPLIANCE).get(f"/alerts/{alert.id}")
    assert {notice["state"] for notice in shown["notices"]} == {"unknown"}


def test_welcome_goes_ahead_of_a_backlog(selling: Corp) -> None:
    selling.sim.call("POST", f"/corps/{selling.corp_id}/storm", {"unique": 150, "duplicates": 0, "seed": 4, "rate": 0})
    added = selling.act("add_contact", userid=seller(selling))
    selling.settle()
    (welcome,) = selling.rows(Welcome, Welcome.external_userid == added["external_userid"])
    handled = sorted(row.handled_at for row in selling.rows(InboxRow))
    assert welcome.state == "sent"
    assert len(handled) >= 300
    assert welcome.finished_at < handled[110], "more than the first batch was handled before the welcome left"


@pytest.mark.parametrize("kind", ["timeout_after", "half_body"])
def test_welcome_whose_answer_was_lost_greets_once_and_is_known_to_have_left(selling: Corp, kind: str) -> None:
    """The repetition is refused by the code itself, which is single use."""
    strike(selling, SEND, kind, next=1)
    added = selling.act("add_contact", userid=seller(selling))
    selling.settle()
    with later(10):
        selling.drain()
    (welcome,) = selling.rows(Welcome, Welcome.external_userid == added["external_userid"])
    assert (welcome.state, welcome.errcode) == ("sent", None)
    assert len(welcomes(selling)) == 1
