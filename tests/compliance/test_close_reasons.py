"""Each kind of alert is closed with a reason of its own; those of 0.1 are taken for all."""

import pytest

from scrm.compliance.alerts.kind import FOR_ALL, Kind
from scrm.compliance.alerts.kinds import KINDS, REASONS, customer_left, staff_deleted_customer, word_hit
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


def in_review(corp: Corp, officer: Console, kind: Kind) -> Json:
    """A fresh alert of this kind that somebody has taken up."""
    customer = befriend(corp, "bob", "小陈")
    corp.sync()
    if kind is word_hit.KIND:
        rule = {"name": f"规则{customer}", "severity": "high", "words": "返点"}
        assert officer.status("POST", "/rules", rule).status_code == 201
        say(corp, "bob", customer, "给你返点")
        pull(corp)
    else:
        corp.act(
            "customer_deletes" if kind is customer_left.KIND else "delete_contact",
            userid="bob",
            external_userid=customer,
        )
        corp.settle()
    alert = officer.get("/alerts", kind=kind.name, external_userid=customer)["items"][0]
    found: Json = officer.status("POST", f"/alerts/{alert['id']}/review", {}).json()
    return found


def close(officer: Console, alert: Json, reason: str) -> tuple[int, str]:
    answer = officer.status("POST", f"/alerts/{alert['id']}/close", {"reason": reason, "note": "已核实"})
    return answer.status_code, answer.json().get("code", "")


def test_those_of_0_1_are_for_all() -> None:
    assert {reason.name for reason in FOR_ALL} == OF_01
    assert {reason for kind in KINDS.values() for reason in kind.reasons} | set(FOR_ALL) == set(REASONS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_reason_of_another_kind_is_refused(archived: Corp, officer: Console, kind: Kind) -> None:
    alert = in_review(archived, officer, kind)
    assert alert["close_reasons"] == [reason.name for reason in kind.reasons]
    foreign = {reason.name for reason in set(REASONS.values()) - set(FOR_ALL) - set(kind.reasons)}
    assert foreign
    for reason in sorted(foreign):
        assert close(officer, alert, reason) == (422, "close_reason_wrong")
    assert officer.get(f"/alerts/{alert['id']}")["state"] == "in_review"
    own = next(reason for reason in kind.reasons if reason not in FOR_ALL)
    assert close(officer, alert, own.name) == (200, "")
    assert officer.get(f"/alerts/{alert['id']}")["close_reason"] == own.name


@pytest.mark.parametrize("reason", sorted(OF_01))
def test_a_client_of_0_1_closes_as_before(archived: Corp, officer: Console, reason: str) -> None:
    alert = in_review(archived, officer, customer_left.KIND)
    assert close(officer, alert, reason) == (200, "")
    assert officer.get(f"/alerts/{alert['id']}")["close_reason"] == reason


def test_a_word_alert_is_a_false_alarm(archived: Corp, officer: Console) -> None:
    alert = in_review(archived, officer, word_hit.KIND)
    assert close(officer, alert, "false_alarm") == (200, "")


def test_how_long_they_followed_is_told_to_the_second(archived: Corp, officer: Console) -> None:
    alert = in_review(archived, officer, staff_deleted_customer.KIND)
    assert alert["followed_days"] == 0 and 0 <= alert["followed_seconds"] < 600
