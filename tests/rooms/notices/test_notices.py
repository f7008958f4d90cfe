"""Notices: each person is told once of one thing, what became of it is kept; those of releases before are kept on."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from scrm.compliance.alerts import earlier as alerts_before
from scrm.compliance.alerts.notices import alert_raised, words_found
from scrm.compliance.handovers import earlier as handovers_before
from scrm.compliance.handovers.notices import BY_STEP
from scrm.core import clock
from scrm.core.db import transaction
from scrm.identity.models import Role
from scrm.operations.notices import alarm_raised
from scrm.shared.notices import kind as kinds
from scrm.shared.notices import telling
from scrm.shared.notices.kind import Kind
from scrm.shared.notices.models import Notice
from scrm.wecom import calls
from scrm.wecom.calls import ask
from scrm.wecom.models import CallState
from scrm.wecom.port.messages import AppMessageReceipt, AppMessages
from tests.rooms.given import Given
from tests.rooms.house import House
from tests.rooms.wecom import Wecom
from tests.support import moved_clock

GOT = AppMessageReceipt(msgid="m-1", invalid_users=["Bob"])
CARD: dict[str, Any] = {"title": "提醒", "lines": ["有事"]}


@pytest.fixture(autouse=True)
def company(given: Given) -> None:
    given.company()


def states(house: House, kind: Kind) -> dict[tuple[int, str], tuple[str, str | None]]:
    return {
        (row.record_id, row.userid): (row.state, row.reason) for row in house.rows(Notice, Notice.kind == kind.name)
    }


@pytest.mark.parametrize("kind", [alert_raised.KIND, alarm_raised.KIND, *BY_STEP], ids=lambda kind: kind.name)
def test_each_is_told_once_and_what_became_of_it_is_kept(house: House, wecom: Wecom, kind: Kind) -> None:
    with transaction(house.number) as session:
        assert telling.tell(session, kind, [7], ["dora", "bob", "dora"], **CARD) == ["bob", "dora"]
        assert telling.tell(session, kind, [7], ["dora"], **CARD) == []
        assert telling.tell(session, kind, [7], [], **CARD) == []
    card = wecom.answered(AppMessages.send_text_card, GOT)
    assert card["userids"] == ["bob", "dora"] and card["url"].endswith(kind.path.format(id=7))
    assert states(house, kind) == {(7, "bob"): ("refused", "invaliduser"), (7, "dora"): ("sent", None)}
    assert wecom.asked(AppMessages.send_text_card) == []


def test_more_is_told_at_once_than_one_statement_takes_values(house: House, wecom: Wecom) -> None:
    """A scan of the past may hit thousands of messages; PostgreSQL takes 65,535 values in a statement."""
    officers, alerts = [f"officer{number}" for number in range(12)], range(1, 1_001)
    with transaction(house.number) as session:
        assert len(telling.tell(session, words_found.KIND, alerts, officers, **CARD)) == len(officers)
        assert telling.tell(session, words_found.KIND, alerts, officers, **CARD) == []
    assert len(house.rows(Notice)) == len(officers) * len(alerts)
    with moved_clock.later(60):
        assert len(wecom.asked(AppMessages.send_text_card)) == 1


def test_lost_answer_is_unknown_and_is_not_repeated(house: House, wecom: Wecom) -> None:
    with transaction(house.number) as session:
        telling.tell(session, alert_raised.KIND, [7], ["dora"], **CARD)
    wecom.answered(AppMessages.send_text_card, state=CallState.UNKNOWN, reason="timeout")
    assert states(house, alert_raised.KIND) == {(7, "dora"): ("unknown", "timeout")}
    assert wecom.asked(AppMessages.send_text_card) == []


def test_shared_card_answers_for_all_that_waited_for_it_and_for_nothing_later(house: House, wecom: Wecom) -> None:
    kind = words_found.KIND
    with transaction(house.number) as session:
        telling.tell(session, kind, [1, 2], ["dora"], **CARD)
        telling.tell(session, kind, [3], ["dora"], **CARD)
    assert wecom.asked(AppMessages.send_text_card) == []
    with moved_clock.later(31):
        wecom.answered(AppMessages.send_text_card, GOT)
        assert wecom.asked(AppMessages.send_text_card) == []
        with transaction(house.number) as session:
            telling.tell(session, kind, [4], ["dora"], **CARD)
    assert {key[0]: state for key, (state, _) in states(house, kind).items()} == {
        1: "sent",
        2: "sent",
        3: "sent",
        4: "waiting",
    }


def test_two_kinds_of_one_name_are_refused() -> None:
    other = Kind(name=alert_raised.KIND.name, zh="另一个", en="Another", record="alert", path="/")
    with pytest.raises(ValueError, match="registered twice: alert_raised"):
        kinds.register([other])


def kept_before(house: House, table: str, columns: str, values: str) -> None:
    """A row as a release before kept it."""
    with transaction(house.number) as session:
        statement = (
            f"INSERT INTO {table} ({columns}, userid, state, created_at) VALUES ({values}, 'dora', 'waiting', :at)"
        )
        session.execute(text(statement), {"at": clock.now()})


def asked_before(house: House, reply: str, context: dict[str, Any]) -> None:
    """A card that a release before asked for, and that has not left."""
    with transaction(house.number) as session:
        card = ask(AppMessages.send_text_card, userids=["dora"], title="提醒", description="有事", url="http://x")
        calls.request(session, replace(card, reply=reply, context=context), subject="before")


def end_all(house: House, wecom: Wecom) -> None:
    """What this release has asked for is out of the way."""
    while wecom.asked(AppMessages.send_text_card):
        wecom.answered(AppMessages.send_text_card, AppMessageReceipt(msgid="0", invalid_users=[]))
    with transaction(house.number) as session:
        session.execute(text("DELETE FROM notice"))


def test_notice_on_an_alert_of_a_release_before_is_shown_answered_and_moved(
    house: House, given: Given, wecom: Wecom
) -> None:
    number, other = given.alert(), given.alert("另一位")
    end_all(house, wecom)
    for alert in (number, other):
        kept_before(house, "alert_notice", "alert_id", str(alert))
    console = house.console(Role.COMPLIANCE)

    def shown(alert: int) -> list[tuple[str, str, str]]:
        found = console.get(f"/alerts/{alert}")["notices"]
        return [(one["kind"], one["staff_name"], one["state"]) for one in found]

    assert shown(number) == [("alert_raised", "朵拉", "waiting")]
    asked_before(house, "compliance.notice_answered", {"alert_id": number, "userids": ["dora"]})
    wecom.answered(AppMessages.send_text_card, GOT)
    assert shown(number) == [("alert_raised", "朵拉", "sent")]
    assert states(house, alert_raised.KIND).keys() == {(number, "dora")}
    with transaction(house.number) as session:
        assert alerts_before.move(session, {}) is False
    assert states(house, alert_raised.KIND).keys() == {(number, "dora"), (other, "dora")}
    assert shown(other) == [("alert_raised", "朵拉", "waiting")]


def test_hits_of_a_release_before_are_answered_by_their_card(house: House, given: Given, wecom: Wecom) -> None:
    console = house.console(Role.COMPLIANCE)
    given.rule(console)
    given.said("bob", given.customer("王小明", of="bob"), "给您返点")
    number = console.get("/alerts", kind="word_hit")["items"][0]["id"]
    end_all(house, wecom)
    kept_before(house, "alert_notice", "alert_id", str(number))
    asked_before(house, "compliance.hit_notice_answered", {"userids": ["dora"]})
    wecom.answered(AppMessages.send_text_card, GOT)
    assert states(house, words_found.KIND) == {(number, "dora"): ("sent", None)}


@pytest.mark.parametrize("step", [0, 1, 2])
def test_notice_on_a_handover_of_a_release_before_is_shown_answered_and_moved(
    house: House, given: Given, wecom: Wecom, step: int
) -> None:
    number = given.handover()
    end_all(house, wecom)
    kept_before(house, "handover_notice", "handover_id, step", f"{number}, {step}")
    console = house.console(Role.COMPLIANCE)

    def shown() -> list[tuple[str, int, str]]:
        found = console.get(f"/handovers/{number}")["notices"]
        return [(one["kind"], one["step"], one["state"]) for one in found]

    assert shown() == [(BY_STEP[step].name, step, "waiting")]
    context = {"handover_id": number, "step": step, "userids": ["dora"]}
    asked_before(house, "compliance.handover_notice_answered", context)
    wecom.answered(AppMessages.send_text_card, GOT)
    assert shown() == [(BY_STEP[step].name, step, "sent")]
    kept_before(house, "handover_notice", "handover_id, step", f"{number}, {(step + 1) % 3}")
    with transaction(house.number) as session:
        assert handovers_before.move(session, {}) is False
    assert len(shown()) == len(house.rows(Notice, Notice.record == "handover")) == 2
