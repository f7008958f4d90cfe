"""Each kind of alert is closed with a reason of its own; those of 0.1 are taken for all."""

import pytest

from scrm.compliance.alerts.models import FOR_ALL, OFFERED, AlertKind, CloseReason
from scrm.identity.models import Role
from tests.support.chats import pull, say
from tests.support.company import befriend
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Json

OF_01 = {"mistake_recovered", "legitimate", "customer_choice", "transferred", "misconduct", "other"}


@pytest.fixture
def officer(archived: Corp) -> Console:
    return archived.console(Role.COMPLIANCE)


def in_review(corp: Corp, officer: Console, kind: AlertKind) -> Json:
    """A fresh alert of this kind that somebody has taken up."""
    customer = befriend(corp, "bob", "小陈")
    corp.sync()
    if kind is AlertKind.WORD_HIT:
        rule = {"name": f"规则{customer}", "severity": "high", "words": "返点"}
        assert officer.status("POST", "/rules", rule).status_code == 201
        say(corp, "bob", customer, "给你返点")
        pull(corp)
    else:
        corp.act(
            "customer_deletes" if kind is AlertKind.CUSTOMER_LEFT else "delete_contact",
            userid="bob",
            external_userid=customer,
        )
        corp.settle()
    alert = officer.get("/alerts", kind=kind.value, external_userid=customer)["items"][0]
    found: Json = officer.status("POST", f"/alerts/{alert['id']}/review", {}).json()
    return found


def close(officer: Console, alert: Json, reason: str) -> tuple[int, str]:
    answer = officer.status("POST", f"/alerts/{alert['id']}/close", {"reason": reason, "note": "已核实"})
    return answer.status_code, answer.json().get("code", "")


def test_those_of_0_1_are_for_all() -> None:
    assert {reason.value for reason in FOR_ALL} == OF_01
    assert {reason for offered in OFFERED.values() for reason in offered} | FOR_ALL == set(CloseReason)


@pytest.mark.parametrize("kind", AlertKind)
def test_a_reason_of_another_kind_is_refused(archived: Corp, officer: Console, kind: AlertKind) -> None:
    alert = in_review(archived, officer, kind)
    assert alert["close_reasons"] == [reason.value for reason in OFFERED[kind]]
    foreign = set(CloseReason) - FOR_ALL - set(OFFERED[kind])
    assert foreign
    for reason in sorted(foreign):
        assert close(officer, alert, reason) == (422, "close_reason_wrong")
    assert officer.get(f"/alerts/{alert['id']}")["state"] == "in_review"
    own = next(reason for reason in OFFERED[kind] if reason not in FOR_ALL)
    assert close(officer, alert, own.value) == (200, "")
    assert officer.get(f"/alerts/{alert['id']}")["close_reason"] == own.value


@pytest.mark.parametrize("reason", sorted(OF_01))
def test_a_client_of_0_1_closes_as_before(archived: Corp, officer: Console, reason: str) -> None:
    alert = in_review(archived, officer, AlertKind.CUSTOMER_LEFT)
    assert close(officer, alert, reason) == (200, "")
    assert officer.get(f"/alerts/{alert['id']}")["close_reason"] == reason


def test_a_word_alert_is_a_false_alarm(archived: Corp, officer: Console) -> None:
    alert = in_review(archived, officer, AlertKind.WORD_HIT)
    assert close(officer, alert, "false_alarm") == (200, "")


def test_how_long_they_followed_is_told_to_the_second(archived: Corp, officer: Console) -> None:
    alert = in_review(archived, officer, AlertKind.STAFF_DELETED_CUSTOMER)
    assert alert["followed_days"] == 0 and 0 <= alert["followed_seconds"] < 600
